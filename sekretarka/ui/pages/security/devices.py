"""The browsers that are signed in."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import button, card, card_header, icon
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.view_states import skeleton, skeleton_bar
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.security.state import SecurityState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, relative_time, t

state = state_vars(SecurityState)

LINE = "flex items-center gap-3.5 border-t border-border px-4 py-3 max-sm:px-3.5"


def devices() -> rx.Component:
    """This browser, and every other one with a way to sign it out."""
    return card(
        card_header(t("security.devices"), rx.cond(state.rows.length() > 1, _all()), hint=t("security.devices_hint")),
        page_views(
            state,
            rx.el.ul(rx.foreach(state.rows, _line)),
            skeleton=_skeleton(),
            failed=t("security.failed"),
            framed=False,
        ),
    )


def _all() -> rx.Component:
    return confirm(
        t("security.others_title"),
        name=t("security.others_count", n=state.rows.length() - 1),
        description=t("security.revoke_text"),
        action=t("security.others_action"),
        on_confirm=state.revoke_others,
        trigger=button(t("security.others"), icon_name="log_out", size="sm"),
    )


def _line(row: Any) -> rx.Component:
    zone = session.timezone
    sign_out = confirm(
        t("security.revoke_title"),
        name=_name(row),
        description=t("security.revoke_text"),
        action=t("security.revoke"),
        on_confirm=state.revoke(row["id"]),
        trigger=button(t("security.revoke"), size="sm"),
    )
    mark = rx.match(
        row["device"],
        ("phone", icon("smartphone", 20, class_name="text-muted")),
        ("tablet", icon("tablet", 20, class_name="text-muted")),
        ("computer", icon("monitor", 20, class_name="text-muted")),
        icon("globe", 20, class_name="text-muted"),
    )
    seen = rx.cond(row["current"], t("security.seen_now"), t("security.seen", when=relative_time(row["seen_at"], zone)))
    return rx.el.li(
        mark,
        rx.el.div(
            rx.el.p(
                rx.el.span(_name(row), class_name="font-medium"),
                rx.cond(row["current"], badge(t("security.current"), icon_name="check", tone="success")),
                class_name="flex flex-wrap items-center gap-x-2 gap-y-1 text-base",
            ),
            rx.el.p(
                seen,
                " · ",
                t("security.since", when=format_datetime(row["since"], "date", zone)),
                class_name="text-sm text-muted tnum",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(row["current"], rx.fragment(), sign_out),
        key=row["id"],
        class_name=LINE,
    )


def _name(row: Any) -> rx.Var[str]:
    """`Firefox, Windows`, as far as it is known."""
    browser = rx.cond(row["browser"] != "", row["browser"], t("security.unknown")).to(str)
    return rx.cond(row["system"] != "", browser + ", " + row["system"].to(str), browser).to(str)


def _skeleton() -> rx.Component:
    line = rx.el.div(
        skeleton_bar("size-5"),
        rx.el.div(
            skeleton_bar("h-4 w-36"), skeleton_bar("h-3.5 w-56 max-w-full"), class_name="flex flex-1 flex-col gap-1.5"
        ),
        class_name=LINE,
    )
    return skeleton(line, line)
