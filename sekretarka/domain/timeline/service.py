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

OWN = {"id", "version", "created_at", "updated_at"}


class TimelineEntry(Output):
    """An appointment or a call, and when it is or was; `id`, `version` and the times are its own."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    kind: Literal["appointment", "conversation"]
    at: OutputInstant
    appointment: AppointmentView | None
    conversation: ConversationView | None


async def page(uow: UnitOfWork, client_id: UUID, query: PageQuery) -> Page[Appointment | Conversation]:
    """One page of a client's appointments and calls, the latest first; only of the kinds that the caller may read.
    `NotFound` for the client."""
    await clients.get(uow, client_id)
    sources: list[tuple[Any, SortKey]] = []
    if Permission.APPOINTMENTS_READ in uow.actor.permissions:
        of_client = await appointments.query(uow, AppointmentFilter(client_id=client_id))
        sources.append((of_client, SortKey(col(Appointment.scheduled_at))))
    if Permission.CONVERSATIONS_READ in uow.actor.permissions:
        calls = uow.select(Conversation).where(Conversation.client_id == client_id, counting.is_genuine())
        sources.append((calls, SortKey(col(Conversation.started_at))))
    return await paginate_union(uow, sources, query, {"client": client_id})


async def view(uow: UnitOfWork, *rows: Appointment | Conversation) -> list[TimelineEntry]:
    """Appointments and calls as API and pages show them, in the same order."""
    appointment_views = {
        v.id: v for v in await appointments.view(uow, *(row for row in rows if isinstance(row, Appointment)))
    }
    calls = {c.id: c for c in await conversations.view(uow, *(row for row in rows if isinstance(row, Conversation)))}
    return [_entry(appointment_views.get(row.id), calls.get(row.id)) for row in rows]


def _entry(appointment: AppointmentView | None, call: ConversationView | None) -> TimelineEntry:
    if appointment is not None:
        own = appointment.model_dump(include=OWN)
        return TimelineEntry(
            **own, kind="appointment", at=appointment.scheduled_at, appointment=appointment, conversation=None
        )
    assert call is not None  # noqa: S101 - one of the two it is
    own = call.model_dump(include=OWN)
    return TimelineEntry(**own, kind="conversation", at=call.started_at, appointment=None, conversation=call)
