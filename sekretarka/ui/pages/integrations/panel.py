"""The open gateway: who its messages are from, and other credentials."""

import reflex as rx

from sekretarka.ui.components.field import choice_field
from sekretarka.ui.components.view_states import form_skeleton
from sekretarka.ui.detail_panel import detail_panel
from sekretarka.ui.page_views import new_form, state_form
from sekretarka.ui.pages.integrations.fields import credential_fields, name_field, number_field, price_field
from sekretarka.ui.pages.integrations.state import PATH, STATUSES, VENDORS, CredentialsState, IntegrationsState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import localize, t

state = state_vars(IntegrationsState)
credentials = state_vars(CredentialsState)
row = state.detail

STACK = "flex flex-col gap-4"


def gateway_panel() -> rx.Component:
    """The panel, open while the URL names a gateway."""
    return detail_panel(
        state,
        title=localize(row["vendor"], "integrations.vendor", *VENDORS),
        waiting=t("settings.integrations"),
        missing=t("integrations.missing"),
        missing_text=t("integrations.missing_text"),
        missing_icon="plug",
        content=rx.el.div(_sender(), _credentials(), class_name="flex flex-col gap-8"),
        skeleton=form_skeleton(STACK),
        open_=state.open_id != "",
        closed_href=PATH,
        subtitle=rx.el.p(t("integrations.change_hint")),
        actions=rx.fragment(),
    )


def _sender() -> rx.Component:
    errors = state.field_errors
    fields = rx.el.div(
        number_field(errors, default_value=row["number"]),
        name_field(errors, default_value=row["name"]),
        choice_field(
            t("integrations.status"),
            "senderNameStatus",
            {status: t(f"integrations.status.{status}") for status in STATUSES},
            hint=t("integrations.status_hint"),
            default_value=state.record["values"]["senderNameStatus"].to(str),
        ),
        price_field(errors, default_value=row["amount"]),
        class_name=f"{STACK} pb-4",
    )
    return _section("integrations.sender", state_form(state, fields, name="gateway.sender", on_submit=state.save))


def _credentials() -> rx.Component:
    form = new_form(
        credentials,
        credential_fields(row["vendor"], credentials.field_errors),
        name="gateway.credentials",
        on_submit=credentials.save,
        action=t("integrations.credentials_action"),
    )
    return _section("integrations.credentials", form)


def _section(key: str, form: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h3(t(key), class_name="text-base font-semibold"),
        rx.el.p(t(f"{key}_hint"), class_name="pb-3 text-sm text-muted"),
        form,
    )
