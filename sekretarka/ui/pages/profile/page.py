"""Profil: name, phone, picture and language of the signed-in user."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Role
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import card, card_header
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.sound import sound_switch
from sekretarka.ui.components.view_states import form_skeleton
from sekretarka.ui.layout import SETTINGS_HOME, settings_page
from sekretarka.ui.page_views import page_views, state_form
from sekretarka.ui.pages.profile.state import ProfileState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import follow_language, localize, t

state = state_vars(ProfileState)

GRID = "grid grid-cols-2 gap-x-4 gap-y-5 px-4 pb-5 pt-1 max-sm:grid-cols-1 max-sm:px-3.5"


@settings_page(
    SETTINGS_HOME,
    t("settings.profile"),
    icon="user_round",
    on_load=(ProfileState.load,),
)
def page() -> rx.Component:
    """The page of /dashboard/settings/profile."""
    return rx.fragment(
        card(
            card_header(t("profile.title"), _role(), hint=t("profile.hint")),
            page_views(
                state,
                _form(),
                skeleton=form_skeleton(GRID),
                failed=t("profile.failed"),
                framed=False,
            ),
        ),
        _sound(),
    )


def _sound() -> rx.Component:
    return card(card_header(t("profile.sound"), sound_switch(t("profile.sound")), hint=t("profile.sound_hint")))


def _role() -> rx.Component:
    word = localize(session.role, "role", *(str(role) for role in Role))
    return rx.cond(session.role != "", badge(word, icon_name="shield_check", tone="accent"))


def _proof(verified: Any) -> rx.Component:
    """Whether the address is proven to be the user's own, and the way to prove it."""
    resend = rx.el.button(
        t("profile.resend"),
        type="button",
        on_click=state.resend,
        class_name="text-sm font-medium text-accent-ink underline-offset-2 hover:underline",
    )
    return rx.el.span(
        rx.cond(
            verified,
            badge(t("profile.verified"), icon_name="circle_check", tone="success"),
            rx.fragment(badge(t("profile.unverified"), icon_name="circle_alert", tone="warning"), resend),
        ),
        class_name="-my-1 flex items-center gap-2",  # as high as a label alone
    )


def _form() -> rx.Component:
    values = state.values
    form = state_form(
        state,
        rx.el.div(
            text_field(
                t("profile.name"),
                "name",
                default_value=values["name"],
                auto_complete="name",
                errors=state.field_errors,
            ),
            text_field(
                t("profile.email"),
                "email",
                value=values["email"],
                read_only=True,
                hint=t("profile.email_hint"),
                aside=_proof(values["verified"]),
            ),
            text_field(
                t("profile.phone"),
                "phone",
                type="tel",
                default_value=values["phone"],
                auto_complete="tel",
                errors=state.field_errors,
            ),
            choice_field(
                t("profile.language"),
                "language",
                {"pl": "Polski", "en": "English"},
                default_value=values["language"],
                errors=state.field_errors,
            ),
            text_field(
                t("profile.avatar"),
                "avatarUrl",
                type="url",
                default_value=values["avatarUrl"],
                hint=t("profile.avatar_hint"),
                errors=state.field_errors,
                class_name="sm:col-span-2",
            ),
            class_name=GRID,
        ),
        name="profile",
        on_submit=state.save,
    )
    return rx.fragment(form, follow_language(values["language"], state.record["version"]))
