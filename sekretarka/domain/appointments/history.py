"""Who changed what of a visit: one entry, one domain event and one live event per change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col

from sekretarka.core import clock
from sekretarka.core.paging import Order, Page, PageQuery, paginate
from sekretarka.core.scope import Scope
from sekretarka.domain.appointments.events import AppointmentEvent
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change

CREATED, UPDATED = "appointment.created", "appointment.updated"
OLDEST_FIRST = Order(col(AppointmentChange.created_at), descending=False)


async def record(
    scope: Scope,
    visit: Appointment,
    change: Change,
    event: AppointmentEvent | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note a change that was just written, and let everybody know who listens."""
    scope.add(
        AppointmentChange(
            organization_id=scope.organization_id,
            appointment_id=visit.id,
            change=change,
            actor=scope.actor.kind,
            user_id=scope.actor.user_id,
            created_at=scope.now,
            before=_plain(before or {}),
            after=_plain(after or {}),
        )
    )
    await scope.flush()
    if event is not None:
        await scope.emit(event)
    scope.publish(CREATED if change is Change.BOOKED else UPDATED, {"id": str(visit.id)})


async def page(scope: Scope, appointment_id: UUID, query: PageQuery) -> Page[AppointmentChange]:
    """A visit's changes, the oldest first."""
    mine = scope.select(AppointmentChange).where(AppointmentChange.appointment_id == appointment_id)
    return await paginate(scope, mine, OLDEST_FIRST, query, {"visit": appointment_id})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: clock.to_json(value) if isinstance(value, datetime) else str(value) for key, value in values.items()}
