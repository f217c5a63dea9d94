"""Forms for sign-in and registration, which send to /api/auth by themselves, and the page around them."""

from typing import Any, Literal

import reflex as rx

from sekretarka.ui.components.basics import Text, button, cx, icon, spinner
from sekretarka.ui.components.brand import logo, tab_title
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.scripts import script
from sekretarka.ui.text import current_language, language_keeper, switch_language, t

_LIBRARY = script("components/auth_forms.jsx")


WEAK_PASSWORD_CODES = ("string_too_short", "string_too_long", "common_password", "guessable_password")


class _AuthComponent(rx.Component):
    library = _LIBRARY


class _AuthForm(_AuthComponent):
    tag = "AuthForm"
    kind: rx.Var[str]
    action: rx.Var[str]
    needs_token: rx.Var[bool]


class _Fields(_AuthComponent):
    tag = "Fields"


class _Completed(_AuthComponent):
    tag = "Completed"


class _Notice(_AuthComponent):
    tag = "Notice"
    labels: rx.Var[Any]


class _Resend(_AuthComponent):
    tag = "Resend"
    error: rx.Var[str]
    kind: rx.Var[str]
    label: rx.Var[str]
    sent: rx.Var[str]


class _FieldError(_AuthComponent):
    tag = "FieldError"
    name: rx.Var[str]
    labels: rx.Var[Any]


class _SubmitButton(_AuthComponent):
    tag = "SubmitButton"
    label: rx.Var[str]


class _PasswordField(_AuthComponent):
    tag = "PasswordField"
    name: rx.Var[str]
    show_label: rx.Var[str]
    hide_label: rx.Var[str]
    default_value: rx.Var[str]
    auto_complete: rx.Var[str]
    required: rx.Var[bool]


Kind = Literal[
    "signIn",
    "register",
    "registerInvited",
    "askForReset",
    "setPassword",
    "verifyEmail",
    "changePassword",
    "createOrganization",
]


def auth_form(
    *fields: Any, kind: Kind, action: str, completed: rx.Component | None = None, needs_token: bool = False
) -> rx.Component:
    """A form whose submission goes to `window.sekretarka.<kind>`; without JavaScript it posts to `action`.

    `completed` takes its place once it succeeded; with `needs_token` its page is opened by a link in an email, and the
    token is sent along.
    """
    after = _Completed.create(completed, class_name="flex flex-col gap-4 outline-none") if completed else rx.fragment()
    return _AuthForm.create(
        _Fields.create(*fields, class_name="flex flex-col gap-4"),
        after,
        kind=kind,
        action=action,
        needs_token=needs_token,
    )


def auth_notice(labels: dict[str, Any]) -> rx.Component:
    """What the page's `notice` in the URL says, by `labels`: code → text."""
    return _Notice.create(
        icon("circle_check", 16, class_name="mt-px"),
        labels=labels,
        class_name="mb-4 flex items-start gap-2 rounded-md bg-success-soft px-3 py-2.5 text-sm text-success",
    )


def auth_resend(error: str, *, kind: Literal["askForVerification"], label: Text, sent: Text) -> rx.Component:
    """Under the error `error` of the whole form, a button that sends the email once more; then the text `sent`."""
    look = "self-start text-sm font-medium text-accent-ink underline-offset-2 hover:underline disabled:opacity-55"
    return _Resend.create(error=error, kind=kind, label=label, sent=sent, class_name=look)


def auth_completed(text: Text, hint: Text) -> rx.Component:
    """What is shown once an email was sent."""
    return rx.el.div(
        rx.el.span(
            icon("mail_check", 20),
            class_name="grid size-10 place-items-center rounded-full bg-success-soft text-success",
        ),
        rx.el.p(text, class_name="text-base"),
        rx.el.p(hint, class_name="text-sm text-muted"),
        class_name="flex flex-col gap-3",
    )


def auth_field(
    label: Text,
    name: str,
    *,
    labels: dict[str, Any],
    type_: Literal["text", "email", "password"] = "text",
    autocomplete: str,
    hint: Text | None = None,
    aside: rx.Component | None = None,
    value: str = "",
    required: bool = True,
    shortest: int = 0,
) -> rx.Component:
    """A labelled input of an auth form; `labels` is error code → text, `shortest` the least number of characters."""
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
            show_label=t("auth_form.show_password"),
            hide_label=t("auth_form.hide_password"),
            auto_complete=autocomplete,
            **common,
        )
    else:
        control = rx.el.input(type=type_, auto_complete=autocomplete, **common)
    return rx.el.div(
        rx.el.div(
            rx.el.label(label, html_for=name, class_name="text-sm font-medium"),
            aside or rx.fragment(),
            class_name="flex items-center justify-between gap-2 text-sm",
        ),
        control,
        rx.el.p(hint, id=f"{name}-hint", class_name="text-sm text-muted") if hint is not None else rx.fragment(),
        _FieldError.create(
            icon("circle_alert", 14),
            name=name,
            labels={"missing": t("auth_form.missing"), "other": t("auth_form.wrong"), **labels},
            class_name="flex items-center gap-1.5 text-sm text-danger",
        ),
        class_name="flex flex-col gap-1.5",
    )


def email_field(value: str = "") -> rx.Component:
    """The email address of the account."""
    return auth_field(
        t("auth_form.email"),
        "email",
        labels={"invalid_email": t("register.email_wrong")},
        type_="email",
        autocomplete="username",
        value=value,
    )


def new_password_field(
    label: Text,
    name: str = "password",
    *,
    shortest: int,
    hint: Text | None = None,
    labels: dict[str, Any] | None = None,
) -> rx.Component:
    """A password that is chosen now, of at least `shortest` characters; `labels` is error code → text for what else
    than weakness may be wrong with it."""
    return auth_field(
        label,
        name,
        labels={**{code: t(f"register.password.{code}") for code in WEAK_PASSWORD_CODES}, **(labels or {})},
        type_="password",
        autocomplete="new-password",
        hint=hint if hint is not None else t("register.password_hint"),
        shortest=shortest,
    )


def auth_error(labels: dict[str, Any]) -> rx.Component:
    """The error of the whole form; `labels` is code → text."""
    return _FieldError.create(
        icon("circle_alert", 16),
        name="form",
        labels=labels,
        class_name="flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2.5 text-sm text-danger",
    )


def auth_submit(label: Text) -> rx.Component:
    """The form's one button, busy while the request runs."""
    look = button("", variant="primary").class_name
    return _SubmitButton.create(spinner(), label=label, class_name=cx(str(look), "w-full h-10 max-sm:h-11"))


def auth_page(*children: Any, title: Text, subtitle: Text, footer: rx.Component) -> rx.Component:
    """A page for users who are not signed in: one narrow column, with a choice of language at the foot."""
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
