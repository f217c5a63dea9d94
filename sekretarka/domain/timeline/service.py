"""What there was with a client, in the order of time, whichever feature it belongs to."""

from typing import Any, Literal
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate_union
from sekretarka.core.web.schemas import Output, OutputInstant
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentFilter, AppointmentView
from sekretarka.domain.clients import service as clients
from sekretarka.domain.conversations import counting
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.conversations.schemas import ConversationView
from sekretarka.domain.messages.models import Message
from sekretarka.domain.messages.schemas import MessageView

Row = Appointment | Conversation | Message
OWN = {"id", "version", "created_at", "updated_at"}


class TimelineEntry(Output):
    """An appointment, a call or a message, and when it is or was; `id`, `version` and the times are its own."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    kind: Literal["appointment", "conversation", "message"]
    at: OutputInstant
    appointment: AppointmentView | None = None
    conversation: ConversationView | None = None
    message: MessageView | None = None


async def page(uow: UnitOfWork, client_id: UUID, query: PageQuery) -> Page[Row]:
    """One page of a client's appointments, calls and messages, the latest first; only of the kinds that the caller may
    read.
    `NotFound` for the client."""
    await clients.get(uow, client_id)
    sources: list[tuple[Any, SortKey]] = []
    if Permission.APPOINTMENTS_READ in uow.actor.permissions:
        of_client = await appointments.query(uow, AppointmentFilter(client_id=client_id))
        sources.append((of_client, SortKey(col(Appointment.scheduled_at))))
    if Permission.CONVERSATIONS_READ in uow.actor.permissions:
        calls = uow.select(Conversation).where(Conversation.client_id == client_id, counting.is_genuine())
        sources.append((calls, SortKey(col(Conversation.started_at))))
    if Permission.MESSAGES_READ in uow.actor.permissions:
        texts = uow.select(Message).where(Message.client_id == client_id)
        sources.append((texts, SortKey(col(Message.occurred_at))))
    return await paginate_union(uow, sources, query, {"client": client_id})


async def view(uow: UnitOfWork, *rows: Row) -> list[TimelineEntry]:
    """Appointments, calls and messages as API and pages show them, in the same order."""
    entries: dict[UUID, TimelineEntry] = {}
    for appointment in await appointments.view(uow, *(row for row in rows if isinstance(row, Appointment))):
        entries[appointment.id] = TimelineEntry(
            **_own(appointment), kind="appointment", at=appointment.scheduled_at, appointment=appointment
        )
    for call in await conversations.view(uow, *(row for row in rows if isinstance(row, Conversation))):
        entries[call.id] = TimelineEntry(**_own(call), kind="conversation", at=call.started_at, conversation=call)
    for message in map(MessageView.of, (row for row in rows if isinstance(row, Message))):
        entries[message.id] = TimelineEntry(**_own(message), kind="message", at=message.occurred_at, message=message)
    return [entries[row.id] for row in rows]


def _own(shown: Output) -> dict[str, Any]:
    return shown.model_dump(include=OWN)
