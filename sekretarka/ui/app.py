"""The Reflex app: document head, overlays, toaster and every page of the site map."""

from pathlib import Path

import reflex as rx
from reflex_components_core.base.error_boundary import error_boundary

from sekretarka.ui.components.toast import toaster
from sekretarka.ui.components.view_states import crashed
from sekretarka.ui.routes import PAGES, SITE

START, ENTRY = (Path(__file__).with_name(name) for name in ("start.js", "entry.js"))


def create_app() -> rx.App:
    """The Reflex app with every page of the site map; the composition root adds what is not the dashboard."""
    app = rx.App(
        html_lang="pl",
        stylesheets=["/app.css"],
        reset_style=False,
        toaster=toaster(),
        # In place of Reflex's own toasts and dialogs: the frame has a connection bar, a crash gets our words.
        app_wraps={(55, "ErrorBoundary"): lambda _: error_boundary(fallback_render=crashed())},
        head_components=[
            # Inside the page: it decides the first paint and must not wait for a request of its own.
            rx.el.script(START.read_text(encoding="utf-8")),
            # So is what the socket's first answer may call.
            rx.el.script(ENTRY.read_text(encoding="utf-8")),
            rx.el.script(src="/auth.js", defer=True),
            rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
            rx.el.meta(name="theme-color", content="#7447d4"),
        ],
    )
    for page in PAGES:
        on_load = list(page.on_load)
        app.add_page(page.component(SITE), route=page.path, title=page.title, on_load=on_load, image="/logo.svg")
    return app
