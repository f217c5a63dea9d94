"""api.md#call-events as strict models: a field too many, too few or of another kind is an error."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import phonenumbers
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from sekretarka.core.runtime import clock


def _written_as_instant(value: Any) -> Any:
    assert isinstance(value, str)
    assert clock.to_json(datetime.fromisoformat(value)) == value, "RFC 3339, UTC, milliseconds"
    return value


def _e164(value: str) -> str:
    number = phonenumbers.parse(value)
    assert phonenumbers.is_valid_number(number)
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == value
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written_as_instant)]
Phone = Annotated[str, AfterValidator(_e164)]
Text = Annotated[str, Field(min_length=1, pattern=r"^\S[^<>\[\]{}|]*\S$|^\S$")]
Mood = Annotated[float, Field(ge=-1, le=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, alias_generator=to_camel)


class Recording(Strict):
    url: Annotated[str, Field(pattern=r"^https://")]
    duration_seconds: Annotated[int, Field(strict=True, gt=0)]


class Consent(Strict):
    type: Text
    granted_at: Instant


class Cost(Strict):
    amount: Annotated[int, Field(strict=True, gt=0)]
    currency: Literal["pln"]


class Segment(Strict):
    id: Text
    speaker: Literal["agent", "caller"]
    text: Text
    timestamp: Instant
    end_timestamp: Instant | None = None
    final: bool
    sentiment: Mood | None = None


class CallEvent(Strict):
    agent_id: UUID
    call_id: Annotated[str, Field(pattern=r"^call_[0-9a-f]{20}$")]
    sequence: Annotated[int, Field(strict=True, ge=1)]
    occurred_at: Instant


class Disclosed(CallEvent):
    ai_disclosed_at: Instant | None = None
    recording_consent: Consent | None = None


class Started(CallEvent):
    direction: Literal["inbound", "outbound"]
    caller_number: Phone | None
    called_number: Phone
    started_at: Instant
    caller_name: Text | None = None


class Transcript(Disclosed):
    segments: Annotated[list[Segment], Field(min_length=1)]


class Ended(Started, Disclosed):
    ended_at: Instant
    duration_seconds: Annotated[int, Field(strict=True, ge=0)]
    ended_reason: Text
    status: Literal["completed", "missed", "failed"]
    outcome: Literal[
        "booked", "rescheduled", "cancelled", "answered", "message", "transferred", "spam", "abandoned", "none"
    ]
    topics: list[Text]
    summary: Text | None = None
    sentiment: Mood | None = None
    intent: Text | None = None
    recording: Recording | None = None
    cost: Cost | None = None


class Recorded(CallEvent):
    recording: Recording


class Message(CallEvent):
    channel: Literal["sms"]
    to: Phone
    body: Annotated[Text, Field(max_length=320)]
    sent_at: Instant
    provider_message_id: Text


class Appointment(CallEvent):
    client_name: Text
    client_phone: Phone
    service_type: Text
    preferred_at: Instant


class Body(Strict):
    timestamp: Instant


class CallStarted(Body):
    type: Literal["call_started"]
    data: Started


class TranscriptUpdated(Body):
    type: Literal["transcript_updated"]
    data: Transcript


class CallEnded(Body):
    type: Literal["call_ended"]
    data: Ended


class RecordingReady(Body):
    type: Literal["recording_ready"]
    data: Recorded


class MessageSent(Body):
    type: Literal["message_sent"]
    data: Message


class AppointmentRequested(Body):
    type: Literal["appointment_requested"]
    data: Appointment


AnyEvent = CallStarted | TranscriptUpdated | CallEnded | RecordingReady | MessageSent | AppointmentRequested
_event: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="type")])


def check(body: dict[str, Any]) -> AnyEvent:
    """The event, or pydantic's list of what is wrong with it."""
    return _event.validate_python(body)
