"""One phone call, made up: who calls, what is said when, and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sekretarka.sandbox.ai_service import call_context, personas
from sekretarka.sandbox.ai_service.appointment_book import AppointmentBook, BookedAppointment, Slot
from sekretarka.sandbox.ai_service.personas import Caller
from sekretarka.sandbox.ai_service.scenario import Line, Scenario, Turn, render, render_story

CHARACTERS_PER_SECOND = 14.5
GROSZE_PER_MINUTE = 48


@dataclass(frozen=True)
class Segment:
    """A line of the transcript with its place in the call, in seconds from the start."""

    id: str
    line: Line
    start: float
    end: float


@dataclass(frozen=True)
class AppointmentRequest:
    """The appointment the caller asked for, `at` seconds from the start of the call."""

    at: float
    service: str
    preferred: datetime


@dataclass(frozen=True)
class Plan:
    """What the call does to the book: `appointment`, or a new one, goes to `slot`; None cancels it."""

    appointment: BookedAppointment | None
    slot: Slot | None


@dataclass(frozen=True)
class TextMessage:
    """The text message sent to the caller `at` seconds from the start of the call."""

    at: float
    body: str
    provider_id: str


@dataclass(frozen=True)
class Ending:
    """What the AI service reports at the end of a call; `cost` in minor units, `sentiment` from -1 to 1."""

    seconds: float
    status: str
    reason: str
    outcome: str
    intent: str | None
    topics: tuple[str, ...]
    summary: str | None
    sentiment: float | None
    cost: int


@dataclass(frozen=True)
class Call:
    """A whole call. `is_client` says whether the number already belonged to a client when it rang, `announced` whether
    the AI service reports its start, `recording_after` how many seconds after the end the recording is there."""

    id: str
    scenario: str
    caller: Caller
    is_client: bool
    named: bool
    announced: bool
    segments: tuple[Segment, ...]
    appointment_request: AppointmentRequest | None
    plan: Plan | None
    message: TextMessage | None
    ending: Ending
    recording_after: float | None


def make_call(
    rng: Random, scenario: Scenario, started_at: datetime, clients: list[Caller], book: AppointmentBook | None = None
) -> Call:
    """A call of this kind at this moment (its days and hours are relative to it, and free in the book)."""
    caller, is_client = _who(rng, scenario, clients)
    booked = book.pick_upcoming(rng, started_at) if book and scenario.about == "booked" else None
    if booked is not None:
        caller, is_client = booked.client, True
    story = rng.choice([story for story in scenario.stories if story.gender in (None, caller.gender)])
    context_book = book if scenario.about else None
    context = call_context.choose_context(rng, story, caller, started_at, context_book, booked.slot if booked else None)
    turns = render_story(story, context.fields, caller.gender, rng)
    segments, effects = _pace(rng, turns)
    seconds = (segments[-1].end if segments else rng.uniform(4, 26)) + rng.uniform(0.3, 2.0)
    message = None
    if "sms" in effects and scenario.sms and caller.number:
        body = render(scenario.sms, context.fields, caller.gender, rng)
        message = TextMessage(effects["sms"], body, f"SM{rng.getrandbits(96):024x}")
    request = None
    if "appointment" in effects:
        request = AppointmentRequest(effects["appointment"], context.slot.service.name, context.slot.start)
    talked = scenario.status != "missed"
    return Call(
        id=f"call_{rng.getrandbits(80):020x}",
        scenario=scenario.name,
        caller=caller,
        is_client=is_client,
        named=scenario.named and any(word in story.text for word in ("{name}", "{last}", "{voc}")),
        announced=talked or rng.random() < 0.7,
        segments=segments,
        appointment_request=request,
        plan=_plan(scenario, booked, context),
        message=message,
        ending=_ending(
            rng, scenario, seconds, context.fields, render(story.summary, context.fields, caller.gender, rng)
        ),
        recording_after=rng.choice((0.0, rng.uniform(2, 8))) if talked else None,
    )


def _plan(scenario: Scenario, booked: BookedAppointment | None, context: call_context.CallContext) -> Plan | None:
    if scenario.about == "new":
        return Plan(None, context.slot)
    if booked is None:
        return None
    return Plan(booked, context.other_slot if scenario.outcome == "rescheduled" else None)


def _who(rng: Random, scenario: Scenario, clients: list[Caller]) -> tuple[Caller, bool]:
    if scenario.callers == "foreigners":
        return personas.foreign_caller(rng), False
    caller, is_client = personas.new_caller(rng), False
    if scenario.callers == "clients" and clients and rng.random() < 0.75:
        caller, is_client = rng.choice(clients), True
    if scenario.callers == "businesses":
        caller = personas.with_number(caller, personas.landline_number(rng))
    if rng.random() < scenario.withheld:
        caller, is_client = personas.with_number(caller, None), False
    return caller, is_client


def _pace(rng: Random, turns: list[Turn]) -> tuple[tuple[Segment, ...], dict[str, float]]:
    """When each line begins and ends: speaking speed by length, a breath between two speakers."""
    segments: list[Segment] = []
    effects: dict[str, float] = {}
    clock = rng.uniform(0.4, 1.0)
    for turn in turns:
        if isinstance(turn, str):
            effects[turn] = clock + 0.1
            continue
        no_answer = segments and segments[-1].line.speaker == turn.speaker
        start = clock + (rng.uniform(3.0, 5.0) if no_answer else rng.uniform(0.3, 1.1))
        clock = start + max(0.8, len(turn.text) / CHARACTERS_PER_SECOND * rng.uniform(0.9, 1.15))
        segments.append(Segment(f"s{len(segments) + 1}", turn, start, clock))
    return tuple(segments), effects


def _ending(rng: Random, scenario: Scenario, seconds: float, fields: Mapping[str, str], summary: str) -> Ending:
    talked = scenario.status != "missed"
    return Ending(
        seconds=seconds,
        status=scenario.status,
        reason=scenario.ended_reason,
        outcome=scenario.outcome,
        intent=scenario.intent,
        topics=tuple(render(topic, fields, "f", rng).lower() for topic in scenario.topics),
        summary=summary or None,
        sentiment=round(rng.uniform(*scenario.mood), 2) if scenario.mood else None,
        cost=max(1, round(seconds * GROSZE_PER_MINUTE / 60)) if talked else 0,
    )
