"""Powiadomienia: of which calls, how, and when not."""

import reflex as rx

from sekretarka.domain.notifications.models import CallScope
from sekretarka.ui.components.basics import card, card_header, text_link
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.view_states import form_skeleton
from sekretarka.ui.layout import SETTINGS_HOME, settings_page
from sekretarka.ui.page_views import page_views, state_form
from sekretarka.ui.pages.notifications.ladder import ladder_card
from sekretarka.ui.pages.notifications.ladder_state import LadderState
from sekretarka.ui.pages.notifications.state import PreferencesState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(PreferencesState)

PATH = "/dashboard/settings/notifications"
GRID = "grid grid-cols-2 gap-x-4 gap-y-5 px-4 pb-5 pt-1 max-sm:grid-cols-1 max-sm:px-3.5"


@settings_page(PATH, t("settings.notifications"), icon="bell", on_load=(PreferencesState.load, LadderState.load))
def page() -> rx.Component:
    """The page of /dashboard/settings/notifications."""
    views = page_views(state, _form(), skeleton=form_skeleton(GRID), failed=t("notifications.failed"), framed=False)
    return rx.fragment(
        card(card_header(t("settings.notifications"), hint=t("notifications.hint")), views), ladder_card()
    )


def _form() -> rx.Component:
    values = state.values
    scopes = {str(scope): t(f"notifications.scope.{scope}") for scope in CallScope}
    fields = rx.el.div(
        choice_field(
            t("notifications.email_calls"),
            "emailCalls",
            scopes,
            default_value=values["emailCalls"],
            errors=state.field_errors,
        ),
        choice_field(
            t("notifications.sms_calls"),
            "smsCalls",
            scopes,
            default_value=values["smsCalls"],
            errors=state.field_errors,
        ),
        rx.el.div(_missing(), class_name="sm:col-span-2 empty:hidden"),
        choice_field(
            t("notifications.app_calls"),
            "appCalls",
            scopes,
            default_value=values["appCalls"],
            hint=t("notifications.app_hint"),
            errors=state.field_errors,
        ),
        choice_field(
            t("notifications.digest"),
            "digest",
            {"on": t("notifications.digest_on"), "off": t("notifications.digest_off")},
            default_value=values["digest"],
        ),
        text_field(
            t("notifications.quiet_from"),
            "quietFrom",
            type="time",
            default_value=values["quietFrom"],
            hint=t("notifications.quiet_hint"),
            errors=state.field_errors,
        ),
        text_field(
            t("notifications.quiet_to"),
            "quietTo",
            type="time",
            default_value=values["quietTo"],
            errors=state.field_errors,
        ),
        class_name=GRID,
    )
    return state_form(state, fields, name="notifications", on_submit=state.save)


def _missing() -> rx.Component:
    """What has to be there before anything can be sent."""
    profile = text_link(t("notifications.to_profile"), SETTINGS_HOME)
    no_number = rx.el.p(t("notifications.no_number"), " ", profile, class_name="text-sm text-muted")
    unproven = rx.el.p(t("notifications.unproven"), " ", profile, class_name="text-sm text-muted")
    return rx.cond(
        ~state.values["verified"],
        unproven,
        rx.cond(
            state.values["phone"] == "",
            no_number,
            rx.el.p(t("notifications.number", number=state.values["phone"]), class_name="text-sm text-muted tnum"),
        ),
    )
