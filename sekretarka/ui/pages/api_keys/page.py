"""Klucze API: the table, the dialog for a new one, and how a program uses it."""

import reflex as rx

from sekretarka.core.permissions import KEY_SCOPES, Permission
from sekretarka.core.runtime.settings import settings
from sekretarka.ui.components.basics import card, card_header, link_button
from sekretarka.ui.components.clipboard import copyable_lines, shown_once
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.scopes import scope_picker
from sekretarka.ui.components.view_states import empty, table_skeleton
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.api_keys.state import LIFETIMES, NEW_KEY, PATH, ApiKeysState
from sekretarka.ui.pages.api_keys.table import keys_table
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import t

state = state_vars(ApiKeysState)

PRESETS = {
    "api_keys.preset_read": [str(scope) for scope in KEY_SCOPES if scope.endswith(":read")],
    # What a voice service does: it reports calls, looks things up, books.
    "api_keys.preset_service": [
        str(scope)
        for scope in KEY_SCOPES
        if scope.partition(":")[0] in ("conversations", "appointments", "clients", "tools")
        or scope in ("agents:read", "services:read", "staff:read", "organizations:read")
    ],
    "api_keys.preset_none": [],
}
EXAMPLE = f"""\
curl "{settings.base_url}/api/v1/conversations?limit=5" \\
  -H "Authorization: Bearer $API_KEY\""""


@settings_page(
    PATH,
    t("settings.api_keys"),
    icon="key_round",
    requires=Permission.API_KEYS_READ,
    on_load=(ApiKeysState.load,),
    wide=True,
)
def page() -> rx.Component:
    """The page of /dashboard/settings/api-keys."""
    new = link_button(t("api_keys.new"), to=f"{PATH}?new=1", icon_name="plus", variant="primary", size="sm")
    may = allowed(Permission.API_KEYS_WRITE)
    return rx.fragment(
        shown_once(
            NEW_KEY,
            title=t("api_keys.created_title"),
            text=t("api_keys.created_text"),
            label=t("api_keys.secret"),
            copy_label=t("api_keys.copy"),
            done=t("api_keys.created_done"),
        ),
        card(
            card_header(t("settings.api_keys"), rx.cond(may, new), hint=t("api_keys.hint")),
            page_views(
                state,
                keys_table(may),
                skeleton=table_skeleton(3),
                failed=t("api_keys.failed"),
                is_empty=state.rows.length() == 0,
                empty=empty(t("api_keys.none"), icon_name="key_round", hint=t("api_keys.none_hint")),
                framed=False,
            ),
        ),
        _usage(),
        _new_key(),
    )


def _usage() -> rx.Component:
    return card(
        card_header(
            t("api_keys.usage"),
            rx.el.a(
                t("shell.api_docs"),
                href="/api/v1/docs",
                target="_blank",
                class_name="text-base font-medium text-accent-ink hover:underline underline-offset-2 whitespace-nowrap",
            ),
            hint=t("api_keys.usage_hint"),
        ),
        rx.el.div(copyable_lines(EXAMPLE, label=t("api_keys.usage_copy")), class_name="px-4 pb-4 max-sm:px-3.5"),
    )


def _new_key() -> rx.Component:
    return create_dialog(
        state,
        text_field(
            t("api_keys.name"),
            "name",
            auto_focus=True,
            placeholder=t("api_keys.name_example"),
            errors=state.field_errors,
        ),
        scope_picker(
            t("api_keys.scopes"),
            presets=PRESETS,
            granted=session.permissions,
            errors=state.field_errors,
        ),
        choice_field(
            t("api_keys.expires"),
            "lifetime",
            {days: t(f"api_keys.lifetime_{days or 'endless'}") for days in LIFETIMES},
        ),
        name="api_key.new",
        title=t("api_keys.new"),
        description=t("api_keys.new_hint"),
        action=t("api_keys.create"),
        on_submit=state.create,
        class_name="top-[8vh]! max-h-[84vh] overflow-y-auto",
    )
