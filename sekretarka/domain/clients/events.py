"""What happens to clients."""

from dataclasses import dataclass
from uuid import UUID

from sekretarka.core.events import Event


@dataclass(frozen=True)
class ClientNumberChanged(Event):
    """A client has another number (E.164) in place of the previous one."""

    client_id: UUID
    previous: str
    phone: str


@dataclass(frozen=True)
class ClientsMerged(Event):
    """Two clients were the same person: every feature gives the rows of `merged_id` to `target_id`."""

    target_id: UUID
    merged_id: UUID
