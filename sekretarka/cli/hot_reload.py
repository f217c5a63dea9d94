"""`sekretarka dev`: Vite serves the pages and hands everything else to our server, so that there is one origin."""

import json
import os
from typing import Any

import reflex as rx

BACKEND = "SEKRETARKA_DEV_BACKEND"
SERVER = "  server: {\n"


class OneOrigin(rx.plugins.Plugin):
    """Lets Vite's development server pass API and websocket on: cookies and origins are as in production."""

    def pre_compile(self, **context: Any) -> None:
        """Write the rule into Vite's configuration."""
        context["add_modify_task"]("vite.config.js", _with_proxy)


def _with_proxy(config: str) -> str:
    if "proxy:" in config:
        return config
    backend = os.environ[BACKEND]
    rules = {"/api": {"target": backend}, "/_event": {"target": backend, "ws": True}}
    return config.replace(SERVER, f"{SERVER}    proxy: {json.dumps(rules)},\n", 1)


def plugins() -> list[rx.plugins.Plugin]:
    """What `rxconfig.py` adds while `sekretarka dev` runs."""
    return [OneOrigin()] if BACKEND in os.environ else []
