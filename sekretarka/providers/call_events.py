"""Models of what voice providers report of calls (api.md#call-events): extra fields are ignored.

A provider fills these models with what its vendor sends; texts are cleaned and cut here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from sekretarka.core.text.characters import is_blank
from sekretarka.core.web.money import Money
from sekretarka.core.web.schemas import INT32, InputInstant, VendorModel

MAX_SEGMENTS = 2_000
_DIRECTION_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_CONTROLS = {code: " " for code in [*range(0x20), 0x7F] if code not in (0x09, 0x0A)} | {0x0D: None}


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


def clean(value: str) -> str:
    """A vendor's text without direction overrides; control characters but tab and newline become spaces, what is no
    Unicode `?`."""
    visible = value.translate(_DIRECTION_OVERRIDES).translate(_CONTROLS)
    return visible.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class TruncatedStr:
    """`Annotated[str, TruncatedStr(120)]`: a vendor's text, cleaned, trimmed and cut to 120 characters, not rejected;
    empty when nothing of it can be seen."""

    maximum: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._cut, core_schema.str_schema())

    def _cut(self, value: str) -> str:
        text = clean(value).strip()[: self.maximum]
        return "" if is_blank(text) else text


def _known_outcome(value: Any) -> Any:
    """A word that is none of ours is unknown, not an error: vendors add words."""
    return value if isinstance(value, str) and value in set(Outcome) else None


Short = Annotated[str, TruncatedStr(120)]
Long = Annotated[str, TruncatedStr(20_000)]
Raw = Annotated[str, TruncatedStr(255)]
Seconds = Annotated[int, Field(ge=0, le=INT32)]
EndStatus = Literal[Status.COMPLETED, Status.MISSED, Status.FAILED]
Sentiment = Annotated[float, Field(ge=-1, le=1)]


class Payload(VendorModel):
    """A part of an event: read by the names of its JSON, or made by a provider with the names of its fields."""

    model_config = ConfigDict(validate_by_name=True)


class RecordingPayload(Payload):
    """Where the vendor stores a recording."""

    url: Annotated[str, AfterValidator(clean), Field(max_length=2048)]
    duration_seconds: Seconds | None = None


class ConsentPayload(Payload):
    """How and when the caller agreed to be recorded."""

    type: Short
    granted_at: InputInstant | None = None


class SegmentPayload(Payload):
    """One line of a transcript."""

    id: Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=120)]
    speaker: Speaker
    text: Long
    timestamp: InputInstant
    end_timestamp: InputInstant | None = None
    final: bool = True
    sentiment: Sentiment | None = None


class CallPayload(Payload):
    """Everything an event may say about a call; every call event may carry any of it."""

    direction: Direction | None = None
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
    outcome: Annotated[Outcome | None, BeforeValidator(_known_outcome)] = None
    summary: Long | None = None
    sentiment: Sentiment | None = None
    intent: Short | None = None
    topics: Annotated[list[Short], Field(max_length=50)] | None = None
    recording: RecordingPayload | None = None
    cost: Money | None = None
    status: EndStatus | None = None


class CallData(CallPayload):
    """What an event says, of which call. Without `agent_id` it is the agent of the connection that it came through."""

    agent_id: UUID | None = None
    call_id: Annotated[str, Field(min_length=1, max_length=255), AfterValidator(clean)]
    sequence: Annotated[int, Field(ge=0, le=10**15)] = 0
    occurred_at: InputInstant | None = None


CallEventType = Literal["call_started", "transcript_updated", "call_ended", "recording_ready"]


class CallEvent(Payload):
    """Something that happened in a call."""

    type: CallEventType
    timestamp: InputInstant
    data: CallData

    @property
    def at(self) -> datetime:
        """When it happened: `occurredAt`, or the event's `timestamp` without one."""
        return self.data.occurred_at or self.timestamp
