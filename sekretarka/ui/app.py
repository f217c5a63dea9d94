"""The Reflex app: document head, overlays, toaster and every page of the site map."""

from pathlib import Path

import reflex as rx
from reflex_components_core.base.error_boundary import error_boundary

from sekretarka.ui import reflex_internals
from sekretarka.ui.components.toast import toaster
from sekretarka.ui.components.view_states import crashed
from sekretarka.ui.routes import PAGES, SITE

# Inside the page, in this order: the first decides the first paint, the others are called as soon as anything runs, by
# the socket's first answer or by a page that appears. What a request of their own brings could come after that.
INLINE_SCRIPTS = ("start.js", "line.js", "entry.js", "auth.js")

# Its icons, which no page shows, are a package of 150 MB.
KIT = "reflex_components_internal"


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
            *(rx.el.script(Path(__file__).with_name(name).read_text(encoding="utf-8")) for name in INLINE_SCRIPTS),
            rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
            rx.el.meta(name="theme-color", content="#7447d4"),
        ],
    )
    reflex_internals.leave_out_memos(KIT)
    for page in PAGES:
        on_load = list(page.on_load)
        app.add_page(page.component(SITE), route=page.path, title=page.title, on_load=on_load, image="/logo.svg")
    return app
