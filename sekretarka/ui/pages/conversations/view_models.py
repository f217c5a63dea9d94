"""What the list and the detail panel show of a call: plain values, ready to draw."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.appointments.schemas import AppointmentView
from sekretarka.domain.conversations.merge import billable_seconds
from sekretarka.domain.conversations.models import Conversation, FollowUpState
from sekretarka.domain.conversations.silence import silent_since
from sekretarka.domain.escalations.schemas import EscalationView
from sekretarka.ui.appointments import appointment_href

SENTIMENT_THRESHOLD = 0.25
CLIENTS = "/dashboard/clients"
# What networks say in place of a number that the caller hides.
WITHHELD = {"anonymous", "private", "restricted", "unavailable", "unknown", "withheld"}


class ConversationRow(TypedDict):
    """One line of the list: `silent_since` is the last news of a call that is not heard of any more (RFC 3339, else
    empty); `state` is the outcome of a completed call, otherwise its status, or `test`; `at` is RFC
    3339, `seconds` the length (None: unknown), `mood` from `mood`, `follow_up` an urgency, `done` or empty."""

    id: str
    who: str
    phone: str
    at: str
    state: str
    silent_since: str
    seconds: int | None
    mood: str
    summary: str
    agent: str
    follow_up: str


class BookedAppointment(TypedDict):
    """An appointment that was booked in the call; `at` is RFC 3339."""

    id: str
    at: str
    service: str
    state: str
    href: str


class EscalationStep(TypedDict):
    """Something that happened to an urgent call: `kind` is `sms`, `email`, `taken_` and how, or a state that ended it;
    `at` is RFC 3339, `failure` why an SMS did not arrive, else empty, `who` empty for who has left."""

    kind: str
    who: str
    at: str
    failure: str


class ConversationDetail(TypedDict):
    """The open call without its transcript, which the page reads from the API: states do not keep what people said.

    Times are RFC 3339 or empty, `seconds` and `billable` are seconds, `cost` is minor units, `sentiment` −1 to 1; None
    where it is unknown.
    """

    id: str
    version: int
    who: str
    phone: str
    tel: str
    at: str
    ended_at: str
    status: str
    silent_since: str
    test: bool
    seconds: int | None
    agent: str
    outcome: str
    mood: str
    sentiment: float | None
    summary: str
    intent: str
    topics: list[str]
    notes: str
    follow_up: str
    urgency: str
    follow_up_note: str
    assignee: str
    direction: str
    ended_reason: str
    disclosed_at: str
    consent_at: str
    billable: int
    cost: int | None
    currency: str
    call_id: str
    client_href: str
    appointments: list[BookedAppointment]
    escalation: str
    escalation_steps: list[EscalationStep]


def row(call: Conversation, agent: str, now: datetime) -> ConversationRow:
    """One line of the list as it is `now`; `agent` is the agent's name."""
    return ConversationRow(
        id=str(call.id),
        who=call.caller_name or "",
        phone=_number(call),
        at=clock.to_json(call.started_at),
        state=_state(call),
        silent_since=_silent_since(call, now),
        seconds=call.duration_seconds,
        mood=mood(call.sentiment),
        summary=call.summary or call.last_line or "",
        agent=agent,
        follow_up=_follow_up(call),
    )


def booked_appointment(view: AppointmentView) -> BookedAppointment:
    """The row of an appointment booked in the call."""
    at, state = clock.to_json(view.scheduled_at), str(view.status)
    return BookedAppointment(
        id=str(view.id), at=at, service=view.service_type, state=state, href=appointment_href(view.id)
    )


def escalation_steps(view: EscalationView, names: Mapping[str, str]) -> list[EscalationStep]:
    """Who was told of an urgent call and what came of it, in order; `names` are those of the members, by id."""

    def step(kind: str, user_id: UUID | None, at: datetime, failure: object = "") -> EscalationStep:
        who = names.get(str(user_id), "")
        return EscalationStep(kind=kind, who=who, at=clock.to_json(at), failure=str(failure or ""))

    steps = [step(str(rung.channel), rung.user_id, rung.told_at, rung.failure) for rung in view.rungs]
    if view.ended_at is not None:
        kind = f"taken_{view.acknowledged_by}" if view.acknowledged_by else str(view.state)
        steps.append(step(kind, view.acknowledged_by_id, view.ended_at))
    return steps


def detail(
    call: Conversation,
    agent: str,
    appointments: list[BookedAppointment],
    escalation: tuple[str, list[EscalationStep]],
    now: datetime,
) -> ConversationDetail:
    """Everything of the open call but its transcript as it is `now`; `agent` is the agent's name, `escalation` its
    state (empty without one) and steps."""
    consent = call.recording_consent or {}
    return ConversationDetail(
        id=str(call.id),
        version=call.version,
        who=call.caller_name or "",
        phone=_number(call),
        tel=call.caller_number or "",
        at=clock.to_json(call.started_at),
        ended_at=clock.to_json(call.ended_at) if call.ended_at else "",
        status=str(call.status),
        silent_since=_silent_since(call, now),
        test=call.is_test,
        seconds=call.duration_seconds,
        agent=agent,
        outcome=str(call.outcome or ""),
        mood=mood(call.sentiment),
        sentiment=call.sentiment,
        summary=call.summary or "",
        intent=call.intent or "",
        topics=list(call.topics),
        notes=call.notes or "",
        follow_up=str(call.follow_up_state or ""),
        urgency=str(call.follow_up_urgency),
        follow_up_note=call.follow_up_note or "",
        assignee=str(call.follow_up_assignee_id or ""),
        direction=str(call.direction),
        ended_reason=call.ended_reason or "",
        disclosed_at=clock.to_json(call.ai_disclosed_at) if call.ai_disclosed_at else "",
        consent_at=str(consent.get("grantedAt") or ""),
        billable=billable_seconds(call),
        cost=call.cost_amount,
        currency=call.cost_currency or "pln",
        call_id=call.call_id,
        client_href=f"{CLIENTS}?id={call.client_id}" if call.client_id else "",
        appointments=appointments,
        escalation=escalation[0],
        escalation_steps=escalation[1],
    )


def mood(sentiment: float | None) -> str:
    """`good`, `even` or `bad` for a sentiment of −1 to 1; empty when it is unknown."""
    if sentiment is None:
        return ""
    if sentiment >= SENTIMENT_THRESHOLD:
        return "good"
    return "bad" if sentiment <= -SENTIMENT_THRESHOLD else "even"


def _state(call: Conversation) -> str:
    if call.is_test:
        return "test"
    return str(call.outcome or "none") if call.status == "completed" else str(call.status)


def _silent_since(call: Conversation, now: datetime) -> str:
    since = silent_since(call, now)
    return clock.to_json(since) if since else ""


def _number(call: Conversation) -> str:
    if call.caller_number:
        return phone.format_national(call.caller_number)
    raw = call.caller_raw or ""
    return "" if raw.casefold() in WITHHELD else raw


def _follow_up(call: Conversation) -> str:
    if call.follow_up_state == FollowUpState.OPEN:
        return str(call.follow_up_urgency)
    return str(call.follow_up_state or "")
