"""404: short, human, a way back."""

import reflex as rx

from sekretarka.ui.components.basics import link_button
from sekretarka.ui.components.brand import logo, tab_title
from sekretarka.ui.page import public_page
from sekretarka.ui.text import language_keeper, t


@public_page("/404", t("not_found.title"))
def page() -> rx.Component:
    """The page of every unknown address."""
    return rx.el.main(
        logo(40),
        rx.el.h1(t("not_found.title"), class_name="text-xl font-semibold"),
        rx.el.p(t("not_found.text"), class_name="max-w-[40ch] text-base text-muted text-balance"),
        link_button(t("not_found.back"), to="/dashboard", icon_name="arrow_left", variant="primary"),
        language_keeper(),
        tab_title(t("not_found.title")),
        class_name="flex min-h-screen flex-col items-center justify-center gap-4 px-6 text-center",
    )
