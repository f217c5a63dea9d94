"""The AI service's events as we read them (api.md#call-events): tolerant of extra fields, strict about what we use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from sekretarka.core.runtime import clock
from sekretarka.core.web.money import Money
from sekretarka.core.web.schemas import INT32, InputInstant, VendorModel
from sekretarka.domain.conversations.models import Direction, Outcome, Speaker, Status

MAX_SEGMENTS = 2_000
_DIRECTION_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_CONTROLS = {code: " " for code in [*range(0x20), 0x7F] if code not in (0x09, 0x0A)} | {0x0D: None}


def clean(value: str) -> str:
    """What a caller said, kept verbatim but for characters that no screen or database should meet."""
    visible = value.translate(_DIRECTION_OVERRIDES).translate(_CONTROLS)
    return visible.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class TruncatedStr:
    """`Annotated[str, Clipped(120)]`: a vendor's text, cleaned, trimmed and cut rather than refused."""

    maximum: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            lambda value: clean(value).strip()[: self.maximum], core_schema.str_schema()
        )


def _known_outcome(value: Any) -> Any:
    """A word that is none of ours is unknown, not an error: vendors add words."""
    return value if isinstance(value, str) and value in set(Outcome) else None


Short = Annotated[str, TruncatedStr(120)]
Long = Annotated[str, TruncatedStr(20_000)]
Raw = Annotated[str, TruncatedStr(255)]
Seconds = Annotated[int, Field(ge=0, le=INT32)]
Sentiment = Annotated[float, Field(ge=-1, le=1)]


class RecordingPayload(VendorModel):
    """Where the vendor keeps a recording."""

    url: Annotated[str, AfterValidator(clean), Field(max_length=2048)]
    duration_seconds: Seconds | None = None


class ConsentPayload(VendorModel):
    """How and when the caller agreed to be recorded."""

    type: Short
    granted_at: InputInstant | None = None


class SegmentPayload(VendorModel):
    """One line of a transcript."""

    id: Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=120)]
    speaker: Speaker
    text: Long
    timestamp: InputInstant
    end_timestamp: InputInstant | None = None
    final: bool = True
    sentiment: Sentiment | None = None


class CallPayload(VendorModel):
    """Everything an event may say about a call; every call event may carry any of it."""

    direction: Direction | None = None
    caller_number: Raw | None = None
    caller_name: Short | None = None
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
    status: Literal[Status.COMPLETED, Status.MISSED, Status.FAILED] | None = None


class CallData(CallPayload):
    """`data` of a call event."""

    agent_id: UUID
    call_id: Annotated[str, Field(min_length=1, max_length=255), AfterValidator(clean)]
    sequence: Annotated[int, Field(ge=0, le=10**15)] = 0
    occurred_at: InputInstant | None = None


CALL_EVENTS = ("call_started", "transcript_updated", "call_ended", "recording_ready")


class CallEvent(VendorModel):
    """Body of a delivery about a call."""

    type: Literal["call_started", "transcript_updated", "call_ended", "recording_ready"]
    timestamp: InputInstant
    data: CallData

    @property
    def at(self) -> datetime:
        """When it happened, as far as the sender says."""
        return self.data.occurred_at or self.timestamp


def field_version(rank: int, event: CallEvent, event_id: str) -> str:
    """A total order of events that is the same whatever the order of arrival; the greatest stamp's value wins.

    Later kinds of events outrank earlier ones, then the sender's own sequence, then time, then the id.
    """
    return f"{rank}:{event.data.sequence:016d}:{clock.to_json(event.at)}:{event_id}"
