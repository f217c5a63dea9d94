"""The table of keys."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import badge, badge_for
from sekretarka.ui.components.basics import icon_button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.scopes import RESOURCES, VERBS
from sekretarka.ui.components.table import Column, table
from sekretarka.ui.pages.api_keys.state import ApiKeysState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, localize, relative_time, t

state = state_vars(ApiKeysState)


def keys_table(may: Any) -> rx.Component:
    """Each key with its scopes, and the ways to rotate and revoke it."""
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
