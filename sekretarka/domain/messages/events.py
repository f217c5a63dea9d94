"""What happens to messages."""

from dataclasses import dataclass
from uuid import UUID

from sekretarka.core.events import Event


@dataclass(frozen=True)
class MessageReceived(Event):
    """A client wrote an SMS that neither ends nor resumes messages to them."""

    message_id: UUID
    client_id: UUID


@dataclass(frozen=True)
class InternalReplyReceived(Event):
    """Somebody wrote back to an internal SMS."""

    message_id: UUID


@dataclass(frozen=True)
class MessageFailed(Event):
    """A message failed for good, after all tries."""

    message_id: UUID


@dataclass(frozen=True)
class MessageArrived(Event):
    """A message to a client was delivered, or, an e-mail, handed over; it may have counted as failed before."""

    message_id: UUID


@dataclass(frozen=True)
class MessageWritten(Event):
    """A user or a program of the organization wrote to a client."""

    message_id: UUID
    client_id: UUID
