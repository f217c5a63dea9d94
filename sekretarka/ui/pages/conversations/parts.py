"""Pieces of the conversations page that list and detail panel share: names, badges, moods."""

from typing import Any

import reflex as rx

from sekretarka.domain.conversations.models import FollowUpState, Outcome, Status, Urgency
from sekretarka.ui.components.badge import Tone, badge, badge_for
from sekretarka.ui.components.basics import icon
from sekretarka.ui.state_vars import session
from sekretarka.ui.text import relative_time, t

STATES: dict[str, tuple[str, Tone]] = {
    Status.ACTIVE: ("", "accent"),
    Status.COMPLETED: ("check", "neutral"),
    Status.MISSED: ("phone_missed", "warning"),
    Status.FAILED: ("phone_off", "danger"),
    Outcome.BOOKED: ("calendar_check", "success"),
    Outcome.RESCHEDULED: ("calendar_sync", "info"),
    Outcome.CANCELLED: ("calendar_x", "warning"),
    Outcome.ANSWERED: ("check", "neutral"),
    Outcome.MESSAGE: ("message_square_text", "info"),
    Outcome.TRANSFERRED: ("phone_forwarded", "neutral"),
    Outcome.SPAM: ("ban", "neutral"),
    Outcome.ABANDONED: ("phone_off", "neutral"),
    Outcome.NONE: ("minus", "neutral"),
}
# Stands for what a test call came to: it is no result of anybody's call.
TEST = "test"
MOODS = {"good": ("smile", "text-success"), "even": ("meh", "text-muted"), "bad": ("frown", "text-danger")}


def who(row: Any) -> rx.Component:
    """The caller's name, else the number, else words for an unknown caller."""
    return rx.cond(row["who"] != "", row["who"], rx.cond(row["phone"] != "", row["phone"], t("conversations.unknown")))


def state_badge(code: Any) -> rx.Component:
    """The badge of a status or, of a finished call, an outcome; `TEST` for a test call."""
    return badge_for(
        code,
        {
            str(state): badge(t(f"call.{state}"), icon_name=icon_name, tone=tone, live=state == Status.ACTIVE)
            for state, (icon_name, tone) in STATES.items()
        }
        | {TEST: badge(t("call.test"), icon_name="flask_conical")},
    )


def silent_badge(since: Any) -> rx.Component:
    """The badge of a call that was last heard of at `since` (RFC 3339)."""
    text = t("call.silent_since", when=relative_time(since, session.timezone))
    return badge(text, icon_name="unplug", tone="warning")


def mood_mark(code: Any, *, word: bool = True) -> rx.Component:
    """A face and a word for a `mood`; without `word` it is only read aloud."""
    return rx.match(
        code,
        *(
            (
                name,
                rx.el.span(
                    icon(icon_name, 16, class_name=ink),
                    rx.el.span(t(f"sentiment.{name}"), class_name="" if word else "sr-only"),
                    title=t(f"sentiment.{name}"),
                    class_name="inline-flex items-center gap-1.5 whitespace-nowrap align-middle",
                ),
            )
            for name, (icon_name, ink) in MOODS.items()
        ),
        rx.el.span("–", class_name="text-muted"),
    )


def follow_up_badge(code: Any) -> rx.Component:
    """The urgency of an open follow-up, or that it is done; nothing when there is none."""
    badges = {
        Urgency.HIGH: badge(t("urgency.high"), icon_name="flame", tone="danger"),
        Urgency.NORMAL: badge(t("follow_up.open"), icon_name="bell", tone="warning"),
        Urgency.LOW: badge(t("urgency.low"), icon_name="clock"),
        FollowUpState.DONE: badge(t("follow_up.done"), icon_name="check"),
    }
    return badge_for(code, {str(state): mark for state, mark in badges.items()})
