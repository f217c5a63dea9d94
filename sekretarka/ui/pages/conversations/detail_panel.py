"""The open call beside the list: transcript, summary with what users add, and the figures behind it."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations.models import FollowUpState, Outcome, Urgency
from sekretarka.ui.appointments import appointment_badge
from sekretarka.ui.components.basics import icon, text_link
from sekretarka.ui.components.field import choice_field, text_area
from sekretarka.ui.components.tabs import link_tabs
from sekretarka.ui.components.transcript import transcript
from sekretarka.ui.components.view_states import skeleton, skeleton_bar
from sekretarka.ui.detail_panel import call_link, detail_panel
from sekretarka.ui.page_views import state_form
from sekretarka.ui.pages.conversations.escalation import escalation_banner, escalation_history
from sekretarka.ui.pages.conversations.parts import TEST, mood_mark, silent_badge, state_badge, who
from sekretarka.ui.pages.conversations.query_params import UrlState
from sekretarka.ui.pages.conversations.state import ConversationsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import duration, elapsed, format_datetime, localize, money, number, t

state = state_vars(ConversationsState)
call: Any = state.detail


def conversation_panel() -> rx.Component:
    """The panel, open while the URL names a conversation; closing it goes back to the list's URL."""
    return detail_panel(
        state,
        title=who(call),
        waiting=t("conversations.one"),
        missing=t("conversations.missing"),
        missing_text=t("conversations.missing_text"),
        missing_icon="phone_off",
        content=_content(),
        skeleton=_skeleton(),
        open_=state.open_id != "",
        closed_href=state.list_href,
        subtitle=_facts(),
        actions=rx.cond(call["tel"] != "", call_link(t("overview.call_back"), call["tel"])),
    )


def _facts() -> rx.Component:
    silent = call["silent_since"] != ""
    live = _is_live()
    length = rx.cond(live, elapsed(call["at"], class_name="tnum"), duration(call["seconds"]))
    number = rx.cond((call["who"] != "") & (call["phone"] != ""), call["phone"] + " · ", "")
    return rx.el.div(
        rx.el.p(
            number,
            format_datetime(call["at"], "full", session.timezone),
            rx.cond((call["status"] == "missed") | silent, rx.fragment(), rx.fragment(" · ", length)),
            class_name="tnum",
        ),
        rx.el.div(
            rx.cond(call["test"], state_badge(TEST)),
            rx.cond(silent, silent_badge(call["silent_since"]), _state(live)),
            rx.cond(call["mood"] != "", mood_mark(call["mood"])),
            rx.cond(call["client_href"] != "", text_link(t("conversations.client"), call["client_href"])),
            class_name="mt-2 flex flex-wrap items-center gap-3",
        ),
    )


def _is_live() -> Any:
    return (call["status"] == "active") & (call["silent_since"] == "")


def _state(live: Any) -> rx.Component:
    return rx.cond(live | (call["outcome"] == ""), state_badge(call["status"]), state_badge(call["outcome"]))


def _content() -> rx.Component:
    tabs = [(tab, t(f"conversations.tab_{tab}"), state.tab_hrefs[tab]) for tab in UrlState.TABS]
    return rx.el.div(
        escalation_banner(),
        rx.el.div(
            link_tabs(tabs, label=t("conversations.tabs"), value=state.tab),
            class_name="sticky -top-4 z-[6] -mx-5 -mt-4 mb-4 bg-surface max-sm:-mx-4",
        ),
        rx.match(
            state.tab,
            ("summary", _summary()),
            ("analysis", _analysis()),
            transcript(call["id"], version=call["version"], live=_is_live(), zone=session.timezone),
        ),
    )


def _summary() -> rx.Component:
    may = allowed(Permission.CONVERSATIONS_WRITE)
    return rx.el.div(
        rx.cond(
            call["summary"] != "",
            rx.el.p(call["summary"], class_name="whitespace-pre-wrap text-base"),
            rx.el.p(t("conversations.no_summary"), class_name="text-base text-muted"),
        ),
        _appointments(),
        escalation_history(),
        rx.el.div(
            state_form(state, _fields(), name="conversation", on_submit=state.save, read_only=~may),
            class_name="-mx-5 -mb-4 border-t border-border px-1 max-sm:-mx-4 max-sm:px-0.5",
        ),
        class_name="flex flex-col gap-4",
    )


def _appointments() -> rx.Component:
    """What was booked in the call."""
    appointments = call["appointments"].to(list[dict[str, Any]])
    return rx.cond(
        appointments.length() > 0,
        rx.el.ul(
            rx.foreach(appointments, _appointment),
            aria_label=t("conversations.appointments"),
            class_name="rounded-md border border-border",
        ),
    )


def _appointment(appointment: Any) -> rx.Component:
    at = format_datetime(appointment["at"], "full", session.timezone)
    return rx.el.li(
        icon("calendar_days", 16, class_name="text-muted"),
        rx.el.div(
            text_link(appointment["service"], appointment["href"]),
            rx.el.p(at, class_name="text-sm text-muted tnum"),
            class_name="min-w-0 flex-1",
        ),
        appointment_badge(appointment["state"]),
        key=appointment["id"],
        class_name="flex items-center gap-3 border-b border-border px-3 py-2 last:border-0",
    )


def _fields() -> rx.Component:
    outcomes = {"": t("conversations.outcome_unknown"), **{str(code): t(f"call.{code}") for code in Outcome}}
    follow_ups = {"": t("follow_up.nothing"), **{str(code): t(f"follow_up.{code}") for code in FollowUpState}}
    return rx.el.div(
        choice_field(t("conversations.outcome"), "outcome", outcomes, default_value=call["outcome"]),
        rx.el.div(
            choice_field(t("conversations.follow_up"), "state", follow_ups, default_value=call["follow_up"]),
            choice_field(
                t("conversations.urgency"),
                "urgency",
                {str(code): t(f"urgency.{code}") for code in Urgency},
                default_value=call["urgency"],
            ),
            class_name="grid grid-cols-2 gap-4",
        ),
        _assignee(),
        text_area(
            t("conversations.follow_up_note"),
            "note",
            rows=2,
            default_value=call["follow_up_note"],
            errors=state.field_errors,
        ),
        text_area(
            t("conversations.notes"),
            "notes",
            rows=4,
            hint=t("conversations.notes_hint"),
            default_value=call["notes"],
            errors=state.field_errors,
        ),
        class_name="flex flex-col gap-4 px-4 py-4 max-sm:px-3.5",
    )


def _assignee() -> rx.Component:
    """Who takes care of it; somebody who has left the team since stays named as such until another one is chosen."""
    is_member = state.members.map(lambda member: member["id"]).contains(call["assignee"])
    return choice_field(
        t("conversations.assignee"),
        "assigneeId",
        {"": t("conversations.nobody")},
        extra=[
            rx.foreach(state.members, lambda member: rx.el.option(member["name"], value=member["id"])),
            rx.cond(
                (call["assignee"] == "") | is_member,
                rx.fragment(),
                rx.el.option(t("conversations.former_member"), value=call["assignee"]),
            ),
        ],
        default_value=call["assignee"],
        errors=state.field_errors,
    )


def _analysis() -> rx.Component:
    nothing = rx.el.span("–", class_name="text-muted")
    facts = [
        ("sentiment", rx.el.span(mood_mark(call["mood"]), _exactly(), class_name="inline-flex items-center gap-2")),
        ("intent", rx.cond(call["intent"] != "", call["intent"], nothing)),
        ("topics", _topics(nothing)),
        ("agent", rx.cond(call["agent"] != "", call["agent"], nothing)),
        ("direction", localize(call["direction"], "call", "inbound", "outbound")),
        ("ended", _instant(call["ended_at"], nothing)),
        ("reason", rx.cond(call["ended_reason"] != "", call["ended_reason"], nothing)),
        ("billable", duration(call["billable"])),
        ("cost", rx.cond(call["cost"].is_none(), nothing, money(call["cost"], call["currency"]))),
        ("disclosed", _instant(call["disclosed_at"], nothing)),
        ("consent", _instant(call["consent_at"], nothing)),
        ("call_id", rx.el.code(call["call_id"], class_name="break-all text-sm")),
    ]
    return rx.el.dl(
        *(
            rx.el.div(
                rx.el.dt(t(f"conversations.{key}"), class_name="text-muted"),
                rx.el.dd(value, class_name="min-w-0 tnum"),
                class_name="grid grid-cols-[160px_1fr] gap-4 border-b border-border py-2.5 last:border-0 "
                "max-sm:grid-cols-[120px_1fr]",
            )
            for key, value in facts
        ),
        class_name="-mt-2.5 text-base",
    )


def _exactly() -> rx.Component:
    return rx.cond(
        call["sentiment"].is_none(),
        rx.fragment(),
        rx.el.span(number(call["sentiment"], 2), class_name="text-sm text-muted"),
    )


def _topics(nothing: rx.Component) -> rx.Component:
    topics = call["topics"].to(list[str])
    tag = "rounded-full bg-sunken px-2 py-0.5 text-xs font-medium"
    return rx.cond(
        topics.length() > 0,
        rx.el.ul(
            rx.foreach(topics, lambda topic: rx.el.li(topic, class_name=tag)), class_name="flex flex-wrap gap-1.5"
        ),
        nothing,
    )


def _instant(value: Any, nothing: rx.Component) -> rx.Component:
    return rx.cond(value != "", format_datetime(value, "full", session.timezone), nothing)


def _skeleton() -> rx.Component:
    return skeleton(
        skeleton_bar("h-4 w-40"),
        skeleton_bar("h-16 w-full"),
        skeleton_bar("h-16 w-4/5"),
        skeleton_bar("h-16 w-full"),
        class_name="flex flex-col gap-4",
    )
