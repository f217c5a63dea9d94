"""What happens to appointments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sekretarka.core.events import Event
from sekretarka.domain.appointments.models import Change


@dataclass(frozen=True)
class AppointmentEvent(Event):
    """Something happened to this appointment."""

    appointment_id: UUID


@dataclass(frozen=True)
class AppointmentBooked(AppointmentEvent):
    """An appointment was booked; `conversation_id` is the call during which it was, if any."""

    conversation_id: UUID | None = None


@dataclass(frozen=True)
class AppointmentMoved(AppointmentEvent):
    """It is at another time, with another staff member or for another service now."""

    previous_time: datetime
    previous_staff_id: UUID


class AppointmentConfirmed(AppointmentEvent):
    """The status became confirmed."""


class AppointmentCancelled(AppointmentEvent):
    """The status became cancelled."""


class AppointmentCompleted(AppointmentEvent):
    """The status became completed: it took place."""


class AppointmentMissed(AppointmentEvent):
    """The status became no_show: the client did not come."""


class AppointmentReopened(AppointmentEvent):
    """What was marked by mistake was taken back: it is scheduled or confirmed again."""


@dataclass(frozen=True)
class AppointmentRestored(AppointmentEvent):
    """The change `undone` was taken back (`undo.py`), within the time that what follows from it outside has to wait."""

    undone: Change
