"""After the build: the text of a page comes before its scripts."""

from pathlib import Path
from typing import Any

import reflex as rx

PRELOAD = 'rel="modulepreload"'


class ScriptsLast(rx.plugins.Plugin):
    """Pages are built with their text in them, so styles and type go ahead of the scripts that bring them to life."""

    def post_build(self, **context: Any) -> None:
        """Give every script of the built pages a low priority."""
        static: Path = context["static_dir"]
        for page in static.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            page.write_text(text.replace(PRELOAD, f'{PRELOAD} fetchpriority="low"'), encoding="utf-8")
