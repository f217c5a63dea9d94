"""Form fields: label, control, hint and the error beside the field that caused it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, cx, icon
from sekretarka.ui.reflex_internals import js
from sekretarka.ui.text import current_language

CONTROL = (
    "w-full rounded-md border border-input bg-surface text-text px-3 text-base max-sm:text-[16px] "
    "transition-colors hover:border-field focus:border-accent focus:outline-2 focus:outline-offset-0 "
    "focus:outline-accent/30 aria-invalid:border-danger aria-invalid:focus:outline-danger/30 "
    "disabled:bg-sunken disabled:text-muted disabled:placeholder:opacity-0"
)


def field_error(errors: Any, name: str) -> rx.Var[str]:
    """The sentence about the field `name` in the page's language, "" when it is right.

    `errors` is a var of field name → language → sentence: the `field_errors` of a `FormState`.
    """
    lang = current_language()
    return js(f"({errors!s}?.[{json.dumps(name)}]?.[{lang!s}] ?? '')", errors, lang)


def _described(name: str, hint: Text | None, errors: Any) -> dict[str, Any]:
    ids = [f"{name}-hint"] if hint is not None else []
    if errors is None:
        return {"aria_describedby": " ".join(ids)} if ids else {}
    return {"aria_describedby": " ".join([*ids, f"{name}-error"]), "aria_invalid": field_error(errors, name) != ""}


def field(
    label: Text,
    name: str,
    control: rx.Component,
    *,
    hint: Text | None = None,
    errors: Any = None,
    aside: rx.Component | None = None,
    class_name: str = "",
) -> rx.Component:
    """A control with its label above, hint and its sentence of `errors` below; `aside` stands at the label's right."""
    return rx.el.div(
        rx.el.div(
            rx.el.label(label, html_for=name, class_name="text-sm font-medium"),
            aside or rx.fragment(),
            class_name="flex items-center justify-between gap-2",
        ),
        control,
        rx.el.p(hint, id=f"{name}-hint", class_name="text-sm text-muted") if hint is not None else rx.fragment(),
        error_message(errors, name) if errors is not None else rx.fragment(),
        class_name=cx("flex flex-col gap-1.5", class_name),
    )


def error_message(errors: Any, name: str) -> rx.Component:
    """The sentence under a wrong field, announced when it appears; nothing when the field is right."""
    error = field_error(errors, name)
    return rx.el.p(
        rx.cond(error != "", rx.fragment(icon("circle_alert", 14), rx.el.span(error))),
        id=f"{name}-error",
        role="alert",
        class_name="flex items-center gap-1.5 text-sm text-danger empty:hidden",
    )


def text_field(
    label: Text,
    name: str,
    *,
    hint: Text | None = None,
    errors: Any = None,
    aside: rx.Component | None = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A labelled one-line input: `text_field(t("…"), "email", type="email", errors=state.field_errors)`."""
    described = _described(name, hint, errors)
    control = rx.el.input(
        id=name, name=name, class_name=cx(CONTROL, "h-9 max-sm:h-11 read-only:bg-sunken"), **described, **props
    )
    return field(label, name, control, hint=hint, errors=errors, aside=aside, class_name=class_name)


def text_area(
    label: Text, name: str, *, hint: Text | None = None, errors: Any = None, rows: int = 4, **props: Any
) -> rx.Component:
    """A labelled multi-line input."""
    described = _described(name, hint, errors)
    control = rx.el.textarea(
        id=name, name=name, rows=str(rows), class_name=cx(CONTROL, "py-2 resize-y"), **described, **props
    )
    return field(label, name, control, hint=hint, errors=errors)


def choice_field(
    label: Text,
    name: str,
    options: Mapping[str, Text] | Sequence[str],
    *,
    hint: Text | None = None,
    errors: Any = None,
    extra: Sequence[rx.Component] = (),
    **props: Any,
) -> rx.Component:
    """A labelled native select: best in forms, on phones and without JavaScript. `options` is value → label.

    `extra` are options that only the browser knows whether to show.
    """
    pairs = options.items() if isinstance(options, Mapping) else [(option, option) for option in options]
    described = _described(name, hint, errors)
    control = native_select(
        *(rx.el.option(text, value=value) for value, text in pairs), *extra, name=name, **described, **props
    )
    return field(label, name, control, hint=hint, errors=errors)


def native_select(*options: Any, name: str, class_name: str = "", **props: Any) -> rx.Component:
    """The browser's select in our style; options are `rx.el.option`s or an `rx.foreach` of them."""
    return rx.el.div(
        rx.el.select(
            *options,
            id=name,
            name=name,
            class_name=cx(CONTROL, "h-9 max-sm:h-11 appearance-none pr-8 truncate", class_name),
            **props,
        ),
        icon(
            "chevron_down", 16, class_name="pointer-events-none absolute right-2.5 top-1/2 -translate-y-1/2 text-muted"
        ),
        class_name="relative",
    )


def form_error(message: Text) -> rx.Component:
    """An error of the whole form, above its button; nothing when empty."""
    return rx.el.div(
        rx.cond(rx.Var.create(message).to(str) != "", rx.fragment(icon("circle_alert", 16), rx.el.span(message))),
        role="alert",
        class_name="flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger empty:hidden",
    )
