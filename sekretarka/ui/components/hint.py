"""What a number or word means: a small button that says it on hover, touch and from the keyboard."""

import reflex as rx
from reflex_components_internal.components.base.popover import popover

from sekretarka.ui.components.basics import Text, icon
from sekretarka.ui.text import t

_BUTTON = (
    "relative z-[1] grid size-6 shrink-0 place-items-center rounded-full text-muted hover:bg-hover hover:text-text"
)
_POPUP = "popup max-w-[min(320px,calc(100vw-16px))] rounded-lg bg-raised px-3.5 py-3 shadow-float outline-none"


def about(label: Text, text: Text) -> rx.Component:
    """A button that opens `text`; it is called by the `label` of what it explains."""
    button = rx.el.button(icon("info", 14), type="button", aria_label=t("about.name", name=label), class_name=_BUTTON)
    return popover.root(
        popover.trigger(render_=button, open_on_hover=True, delay=200, unstyled=True),
        popover.portal(
            popover.positioner(
                popover.popup(
                    popover.title(label, class_name="text-sm font-semibold", unstyled=True),
                    popover.description(text, class_name="mt-1 text-sm text-muted", unstyled=True),
                    class_name=_POPUP,
                    unstyled=True,
                ),
                side_offset=6,
                collision_padding=8,
                class_name="z-50 outline-none",
                unstyled=True,
            ),
            unstyled=True,
        ),
    )
