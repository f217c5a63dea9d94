"""Klucze API: the table, the dialog for a new one, and how a program uses it."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import KEY_SCOPES, Permission
from sekretarka.core.runtime.settings import settings
from sekretarka.ui.components.badge import badge, badge_for
from sekretarka.ui.components.basics import card, card_header, icon_button, link_button
from sekretarka.ui.components.clipboard import copyable_lines, shown_once
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.scopes import FIELD, RESOURCES, VERBS, scope_picker
from sekretarka.ui.components.table import Column, table
from sekretarka.ui.components.view_states import empty, table_skeleton
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.errors import field_error
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.api_keys.state import LIFETIMES, NEW_KEY, PATH, ApiKeysState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import format_datetime, localize, relative_time, t

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
                _table(may),
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


def _table(may: Any) -> rx.Component:
    zone = session.timezone
    return table(
        [
            Column(
                t("api_keys.name"),
                _name,
                class_name="w-44 min-w-44 max-w-44 max-lg:w-full max-lg:min-w-0 max-lg:max-w-0",
            ),
            Column(t("api_keys.scopes"), _scopes, hide="lg", class_name="w-1/3"),
            Column(
                t("api_keys.creator"),
                lambda row: rx.cond(row["maker"] != "", row["maker"], "–"),
                hide="xl",
                class_name="whitespace-nowrap",
            ),
            Column(
                t("api_keys.used"),
                lambda row: rx.cond(
                    row["used_at"] != "", relative_time(row["used_at"], zone), t("api_keys.never_used")
                ),
                hide="sm",
                class_name="whitespace-nowrap text-muted tnum",
            ),
            Column(
                t("api_keys.expires"),
                lambda row: rx.cond(
                    row["expires_at"] != "",
                    format_datetime(row["expires_at"], "date", zone),
                    t("api_keys.never_expires"),
                ),
                hide="md",
                class_name="whitespace-nowrap text-muted tnum",
            ),
            Column(t("api_keys.state"), lambda row: _state(row["status"])),
            Column(
                rx.el.span(t("api_keys.actions"), class_name="sr-only"),
                lambda row: rx.cond(may & (row["status"] != "revoked"), _actions(row)),
                align="right",
                class_name="pl-0!",
            ),
        ],
        state.rows,
        label=t("settings.api_keys"),
    )


def _name(row: Any) -> rx.Component:
    return rx.fragment(
        rx.el.span(row["name"], class_name="block truncate font-medium"),
        rx.el.code(row["prefix"], "…", class_name="block truncate font-mono text-xs text-muted"),
    )


def _scopes(row: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(row["chips"].to(list[dict[str, Any]]), _chip),
        rx.cond(
            row["more_count"] > 0,
            rx.el.span(
                "+",
                row["more_count"],
                rx.el.span(
                    rx.foreach(row["more"].to(list[dict[str, Any]]), lambda chip: rx.fragment(" ", _words(chip))),
                    class_name="sr-only",
                ),
                class_name="rounded bg-sunken px-1.5 py-0.5 text-xs text-muted tnum",
            ),
        ),
        class_name="flex flex-wrap gap-1",
    )


def _words(chip: Any) -> rx.Component:
    verbs = rx.foreach(
        chip["verbs"].to(list[str]),
        lambda verb, index: rx.fragment(rx.cond(index > 0, ", ", ": "), localize(verb, "scope_verb", *VERBS)),
    )
    return rx.fragment(localize(chip["resource"], "scope", *RESOURCES), verbs)


def _chip(chip: Any) -> rx.Component:
    look = "rounded bg-sunken px-1.5 py-0.5 text-xs whitespace-nowrap"
    return rx.el.span(
        rx.cond(chip["lost"], rx.el.span(t("api_keys.scope_lost"), " ", class_name="sr-only")),
        _words(chip),
        title=rx.cond(chip["lost"], t("api_keys.scope_lost"), ""),
        class_name=rx.cond(chip["lost"], f"{look} text-muted line-through", look),
    )


def _state(code: Any) -> rx.Component:
    return badge_for(
        code,
        {
            "active": badge(t("api_keys.status.active"), icon_name="check", tone="success"),
            "expired": badge(t("api_keys.status.expired"), icon_name="clock", tone="warning"),
            "revoked": badge(t("api_keys.status.revoked"), icon_name="ban"),
            "orphaned": badge(t("api_keys.status.orphaned"), icon_name="user_round_x", tone="warning"),
        },
    )


def _actions(row: Any) -> rx.Component:
    rotate = confirm(
        t("api_keys.rotate_title"),
        name=row["name"],
        description=t("api_keys.rotate_text"),
        action=t("api_keys.rotate"),
        on_confirm=state.rotate(row["id"]),
        trigger=icon_button("refresh_cw", t("api_keys.rotate"), size="sm"),
    )
    revoke = confirm(
        t("api_keys.revoke_title"),
        name=row["name"],
        description=t("api_keys.revoke_text"),
        action=t("api_keys.revoke"),
        on_confirm=state.revoke(row["id"]),
        trigger=icon_button("trash_2", t("api_keys.revoke"), size="sm"),
    )
    return rx.el.div(rx.cond(row["status"] != "expired", rotate), revoke, class_name="flex justify-end gap-0.5")


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
            error=field_error(state.field_errors, "name"),
        ),
        scope_picker(
            t("api_keys.scopes"),
            presets=PRESETS,
            granted=session.permissions,
            error=field_error(state.field_errors, FIELD),
        ),
        choice_field(
            t("api_keys.expires"),
            "lifetime",
            {days: t(f"api_keys.lifetime_{days or 'endless'}") for days in LIFETIMES},
            error=field_error(state.field_errors, "expiresAt"),
        ),
        title=t("api_keys.new"),
        description=t("api_keys.new_hint"),
        action=t("api_keys.create"),
        on_submit=state.create,
        class_name="top-[8vh]! max-h-[84vh] overflow-y-auto",
    )
