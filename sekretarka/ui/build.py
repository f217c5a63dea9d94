"""After the build: the scripts of a page load after its text and styles."""

from pathlib import Path
from typing import Any

import reflex as rx

PRELOAD = 'rel="modulepreload"'


class ScriptsLast(rx.plugins.Plugin):
    """Gives scripts of the built pages a low priority: the text is in the page, so styles and fonts go first."""

    def post_build(self, **context: Any) -> None:
        """Mark the preloaded scripts of every built page with `fetchpriority="low"`."""
        static: Path = context["static_dir"]
        for page in static.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            page.write_text(text.replace(PRELOAD, f'{PRELOAD} fetchpriority="low"'), encoding="utf-8")
