"""Models of what voice providers report of calls (api.md#call-events): extra fields are ignored.

A provider fills these models with what its vendor sends; texts are cleaned and cut here.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr

from sekretarka.core.runtime import clock
from sekretarka.core.web.money import Money
from sekretarka.core.web.schemas import INT32, InputInstant, VendorModel
from sekretarka.providers import call_ids
from sekretarka.providers.conversions import Oddity, TruncatedStr, clean, seconds, word
from sekretarka.providers.errors import UnreadableFields
from sekretarka.providers.reading import Meant, Otherwise, Reader, Unreadable

MAX_SEGMENTS = 2_000
MAX_URL = 8_192  # signed ones are long
UNTIMED = clock.EARLIEST


class Status(StrEnum):
    """`active` rises to one of the others and never falls back."""

    ACTIVE = "active"
    COMPLETED = "completed"
    MISSED = "missed"
    FAILED = "failed"


class Outcome(StrEnum):
    """What the call led to."""

    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    ANSWERED = "answered"
    MESSAGE = "message"
    TRANSFERRED = "transferred"
    SPAM = "spam"
    ABANDONED = "abandoned"
    NONE = "none"


class Direction(StrEnum):
    """Who began."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Speaker(StrEnum):
    """Who said a line."""

    AGENT = "agent"
    CALLER = "caller"


def _words(meanings: Mapping[Any, str]) -> Meant:
    """What words mean, by meaning: `{Speaker.AGENT: "bot assistant"}`."""
    by_word = {each: meaning for meaning, words in meanings.items() for each in words.split()}
    return Meant(lambda raw: by_word[word(raw)])


Short = Annotated[str, TruncatedStr(120)]
Long = Annotated[str, TruncatedStr(20_000)]
Raw = Annotated[str, TruncatedStr(255)]
Seconds = Annotated[int, Field(ge=0, le=INT32), Meant(seconds)]
EndStatus = Annotated[
    Literal[Status.COMPLETED, Status.MISSED, Status.FAILED],
    _words(
        {
            Status.COMPLETED: "complete ended done finished success successful answered hangup",
            Status.MISSED: "busy noanswer notanswered unanswered cancelled canceled rejected voicemail timeout",
            Status.FAILED: "failure error errored broken dropped",
        }
    ),
]
Sentiment = Annotated[
    float,
    Field(ge=-1, le=1),
    _words(
        {
            1.0: "verypositive",
            0.6: "positive pozytywny good happy satisfied",
            0.0: "neutral neutralny mixed",
            -0.6: "negative negatywny bad unhappy frustrated dissatisfied",
            -1.0: "verynegative angry",
        }
    ),
]
Way = Annotated[
    Direction,
    _words(
        {
            Direction.INBOUND: "in incoming inboundcall inboundphonecall inboundapi webcall web",
            Direction.OUTBOUND: "out outgoing outboundcall outboundphonecall outboundapi outbounddial",
        }
    ),
]
# Whoever is not named as the caller is ours: nobody is to find words in their mouth.
Voice = Annotated[
    Speaker,
    _words(
        {
            Speaker.CALLER: "user human customer client person callee contact guest patient lead member participant "
            "klient klientka dzwoniący dzwoniąca rozmówca rozmówczyni użytkownik pacjent pacjentka gość",
            Speaker.AGENT: "assistant ai aiagent aiassistant bot voicebot robot model system receptionist operator",
        }
    ),
    Otherwise(lambda _: Speaker.AGENT),
]


def _own_id(line: Mapping[str, Any]) -> str:
    """The same for the same line again, so that a repeated one is one."""
    known = line.get("id") or [line.get(name) for name in ("timestamp", "speaker", "text")]
    return "~" + hashlib.sha256(json.dumps(known).encode()).hexdigest()[:32]


def _unspecified(consent: Mapping[str, Any]) -> str:
    """A consent that says only when it was given."""
    if not (consent.get("grantedAt") or consent.get("granted_at")):
        raise ValueError
    return "unspecified"


def _money(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "currency": raw["currency"].strip().lower()}


class Payload(VendorModel):
    """A part of an event: read by the names of its JSON, or made by a provider with the names of its fields."""

    model_config = ConfigDict(validate_by_name=True)


class RecordingPayload(Payload):
    """Where the vendor stores a recording."""

    url: Annotated[str, AfterValidator(clean), Field(max_length=MAX_URL)]
    duration_seconds: Seconds | None = None


class ConsentPayload(Payload):
    """How and when the caller agreed to be recorded."""

    type: Annotated[str, TruncatedStr(120), Otherwise(_unspecified)]
    granted_at: InputInstant | None = None


class SegmentPayload(Payload):
    """One line of a transcript."""

    id: Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=120), Otherwise(_own_id)]
    speaker: Voice
    text: Long
    timestamp: Annotated[InputInstant, Otherwise(lambda _: UNTIMED)]
    end_timestamp: InputInstant | None = None
    final: bool = True
    sentiment: Sentiment | None = None


class CallPayload(Payload):
    """Everything an event may say about a call; every call event may carry any of it."""

    direction: Way | None = None
    caller_number: Raw | None = None
    caller_name: Annotated[Short | None, AfterValidator(lambda name: name or None)] = None
    called_number: Raw | None = None
    started_at: InputInstant | None = None
    ai_disclosed_at: InputInstant | None = None
    recording_consent: ConsentPayload | None = None
    segments: Annotated[list[SegmentPayload], Field(max_length=MAX_SEGMENTS, default_factory=list)]
    ended_at: InputInstant | None = None
    duration_seconds: Seconds | None = None
    ended_reason: Short | None = None
    outcome: Outcome | None = None
    summary: Long | None = None
    sentiment: Sentiment | None = None
    intent: Short | None = None
    topics: Annotated[list[Short], Field(max_length=50)] | None = None
    recording: Annotated[RecordingPayload, Meant(lambda raw: {"url": raw + ""})] | None = None
    cost: Annotated[Money, Meant(_money)] | None = None
    status: EndStatus | None = None
    analysis_follows: bool | None = None  # a later `call_ended` brings what is not known yet; False: there is none


class CallData(CallPayload):
    """What an event says, of which call. Without `agent_id` it is the agent of the connection that it came through."""

    agent_id: UUID | None = None
    call_id: Annotated[str, Field(min_length=1), AfterValidator(clean), AfterValidator(call_ids.required)]
    sequence: Annotated[int, Field(ge=0, lt=10**16)] = 0
    occurred_at: InputInstant | None = None


CallEventType = Literal["call_started", "transcript_updated", "call_ended", "recording_ready"]


class ProviderEvent(Payload):
    """Something that a provider reports. `notes` says what was odd about the delivery that it was read from."""

    timestamp: Annotated[InputInstant, Otherwise(lambda _: UNTIMED)]

    _notes: Counter[tuple[str, Oddity]] = PrivateAttr(default_factory=Counter)

    @property
    def notes(self) -> Counter[tuple[str, Oddity]]:
        """How often a field, by its path, was odd in which way; nothing of what was sent stands in it."""
        return self._notes


class CallEvent(ProviderEvent):
    """Something that happened in a call."""

    type: CallEventType
    data: CallData

    @property
    def at(self) -> datetime:
        """When it happened: `occurredAt`, or the event's `timestamp` without one."""
        return self.data.occurred_at or self.timestamp


Event = TypeVar("Event", bound=ProviderEvent)
Call = TypeVar("Call", bound=CallEvent)


def read(model: type[Call], value: Any, received_at: datetime) -> Call:
    """One event of a call, as `read_event`; its lines without a time stay where they stand among the others."""
    event = read_event(model, value, received_at)
    _time(event.data.segments, event.at)
    return event


def read_event(model: type[Event], value: Any, received_at: datetime) -> Event:
    """One event from what a vendor sent, or from what a provider made of it by the same names; odd values of optional
    fields are left out and noted. `UnreadableFields` when required ones are not to be read; an event without a time
    happened when it was received."""
    reader = Reader()
    try:
        event = reader.read(model, value)
    except Unreadable as fault:
        raise UnreadableFields(*sorted(set(fault.paths))) from None
    if event.timestamp == UNTIMED:
        event.timestamp = received_at
    event._notes = Counter(reader.noted)
    return event


def _time(segments: Iterable[SegmentPayload], at: datetime) -> None:
    """Lines without a time stay where they stand among the others."""
    lines = list(segments)
    moment = next((line.timestamp for line in lines if line.timestamp != UNTIMED), at) - timedelta(
        milliseconds=len(lines)
    )
    for line in lines:
        if line.timestamp == UNTIMED:
            line.timestamp = moment + timedelta(milliseconds=1)
        moment = line.timestamp
