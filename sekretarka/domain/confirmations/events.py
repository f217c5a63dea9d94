"""What clients answered that others may have to do something about."""

from dataclasses import dataclass
from uuid import UUID

from sekretarka.core.events import Event


@dataclass(frozen=True)
class AppointmentDeclined(Event):
    """A client answered NIE to a message about this appointment, which stays as it is."""

    appointment_id: UUID
    message_id: UUID


@dataclass(frozen=True)
class ReplyUnanswered(Event):
    """A client wrote what no machine answers: a person has to read it."""

    message_id: UUID
    client_id: UUID


@dataclass(frozen=True)
class AppointmentUnconfirmed(Event):
    """The client got this question about an appointment and has not answered; it begins soon."""

    appointment_id: UUID
    message_id: UUID
