"""`/` leads to the dashboard, or to sign-in for whoever is not signed in."""

import reflex as rx

from sekretarka.ui.components.basics import text_link
from sekretarka.ui.page import public_page
from sekretarka.ui.text import language_keeper, t


@public_page("/", t("product.name"))
def page() -> rx.Component:
    """The page of /."""
    return rx.el.main(
        text_link(t("home.opening"), "/dashboard"),
        rx.el.script(src="/home.js", defer=True),
        language_keeper(),
        class_name="grid min-h-screen place-items-center",
    )
