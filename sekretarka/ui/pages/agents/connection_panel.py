"""The section Połączenie: endpoint, secret, test call and the last events."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import badge, badge_for
from sekretarka.ui.components.basics import button, icon, spinner, text_link
from sekretarka.ui.components.clipboard import copyable, secret_field
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.pages.agents.cards import health_badge
from sekretarka.ui.pages.agents.connection import AgentConnectionState
from sekretarka.ui.pages.agents.editing import EditAgentState
from sekretarka.ui.pages.agents.state import AgentsState
from sekretarka.ui.pages.agents.test_call_state import STEPS, TestCallState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, localize, number, relative_time, t

state = state_vars(AgentConnectionState)
test = state_vars(TestCallState)
chosen = state_vars(AgentsState)
editing = state_vars(EditAgentState)

TYPES = (
    "call_started",
    "transcript_updated",
    "call_ended",
    "recording_ready",
    "message_sent",
    "appointment_requested",
)
REFUSALS = ("INVALID_SIGNATURE", "NOT_FOUND", "PAYLOAD_TOO_LARGE", "RATE_LIMITED", "SERVICE_UNAVAILABLE", "other")
REASONS = ("fields", "odd", "not_json", "no_type", "no_agent", "other")
PART = "border-b border-border p-4 last:border-0 max-sm:px-3.5"


def connection(may: Any) -> rx.Component:
    """Połączenie; the secret and the test only for those who may change agents."""
    full = rx.fragment(
        _part("agents.endpoint", copyable(state.connection["endpoint"], label=t("agents.endpoint_copy"))),
        rx.cond(may, rx.fragment(_secret(), _test())),
        _events(may),
    )
    return rx.cond(state.loaded, full, _skeleton())


def _part(key: str, *content: Any, action: rx.Component | None = None) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h3(t(key), class_name="text-base font-semibold"),
                rx.el.p(t(f"{key}_hint"), class_name="text-sm text-muted"),
                class_name="min-w-0 flex-1",
            ),
            action or rx.fragment(),
            class_name="flex items-start justify-between gap-4 max-sm:flex-col max-sm:gap-2",
        ),
        rx.el.div(*content, class_name="mt-3 empty:hidden"),
        class_name=PART,
    )


def _secret() -> rx.Component:
    rotate = confirm(
        t("agents.rotate_title"),
        name=editing.agent["name"],
        description=t("agents.rotate_text"),
        action=t("agents.rotate_action"),
        on_confirm=state.rotate,
        trigger=button(t("agents.rotate"), icon_name="refresh_cw", size="sm"),
    )
    until = state.connection["previousUntil"]
    return _part(
        "agents.secret",
        secret_field(
            chosen.selected,
            label=t("agents.secret"),
            copy_label=t("agents.secret_copy"),
            on_reveal=state.show_secret,
        ),
        rx.cond(
            until != "",
            rx.el.p(
                icon("clock", 14),
                t("agents.previous_until", when=format_datetime(until, "full", session.timezone)),
                class_name="mt-2 flex items-center gap-1.5 text-sm text-muted",
            ),
        ),
        action=rotate,
    )


def _test() -> rx.Component:
    start = button(t("agents.test_start"), icon_name="phone_call", size="sm", pending=test.running, on_click=test.run)
    return _part(
        "agents.test",
        rx.cond(
            test.steps.length() > 0,
            rx.el.div(
                rx.el.ol(rx.foreach(test.steps, _step), class_name="flex flex-col", aria_live="polite"),
                rx.cond(
                    test.conversation_id != "",
                    rx.el.p(
                        text_link(t("agents.test_open"), "/dashboard/conversations?id=" + test.conversation_id),
                        class_name="pt-2 text-base",
                    ),
                ),
                rx.cond(
                    (test.conversation_id != "") & (state.connection["health"] == "none"),
                    rx.el.p(t("agents.test_proves"), class_name="pt-2 text-sm text-muted"),
                ),
            ),
        ),
        action=start,
    )


def _step(step: Any) -> rx.Component:
    mark = rx.match(
        step["state"],
        ("running", spinner(16)),
        ("ok", icon("circle_check", 16, class_name="text-success")),
        ("failed", icon("circle_x", 16, class_name="text-danger")),
        icon("circle_dashed", 16, class_name="text-muted"),
    )
    took = rx.fragment(number(step["milliseconds"]), " ms")
    result = rx.match(
        step["state"],
        ("ok", rx.cond(step["status"] != 0, rx.fragment(step["status"], " · ", took), took)),
        ("failed", rx.cond(step["status"] != 0, rx.fragment(step["status"]))),
        rx.fragment(),
    )
    why = rx.cond(
        step["name"] == STEPS[-1],
        t("agents.test_not_shown"),
        rx.cond(
            step["status"] == 0, t("agents.test_unreachable"), localize(step["code"], "agents.rejected", *REFUSALS)
        ),
    )
    return rx.el.li(
        mark,
        rx.el.span(
            rx.el.span(
                localize(step["name"], "agents.step", *STEPS),
                class_name=rx.cond(step["state"] == "waiting", "block text-muted", "block"),
            ),
            rx.cond(step["state"] == "failed", rx.el.span(why, class_name="block text-sm text-danger")),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(result, class_name="text-sm text-muted tnum"),
        key=step["name"],
        custom_attrs={"data-step": step["name"], "data-state": step["state"]},
        class_name="flex items-start gap-2.5 py-1.5 text-base [&>svg]:mt-0.5",
    )


def _events(may: Any) -> rx.Component:
    refused, unreadable, odd = (state.connection[name] for name in ("refused", "unreadable", "odd"))
    return _part(
        "agents.events",
        _given_up(may),
        rx.cond(refused > 0, _warning("shield_alert", t("agents.rejected_count", n=refused))),
        rx.cond(unreadable > 0, _warning("file_warning", t("agents.unreadable_count", n=unreadable))),
        rx.cond(
            odd > 0,
            _warning("info", t("agents.odd_count", n=odd), " ", _code(state.connection["oddFields"])),
        ),
        rx.cond(
            state.events.length() > 0,
            rx.el.ul(rx.foreach(state.events, _event), class_name="flex flex-col"),
            empty(t("agents.events_none"), icon_name="radio_tower", hint=t("agents.events_none_hint")),
        ),
        action=health_badge(state.connection["health"]),
    )


def _warning(icon_name: str, *content: Any) -> rx.Component:
    return rx.el.p(
        icon(icon_name, 16, class_name="mt-0.5 shrink-0 text-warning"),
        rx.el.span(*content, class_name="min-w-0"),
        class_name="mb-3 flex items-start gap-2 rounded-md bg-warning-soft px-3 py-2 text-sm text-warning",
    )


def _code(text: Any) -> rx.Component:
    return rx.el.code(text, class_name="font-mono text-xs break-words")


def _given_up(may: Any) -> rx.Component:
    """What was tried too often, and the button that begins anew."""
    failed = state.connection["failed"]
    again = button(t("agents.replay"), icon_name="rotate_ccw", size="sm", on_click=state.replay)
    return rx.cond(
        failed > 0,
        rx.el.div(
            icon("circle_x", 16, class_name="shrink-0 text-danger"),
            rx.el.p(t("agents.dead_letters", n=failed), class_name="min-w-0 flex-1 text-sm text-danger"),
            rx.cond(may, again),
            role="status",
            class_name="mb-3 flex items-center gap-2 rounded-md bg-danger-soft px-3 py-2 max-sm:flex-wrap",
        ),
    )


def _event(row: Any) -> rx.Component:
    word = rx.cond(
        rx.Var.create(list(TYPES)).contains(row["type"]), localize(row["type"], "agents.event", *TYPES), row["type"]
    )
    badges = {
        "pending": badge(t("agents.state.pending"), icon_name="loader", tone="info"),
        "done": badge(t("agents.state.done"), icon_name="check", tone="success"),
        "waiting": badge(t("agents.state.waiting"), icon_name="hourglass", tone="neutral"),
        "ignored": badge(t("agents.state.ignored"), icon_name="minus", tone="neutral"),
        "unreadable": badge(t("agents.state.unreadable"), icon_name="file_warning", tone="warning"),
        "dead": badge(t("agents.state.dead"), icon_name="circle_x", tone="danger"),
    }
    return rx.el.li(
        rx.el.span(
            relative_time(row["at"], session.timezone),
            title=format_datetime(row["at"], "seconds", session.timezone),
            class_name="w-24 shrink-0 text-sm leading-5 text-muted tnum max-sm:w-16",
        ),
        rx.el.span(
            rx.el.span(
                rx.el.span(
                    rx.cond(row["type"] != "", word, t("agents.event_unknown")), class_name="max-w-full break-words"
                ),
                rx.cond(row["test"], badge(t("call.test"), icon_name="flask_conical")),
                class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1",
            ),
            rx.cond(row["reason"] != "", _reason(row)),
            class_name="min-w-0 flex-1",
        ),
        badge_for(row["state"], badges),
        key=row["id"],
        class_name="flex items-start gap-3 border-b border-border py-2 last:border-0",
    )


def _reason(row: Any) -> rx.Component:
    about = rx.cond(
        rx.Var.create(["fields", "odd", "other"]).contains(row["reason"]),
        _code(row["detail"]),
    )
    return rx.el.span(
        localize(row["reason"], "agents.reason", *REASONS), " ", about, class_name="block text-sm text-muted"
    )


def _skeleton() -> rx.Component:
    part = rx.el.div(
        skeleton_bar("h-4 w-32"),
        skeleton_bar("h-9 w-full"),
        class_name="flex flex-col gap-3 border-b border-border p-4",
    )
    return skeleton(part, part, part)
