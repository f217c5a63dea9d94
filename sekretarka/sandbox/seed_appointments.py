"""Writes the appointments of a book into the database, with their clients, calls and histories, all at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from sekretarka.core.actor import Actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Source, Status
from sekretarka.domain.appointments.scheduling import schedule_loader, slot_allocation
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.clients import service as clients
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.staff import service as staff
from sekretarka.sandbox.ai_service import demo_organization
from sekretarka.sandbox.ai_service.appointment_book import AppointmentBook, BookedAppointment, HistoryEntry, Slot
from sekretarka.sandbox.ai_service.history import PastCall

NOTES = (
    "Uczulenie na amoniak.", "Woli rozmawiać mało.", "Przyjdzie z córką.", "Prosi o kawę bez mleka.",
    "Długie włosy, warto zarezerwować chwilę więcej.", "Płaci bonem podarunkowym.", "Ostatnio schodziła hybryda.",
)  # fmt: skip
REASONS = ("Choroba", "Wyjazd służbowy", "Zmiana planów", "Nie ma z kim zostawić dziecka", None)
NOTED, BATCH = 0.08, 500
ACTORS = {Source.AGENT: "endpoint", Source.PERSON: "user", Source.PROGRAM: "api_key"}


@dataclass(frozen=True)
class RowsByName:
    """The rows of the book's names."""

    services: Mapping[str, Service]
    staff: Mapping[str, UUID]
    clients: Mapping[str, UUID]
    calls: Mapping[str, UUID]


async def seed_appointments(owner: Actor, agent_id: UUID, book: AppointmentBook, past: Iterable[PastCall]) -> None:
    """Every appointment as it stands today. The database checks again that no staff member is booked twice at once."""
    rng = Random(len(book.appointments))
    async with begin(owner, write=True) as uow:
        names = await _names(uow, book)
        rows, changes = [], []
        for appointment in book.appointments:
            row = _row(uow, appointment, names, agent_id, rng)
            rows.append(row.model_dump())
            changes += [_change(uow, row, entry, names).model_dump() for entry in appointment.history]
        for start in range(0, len(rows), BATCH):
            await uow.execute(sa.insert(Appointment), rows[start : start + BATCH])
        for start in range(0, len(changes), BATCH):
            await uow.execute(sa.insert(AppointmentChange), changes[start : start + BATCH])
        await _since(uow, _first_seen(book, past))


async def _names(uow: UnitOfWork, book: AppointmentBook) -> RowsByName:
    who = {str(appointment.client.number): appointment.client.name for appointment in book.appointments}
    call_ids = sa.select(col(Conversation.call_id), col(Conversation.id)).where(
        col(Conversation.organization_id) == uow.organization_id
    )
    return RowsByName(
        {row.name: row for row in await catalog.find(uow)},
        {row.name: row.id for row in await staff.find(uow)},
        {number: (await clients.get_or_create_by_phone(uow, number, name)).id for number, name in who.items()},
        {row.call_id: row.id for row in await uow.execute(call_ids)},
    )


def _row(
    uow: UnitOfWork, appointment: BookedAppointment, names: RowsByName, agent_id: UUID, rng: Random
) -> Appointment:
    row = Appointment(  # type: ignore[call-arg]  # the rest is set by the assignment
        organization_id=uow.organization_id,
        client_id=names.clients[str(appointment.client.number)],
        client_name=appointment.client.name,
        client_phone=appointment.client.number,
        status=appointment.status,
        source=appointment.source,
        notes=rng.choice(NOTES) if rng.random() < NOTED else None,
        agent_id=agent_id if appointment.call_id else None,
        conversation_id=names.calls[appointment.call_id] if appointment.call_id else None,
        cancelled_reason=rng.choice(REASONS) if appointment.status is Status.CANCELLED else None,
        version=len(appointment.history),
        created_at=appointment.booked_at,
        updated_at=appointment.history[-1].at,
    )
    service, who = names.services[appointment.slot.service.name], names.staff[appointment.slot.staff.name]
    return slot_allocation.Assignment(
        service,
        who,
        appointment.slot.start,
        schedule_loader.requirement_of_service(service),
        str(demo_organization.ZONE),
    ).apply(row)


def _change(uow: UnitOfWork, row: Appointment, entry: HistoryEntry, names: RowsByName) -> AppointmentChange:
    return AppointmentChange(
        id=new_id(),
        organization_id=uow.organization_id,
        appointment_id=row.id,
        change=entry.change,
        actor=ACTORS[entry.source],
        user_id=uow.user_id if entry.source is Source.PERSON else None,
        created_at=entry.at,
        updated_at=entry.at,
        before=_as_json(entry.before, names),
        after=_as_json(entry.after, names),
    )


def _as_json(change: Slot | Status | None, names: RowsByName) -> dict[str, Any]:
    """As `history.record` notes it."""
    if change is None:
        return {}
    if isinstance(change, Status):
        return {"status": str(change)}
    return {
        "scheduledAt": clock.to_json(change.start),
        "staffId": str(names.staff[change.staff.name]),
        "serviceId": str(names.services[change.service.name].id),
    }


def _first_seen(book: AppointmentBook, past: Iterable[PastCall]) -> dict[str, datetime]:
    """By number, when somebody called or booked for the first time."""
    first: dict[str, datetime] = {}
    contacts = [(past_call.call.caller.number, past_call.started_at) for past_call in past]
    contacts += [(appointment.client.number, appointment.booked_at) for appointment in book.appointments]
    for number, moment in contacts:
        if number:
            first[number] = min(moment, first.get(number, moment))
    return first


async def _since(uow: UnitOfWork, first_seen: Mapping[str, datetime]) -> None:
    """Clients have been known since their first call or booking, not since this was written."""
    if not first_seen:
        return
    table = SQLModel.metadata.tables["clients"]
    same_client = table.c.organization_id == uow.organization_id, table.c.phone == sa.bindparam("number")
    earlier = (
        sa.update(table).where(*same_client).values(created_at=sa.bindparam("seen"), updated_at=sa.bindparam("seen"))
    )
    await uow.execute(earlier, [{"number": number, "seen": moment} for number, moment in first_seen.items()])
