"""What the AI sends when it uses a tool, and what it gets to say."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, JsonValue

from sekretarka.core.text.i18n import Language
from sekretarka.core.web.schemas import BoundedStr, Day, Input, JsonObject, Output, OutputInstant
from sekretarka.domain.conversations.models import Urgency
from sekretarka.domain.receptionist import call_ids

# What callers say is checked by the tools, whose answer the AI can speak; only its shape is checked here.
Said = Annotated[str, BoundedStr(120, 1)]
ServiceName = Annotated[Said, Field(description="Name of the service as the caller says it, or its id.")]
StaffName = Annotated[
    Said, Field(description="Name of the staff member, or a part of it; without it anyone who is free.")
]
Phone = Annotated[Said, Field(description="Phone number; without it the number that calls.")]
Moment = Annotated[
    str, BoundedStr(40, 1), Field(description="RFC 3339; without offset it is the organization's local time.")
]

Spoken = Annotated[
    Language,
    Field(description="Language of the call; without it the one known of the caller, else the agent's."),
]


CallId = Annotated[
    str | None,
    BeforeValidator(call_ids.usable),
    Field(description="Id of the call, the same from its first tool to its last; without it no use knows of others."),
]
ToolCallId = Annotated[JsonValue, Field(description="May be sent, and says nothing: platforms repeat and reuse them.")]


class ToolCall(Input):
    """One use of a tool. What the call has done already is not done again, and answered the same while it is true."""

    call_id: CallId = None
    tool_call_id: ToolCallId = None
    agent_id: UUID
    language: Spoken | None = None
    arguments: JsonObject = Field(default_factory=dict)


class CheckAvailability(Input):
    """Find up to three free times of a service, on a day or soon after it; without a day from now on."""

    service_type: ServiceName
    date: Day | None = Field(None, description="YYYY-MM-DD in the zone of `now`.")
    staff: StaffName | None = None


class Book(Input):
    """Book an appointment at a time that is free. Offer times of `check_availability` first."""

    service_type: ServiceName
    scheduled_at: Moment
    client_name: Said
    client_phone: Phone | None = None
    staff: StaffName | None = None
    notes: Annotated[str, BoundedStr(2_000)] | None = None


class AppointmentReference(Input):
    """Which appointment is meant: the number and name it was booked with, and its time.

    Who calls from that number, or booked during this call, need not say the time of their only appointment.
    """

    client_name: Said
    client_phone: Phone | None = None
    visit_at: Moment | None = None


class Reschedule(AppointmentReference):
    """Move the caller's appointment to another time, with the same staff member unless `staff` names another."""

    scheduled_at: Moment
    staff: StaffName | None = None


class Cancel(AppointmentReference):
    """Cancel the caller's appointment."""

    reason: Annotated[str, BoundedStr(500)] | None = None


class TakeMessage(Input):
    """Take a message for the business; somebody will call back."""

    message: Annotated[str, BoundedStr(1_000, 1)]
    urgency: Urgency = Urgency.NORMAL
    caller_name: Said | None = None
    caller_phone: Phone | None = None


class TransferTarget(Input):
    """Ask whom to connect the caller to, by what it is about."""

    topic: Said | None = None


class LookupClient(Input):
    """Look up who calls and their next appointments; of another number than the caller's only with the whole name."""

    client_phone: Phone | None = None
    client_name: Said | None = None


class Answer(Input):
    """Ask what the business has written down for its callers: prices, address, parking, rules."""

    question: Annotated[str, BoundedStr(1_000, 1)]


class Now(Output):
    """What time it is there, for the AI's "tomorrow"."""

    instant: OutputInstant
    weekday: str
    timezone: str


class ToolAnswer(Output):
    """What the AI says, in the caller's language, and what it knows now; a rejection has `data.code`."""

    say: str
    data: dict[str, Any]
    now: Now
