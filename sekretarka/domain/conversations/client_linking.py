"""Links calls to the client of the remote number, created when new, and named as the calls name them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.text import phone
from sekretarka.domain.appointments.events import AppointmentBooked
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.conversations.events import UPDATED
from sekretarka.domain.conversations.models import Conversation, Direction
from sekretarka.providers.call_events import CallPayload


@dataclass(frozen=True)
class CallerIdentity:
    """What of a call decides which client it belongs to, and what the client is called; compared before and after a
    change."""

    number: str | None
    says: tuple[object, ...]
    client_id: UUID | None

    @classmethod
    def observe(cls, row: Conversation) -> Self:
        """The identity as the call's row has it now."""
        number = remote_number(row.direction, row.caller_number, row.called_number)
        return cls(number, (row.client_id, row.direction, row.caller_name, row.started_at), row.client_id)


def remote_number(direction: Direction | None, caller: str | None, called: str | None) -> str | None:
    """The number (E.164) at the other end of the call; None when it is withheld or no number."""
    return phone.parse_caller(called if direction is Direction.OUTBOUND else caller)[0]


async def link(uow: UnitOfWork, row: Conversation, before: CallerIdentity, payload: CallPayload) -> None:
    """Give the call to its client after an event was merged into it; `before` is the call as it was.

    A number that an event says makes a client even if another event knows better: otherwise the order of arrival would
    decide which clients there are. A client whose number has changed since keeps their calls.
    """
    number = CallerIdentity.observe(row).number
    remote = remote_number(payload.direction, payload.caller_number, payload.called_number)
    if remote not in (None, number, before.number):
        await clients.get_or_create_by_phone(uow, str(remote))
    if number != before.number:
        row.client_id = (await clients.get_or_create_by_phone(uow, number)).id if number else None
    if CallerIdentity.observe(row).says != before.says:
        await uow.flush()
        for client_id in sorted({client_id for client_id in (row.client_id, before.client_id) if client_id}):
            await clients.update_from_call(uow, client_id, _name_of(uow, client_id))


def _name_of(uow: UnitOfWork, client_id: UUID) -> Callable[[], Awaitable[str | None]]:
    """Reads the name that the newest of the client's calls says: it does not depend on the order of events."""
    row = Conversation
    newest = (
        sa.select(col(row.caller_name))
        .where(
            col(row.organization_id) == uow.organization_id,
            col(row.client_id) == client_id,
            col(row.caller_name).is_not(None),
            col(row.direction) == Direction.INBOUND,
        )
        .order_by(col(row.started_at).desc(), col(row.call_id).desc())
        .limit(1)
    )

    async def read() -> str | None:
        name: str | None = (await uow.execute(newest)).scalars().first()
        return name

    return read


async def reassign(uow: UnitOfWork, merged: ClientsMerged) -> None:
    """Give the calls of a merged client to the client they were merged into, without new versions."""
    row = Conversation
    matching = (col(row.organization_id) == uow.organization_id, col(row.client_id) == merged.merged_id)
    move = sa.update(row).where(*matching).values(client_id=merged.target_id)
    await uow.execute(move.execution_options(synchronize_session=False))


async def link_appointment(uow: UnitOfWork, booked: AppointmentBooked) -> None:
    """Send the live event of the call during which an appointment was booked."""
    if booked.conversation_id is not None:
        uow.notify_live(UPDATED, {"id": str(booked.conversation_id)})
