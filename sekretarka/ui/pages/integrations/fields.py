"""The fields of an SMS gateway's forms."""

from typing import Any

import reflex as rx
from pydantic import BaseModel

from sekretarka.providers import registry
from sekretarka.ui.components.field import text_field
from sekretarka.ui.pages.integrations.state import VENDORS
from sekretarka.ui.state_vars import session
from sekretarka.ui.text import t


def credential_fields(vendor: Any, errors: Any, *, focus: bool = False) -> rx.Component:
    """What the vendor of a gateway gave, perhaps with the `focus`; nothing of it is ever filled in by us."""
    forms = [(name, _fields(name, registry.sms_credentials(name), errors, focus=focus)) for name in VENDORS]
    return rx.match(vendor, *forms, rx.fragment())


def _fields(vendor: str, model: type[BaseModel], errors: Any, *, focus: bool) -> rx.Component:
    return rx.el.div(
        *(
            text_field(
                t(f"integrations.{vendor}.{name}"),
                name,
                hint=None if field.is_required() else t(f"integrations.{vendor}.{name}_hint"),
                type="text" if field.annotation is str else "password",
                auto_complete="off",
                spell_check=False,
                auto_focus=focus and index == 0,
                errors=errors,
            )
            for index, (name, field) in enumerate(model.model_fields.items())
        ),
        class_name="flex flex-col gap-4",
    )


def number_field(errors: Any, **props: Any) -> rx.Component:
    """A number that clients can answer."""
    return text_field(
        t("integrations.number"), "number", type="tel", hint=t("integrations.number_hint"), errors=errors, **props
    )


def name_field(errors: Any, **props: Any) -> rx.Component:
    """A name in place of the number."""
    return text_field(
        t("integrations.name"), "senderName", max_length=11, hint=t("integrations.name_hint"), errors=errors, **props
    )


def price_field(errors: Any, **props: Any) -> rx.Component:
    """What a part costs."""
    return text_field(
        t("integrations.price"),
        "partPrice",
        input_mode="decimal",
        max_length=8,
        hint=t("integrations.price_hint", currency=session.currency.upper()),
        errors=errors,
        **props,
    )
