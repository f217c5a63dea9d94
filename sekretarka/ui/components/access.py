"""What sign-in and registration are made of: a form that speaks to /api/auth and its frame."""

from typing import Any, Literal

import reflex as rx

from sekretarka.ui.components.basics import Text, button, cx, icon, spinner
from sekretarka.ui.components.brand import logo, tab_title
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.text import current_language, language_keeper, switch_language, t

_LIBRARY = rx.asset("access_form.jsx", shared=True).importable_path


class _Access(rx.Component):
    library = _LIBRARY


class _AccessForm(_Access):
    tag = "AccessForm"
    kind: rx.Var[str]
    action: rx.Var[str]


class _FieldError(_Access):
    tag = "FieldError"
    name: rx.Var[str]
    words: rx.Var[Any]


class _SubmitButton(_Access):
    tag = "SubmitButton"
    label: rx.Var[str]


class _PasswordField(_Access):
    tag = "PasswordField"
    name: rx.Var[str]
    show_label: rx.Var[str]
    hide_label: rx.Var[str]
    default_value: rx.Var[str]
    auto_complete: rx.Var[str]
    required: rx.Var[bool]


def access_form(*fields: Any, kind: Literal["signIn", "register"], action: str) -> rx.Component:
    """A form whose submission goes to `window.sekretarka.<kind>`; without JavaScript it posts to `action`."""
    return _AccessForm.create(*fields, kind=kind, action=action)


def access_field(
    label: Text,
    name: str,
    *,
    words: dict[str, Any],
    type_: Literal["text", "email", "password"] = "text",
    autocomplete: str,
    hint: Text | None = None,
    value: str = "",
    required: bool = True,
    shortest: int = 0,
) -> rx.Component:
    """A labelled input of an access form; `words` says each error code the server may answer for it."""
    described = " ".join(([f"{name}-hint"] if hint is not None else []) + [f"{name}-error"])
    common: dict[str, Any] = {
        "id": name,
        "name": name,
        "default_value": value,
        "required": required,
        "custom_attrs": {"aria-describedby": described, **({"data-min": str(shortest)} if shortest else {})},
        "class_name": cx(CONTROL, "h-10 max-sm:h-11", "pr-9" if type_ == "password" else ""),
    }
    if type_ == "password":
        control = _PasswordField.create(
            icon("eye", 16),
            icon("eye_off", 16),
            show_label=t("access.show_password"),
            hide_label=t("access.hide_password"),
            auto_complete=autocomplete,
            **common,
        )
    else:
        control = rx.el.input(type=type_, auto_complete=autocomplete, **common)
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-sm font-medium"),
        control,
        rx.el.p(hint, id=f"{name}-hint", class_name="text-sm text-muted") if hint is not None else rx.fragment(),
        _FieldError.create(
            icon("circle_alert", 14),
            name=name,
            words={"missing": t("access.missing"), "other": t("access.wrong"), **words},
            class_name="flex items-center gap-1.5 text-sm text-danger",
        ),
        class_name="flex flex-col gap-1.5",
    )


def access_error(words: dict[str, Any]) -> rx.Component:
    """The fault of the whole form."""
    return _FieldError.create(
        icon("circle_alert", 16),
        name="form",
        words=words,
        class_name="flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2.5 text-sm text-danger",
    )


def access_submit(label: Text) -> rx.Component:
    """The form's one button, busy while the server decides."""
    look = button("", variant="primary").class_name
    return _SubmitButton.create(spinner(), label=label, class_name=cx(str(look), "w-full h-10 max-sm:h-11"))


def access_page(*children: Any, title: Text, subtitle: Text, footer: rx.Component) -> rx.Component:
    """A page for people who are not signed in: one narrow column, the language at the foot."""
    return rx.el.div(
        rx.el.main(
            rx.el.div(
                logo(36),
                rx.el.span(t("product.name"), class_name="text-lg font-semibold tracking-tight"),
                class_name="flex items-center justify-center gap-2.5",
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.h1(title, class_name="text-xl font-semibold tracking-tight"),
                    rx.el.p(subtitle, class_name="text-base text-muted"),
                    class_name="mb-5 flex flex-col gap-1",
                ),
                *children,
                class_name="rounded-xl border border-border bg-surface p-6 max-sm:p-5",
            ),
            rx.el.p(footer, class_name="text-center text-base text-muted"),
            class_name="m-auto flex w-full max-w-[400px] flex-col gap-6 py-10",
        ),
        rx.el.footer(
            _language("pl", "Polski"), _language("en", "English"), class_name="flex justify-center gap-1 pb-6"
        ),
        language_keeper(),
        tab_title(title),
        class_name="flex min-h-screen flex-col px-4",
    )


def _language(code: Literal["pl", "en"], name: str) -> rx.Component:
    chosen = current_language() == code
    box = "rounded-md px-2.5 py-1.5 text-sm transition-colors"
    return rx.el.button(
        name,
        type="button",
        lang=code,
        aria_pressed=chosen,
        on_click=switch_language(code),
        class_name=rx.cond(chosen, f"{box} font-medium text-text", f"{box} text-muted hover:bg-hover hover:text-text"),
    )
