"""What the AI sends when it uses a tool, and what it gets to say."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sekretarka.core.schemas import Day, FreeObject, Input, Output, OutputInstant, Text
from sekretarka.domain.conversations.models import Urgency

# What callers say is checked by the tools, whose answer the AI can speak; only its shape is checked here.
Said = Annotated[str, Text(120, 1)]
Moment = Annotated[str, Text(40, 1), Field(description="RFC 3339; without offset it is the organisation's local time.")]


class ToolCall(Input):
    """One use of a tool. The same `callId` and `toolCallId` again is answered the same and has no further effect."""

    call_id: Annotated[str, Text(255, 1)]
    tool_call_id: Annotated[str, Text(255, 1)]
    agent_id: UUID
    arguments: FreeObject = Field(default_factory=dict)


class CheckAvailability(Input):
    """Which service, from which day on and with whom; without a day from now on."""

    service_type: Said
    date: Day | None = None
    staff: Said | None = None


class Book(Input):
    """A visit; without a number it is the caller's own."""

    service_type: Said
    scheduled_at: Moment
    client_name: Said
    client_phone: Said | None = None
    staff: Said | None = None
    notes: Annotated[str, Text(2_000)] | None = None


class Visit(Input):
    """Whose visit is meant: the number and name it was booked with, and its time when there are several."""

    client_name: Said
    client_phone: Said | None = None
    visit_at: Moment | None = None


class Reschedule(Visit):
    """Where a visit goes."""

    scheduled_at: Moment
    staff: Said | None = None


class Cancel(Visit):
    """A visit that is not needed."""

    reason: Annotated[str, Text(500)] | None = None


class TakeMessage(Input):
    """What somebody should know, and how soon."""

    message: Annotated[str, Text(1_000, 1)]
    urgency: Urgency = Urgency.NORMAL
    caller_name: Said | None = None
    caller_phone: Said | None = None


class TransferTarget(Input):
    """What it is about."""

    topic: Said | None = None


class LookupClient(Input):
    """Who calls; of another number than the caller's own only with the name."""

    client_phone: Said | None = None
    client_name: Said | None = None


class Answer(Input):
    """What the caller wants to know."""

    question: Annotated[str, Text(1_000, 1)]


class Now(Output):
    """What time it is there, for the AI's "tomorrow"."""

    instant: OutputInstant
    weekday: str
    timezone: str


class ToolAnswer(Output):
    """What the AI says, in the agent's language, and what it knows now; a refusal has `data.code`."""

    say: str
    data: dict[str, Any]
    now: Now
