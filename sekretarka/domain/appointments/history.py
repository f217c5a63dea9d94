"""Who changed what of an appointment: one entry, one domain event and one live event per change."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.appointments.events import AppointmentEvent
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change

CREATED, UPDATED = "appointment.created", "appointment.updated"
OLDEST_FIRST = SortKey(col(AppointmentChange.created_at), descending=False)


async def record(
    uow: UnitOfWork,
    appointment: Appointment,
    change: Change,
    event: AppointmentEvent | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Store a change that was just written, dispatch `event` and send a live event. `before` and `after` may hold
    instants, ids and statuses by name, never personal data."""
    uow.add(
        AppointmentChange(
            organization_id=uow.organization_id,
            appointment_id=appointment.id,
            change=change,
            actor=uow.actor.kind,
            user_id=uow.actor.user_id,
            conversation_id=uow.actor.conversation_id,
            created_at=uow.now,
            before=_plain(before or {}),
            after=_plain(after or {}),
        )
    )
    await uow.flush()
    if event is not None:
        await uow.dispatch(event)
    uow.notify_live(CREATED if change is Change.BOOKED else UPDATED, {"id": str(appointment.id)})


async def made_in_call(
    uow: UnitOfWork, conversation_id: UUID | None, appointment_ids: Collection[UUID]
) -> Sequence[AppointmentChange]:
    """What was changed of these appointments during a call, the oldest first; of None what programs changed without
    one. Permissions are the caller's business."""
    row = AppointmentChange
    changes = uow.select(row).where(
        col(row.appointment_id).in_(appointment_ids), col(row.conversation_id) == conversation_id
    )
    if conversation_id is None:
        changes = changes.where(col(row.actor).not_in(["user", "client"]))
    return await uow.list(changes.order_by(col(row.created_at), col(row.id)))


def newest_first(uow: UnitOfWork, appointment_id: UUID) -> SelectOfScalar[AppointmentChange]:
    """A SELECT of an appointment's changes, the newest first. Permissions are the caller's business."""
    row = AppointmentChange
    changes = uow.select(row).where(row.appointment_id == appointment_id)
    return changes.order_by(col(row.created_at).desc(), col(row.id).desc())


async def page(uow: UnitOfWork, appointment_id: UUID, query: PageQuery) -> Page[AppointmentChange]:
    """One page of an appointment's changes, the oldest first. Permissions are the caller's business."""
    changes = uow.select(AppointmentChange).where(AppointmentChange.appointment_id == appointment_id)
    return await paginate(uow, changes, OLDEST_FIRST, query, {"visit": appointment_id})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: clock.to_json(value) if isinstance(value, datetime) else str(value) for key, value in values.items()}
