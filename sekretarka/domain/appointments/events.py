"""What happens to appointments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sekretarka.core.events import Event


@dataclass(frozen=True)
class AppointmentEvent(Event):
    """Something happened to this appointment."""

    appointment_id: UUID


@dataclass(frozen=True)
class AppointmentBooked(AppointmentEvent):
    """An appointment was made, perhaps during a call."""

    conversation_id: UUID | None = None


@dataclass(frozen=True)
class AppointmentMoved(AppointmentEvent):
    """It is at another time, with another person or for another service now."""

    previous_time: datetime
    previous_staff_id: UUID


class AppointmentConfirmed(AppointmentEvent):
    """The client will come."""


class AppointmentCancelled(AppointmentEvent):
    """It will not take place."""


class AppointmentCompleted(AppointmentEvent):
    """It took place."""


class AppointmentMissed(AppointmentEvent):
    """The client did not come."""
