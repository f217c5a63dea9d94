"""What the AI sends when it uses a tool, and what it gets to say."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from sekretarka.core.text.i18n import LANGUAGES, Language
from sekretarka.core.web.schemas import BoundedStr, Input, JsonObject, Output, OutputInstant
from sekretarka.domain.conversations.models import Urgency
from sekretarka.domain.receptionist import said_values
from sekretarka.providers import call_ids, conversions
from sekretarka.providers.conversions import TruncatedStr


def _language(value: Any) -> str | None:
    code = str(value)[:2].casefold()  # `pl-PL`, `English`
    return code if code in LANGUAGES else None


def _urgency(value: Any) -> Any:
    """How urgent a word is; what is no word for it is as urgent as usual."""
    word = str(value).casefold()
    return URGENCIES.get(word[:URGENCY_PREFIX], word if word in set(Urgency) else Urgency.NORMAL)


# What callers say is checked by the tools, whose answer the AI can speak; a wrong shape is never the caller's fault.
URGENCY_PREFIX = 4
URGENCIES = dict.fromkeys(("urge", "piln", "wyso", "asap", "crit", "true"), Urgency.HIGH) | {"nisk": Urgency.LOW}
Said = Annotated[str, TruncatedStr(120)]
ServiceName = Annotated[Said, Field(description="Name of the service as the caller says it, or its id.")]
StaffName = Annotated[
    Said, Field(description="Name of the staff member, or a part of it; without it anyone who is free.")
]
Phone = Annotated[Said, Field(description="Phone number; without it the number that calls.")]
DayText = Annotated[str, TruncatedStr(60), Field(description="YYYY-MM-DD in the zone of `now`.")]
Moment = Annotated[
    str, TruncatedStr(60), Field(description="RFC 3339; without offset it is the organization's local time.")
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
ToolCallId = Annotated[Any, Field(description="May be sent, and says nothing: platforms repeat and reuse them.")]


class ToolCall(Input):
    """One use of a tool. What the call has done already is not done again, and answered the same while it is true."""

    call_id: CallId = None
    tool_call_id: ToolCallId = None
    agent_id: UUID
    language: Annotated[Spoken | None, BeforeValidator(_language)] = None
    arguments: Annotated[JsonObject, BeforeValidator(said_values.readable)] = Field(default_factory=dict)


class ToolArguments(BaseModel):
    """What a tool takes, all of it text: other values are read as the text they mean, what stands for nothing is
    absent, and arguments that do not exist are passed over."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", json_schema_extra={"additionalProperties": False}
    )

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, values: Any) -> Any:
        names = {conversions.word(name): info.alias or name for name, info in cls.model_fields.items()}
        return said_values.by_name(values, names) if isinstance(values, dict) else values


class CheckAvailability(ToolArguments):
    """Find up to three free times of a service, on a day or soon after it; without a day from now on."""

    service_type: ServiceName
    date: DayText | None = None
    staff: StaffName | None = None


class Book(ToolArguments):
    """Book an appointment at a time that is free. Offer times of `check_availability` first."""

    service_type: ServiceName
    scheduled_at: Moment
    client_name: Said
    client_phone: Phone | None = None
    staff: StaffName | None = None
    notes: Annotated[str, TruncatedStr(2_000)] | None = None


class AppointmentReference(ToolArguments):
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

    reason: Annotated[str, TruncatedStr(500)] | None = None


class TakeMessage(ToolArguments):
    """Take a message for the business; somebody will call back."""

    message: Annotated[str, BoundedStr(1_000, 1)]
    urgency: Annotated[Urgency, BeforeValidator(_urgency)] = Urgency.NORMAL
    caller_name: Said | None = None
    caller_phone: Phone | None = None


class TransferTarget(ToolArguments):
    """Ask whom to connect the caller to, by what it is about."""

    topic: Said | None = None


class LookupClient(ToolArguments):
    """Look up who calls and their next appointments; of another number than the caller's only with the whole name."""

    client_phone: Phone | None = None
    client_name: Said | None = None


class Answer(ToolArguments):
    """Ask what the business has written down for its callers: prices, address, parking, rules."""

    question: Annotated[str, TruncatedStr(1_000)]


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
