"""Who changed what of a visit: one entry, one domain event and one live event per change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col

from sekretarka.core import clock
from sekretarka.core.scope import Scope
from sekretarka.domain.appointments.events import AppointmentEvent
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change

CREATED, UPDATED = "appointment.created", "appointment.updated"


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


async def of(scope: Scope, appointment_id: UUID) -> Sequence[AppointmentChange]:
    """A visit's changes, the oldest first."""
    mine = scope.select(AppointmentChange).where(AppointmentChange.appointment_id == appointment_id)
    return await scope.all(mine.order_by(col(AppointmentChange.created_at), col(AppointmentChange.id)))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: clock.to_json(value) if isinstance(value, datetime) else str(value) for key, value in values.items()}
