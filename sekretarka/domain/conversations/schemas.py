"""Inputs and outputs of conversations."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from sekretarka.core.web.money import Money
from sekretarka.core.web.paging import PageQuery
from sekretarka.core.web.schemas import BoundedStr, Input, InputInstant, Output, OutputInstant, SearchTerm
from sekretarka.domain.conversations.merge import billable_seconds
from sekretarka.domain.conversations.models import (
    Channel,
    Conversation,
    Direction,
    FollowUpState,
    Outcome,
    Segment,
    Speaker,
    Status,
    Urgency,
)
from sekretarka.domain.organizations.days import DayOrInstant
from sekretarka.providers import call_ids
from sekretarka.providers.call_events import CallData, ConsentPayload, EndStatus, Seconds, Sentiment

LONGEST_NOTE = 2_000
LINES_PER_PAGE = 500


class ConversationFilter(Input):
    """What a list can be narrowed by. A plain date means the organization's whole local day, both ends included."""

    status: Status | None = None
    start_date: DayOrInstant | None = None
    end_date: DayOrInstant | None = None
    agent_id: UUID | None = None
    search: SearchTerm | None = None
    outcome: Outcome | None = None
    follow_up: FollowUpState | None = None


class ConversationCreate(Input):
    """A call begins: the data of `call_started`."""

    agent_id: UUID
    call_id: Annotated[str, BoundedStr(255, 1), AfterValidator(call_ids.required)]
    direction: Direction = Direction.INBOUND
    caller_number: Annotated[str, BoundedStr(255)] | None = None
    caller_name: Annotated[str, BoundedStr(120)] | None = None
    called_number: Annotated[str, BoundedStr(255)] | None = None
    started_at: InputInstant | None = None
    ai_disclosed_at: InputInstant | None = None
    recording_consent: ConsentPayload | None = None
    sequence: Annotated[int, Field(strict=True, ge=0, le=10**15)] = 0
    occurred_at: InputInstant | None = None

    def as_data(self) -> CallData:
        """The same as the data of a `call_started` event."""
        return CallData.model_validate(self.model_dump(by_alias=True))


class FollowUpPatch(Input):
    """What is still to be done about a call, and by whom."""

    state: FollowUpState | None = None
    urgency: Urgency = Urgency.NORMAL
    assignee_id: UUID | None = None
    note: Annotated[str, BoundedStr(LONGEST_NOTE)] | None = None


class ConversationPatch(Input):
    """What may change: users correct outcome, notes and follow-up; the AI service's key may end the call."""

    outcome: Outcome | None = None
    notes: Annotated[str, BoundedStr(10_000)] | None = None
    follow_up: FollowUpPatch | None = None
    status: EndStatus = Status.COMPLETED
    ended_at: InputInstant | None = None
    duration_seconds: Annotated[Seconds, Field(strict=True)] | None = None
    summary: Annotated[str, BoundedStr(20_000)] | None = None
    sentiment: Annotated[Sentiment, Field(strict=True)] | None = None


class FollowUp(Output):
    """What is still to be done about a call."""

    urgency: Urgency
    state: FollowUpState | None
    assignee_id: UUID | None
    note: str | None


class ConversationView(Output):
    """A call as lists and the detail panel show it. `sentiment` is −1 to 1, `cost` in minor units."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    agent_id: UUID
    call_id: str
    channel: Channel
    direction: Direction
    is_test: Annotated[bool, Field(description="Made by the dashboard's test of the connection; it counts nowhere.")]
    status: Status
    caller_number: str | None
    caller_name: str | None
    client_id: UUID | None
    started_at: OutputInstant
    ended_at: OutputInstant | None
    last_event_at: Annotated[OutputInstant, Field(description="When anything of it last came in.")]
    duration_seconds: int | None
    outcome: Outcome | None
    intent: str | None
    summary: str | None
    sentiment: float | None
    topics: list[str]
    notes: str | None
    has_recording: bool
    ai_disclosed_at: OutputInstant | None
    recording_consent: dict[str, Any] | None
    billable_seconds: int
    cost: Money | None
    appointment_ids: Annotated[list[UUID], Field(description="The appointments booked during it, the oldest first.")]
    last_line: str | None
    follow_up: FollowUp

    @classmethod
    def of(cls, row: Conversation, appointment_ids: list[UUID]) -> "ConversationView":
        """The view of one row and of the appointments booked during the call."""
        cost = (
            Money(amount=row.cost_amount, currency=row.cost_currency or "pln") if row.cost_amount is not None else None
        )
        follow_up = FollowUp(
            urgency=row.follow_up_urgency,
            state=row.follow_up_state,
            assignee_id=row.follow_up_assignee_id,
            note=row.follow_up_note,
        )
        return cls(
            **{name: getattr(row, name) for name in SHARED},
            has_recording=row.recording is not None,
            billable_seconds=billable_seconds(row),
            cost=cost,
            appointment_ids=appointment_ids,
            follow_up=follow_up,
        )


SHARED = tuple(name for name in ConversationView.model_fields if name in Conversation.model_fields)


class TranscriptLine(Output):
    """One line of the transcript; `id` is the AI service's own segment id, `sentiment` −1 to 1."""

    id: str
    timestamp: OutputInstant
    speaker: Speaker
    text: str
    sentiment: float | None
    final: bool

    @classmethod
    def of(cls, row: Segment) -> "TranscriptLine":
        """The view of one segment."""
        return cls(
            id=row.segment_id,
            timestamp=row.said_at,
            speaker=row.speaker,
            text=row.text,
            sentiment=row.sentiment,
            final=row.final,
        )


class TranscriptQuery(PageQuery):
    """Which lines of a transcript: a page or cursor, from the first line on or (`desc`) from the last one back."""

    limit: Annotated[int, Field(ge=1, le=LINES_PER_PAGE, description="Lines per page.")] = LINES_PER_PAGE
    order: Annotated[
        Literal["asc", "desc"], Field(description="`asc`: as it was said, `desc`: the last line first.")
    ] = "asc"


class Transcript(Output):
    """Lines in the order that was asked for."""

    messages: list[TranscriptLine]
