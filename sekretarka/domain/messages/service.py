"""Messages: found, read, and stored when a provider reports one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.models import new_id
from sekretarka.core.database.search import has_every_word
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone, search_text
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.messages import threads
from sekretarka.domain.messages.models import Direction, Message, MessageKind, MessageStatus
from sekretarka.domain.messages.schemas import MessageFilter
from sekretarka.providers.message_events import MessagePayload

CREATED, UPDATED = "message.created", "message.updated"
EQUAL = ("channel", "direction", "status", "client_id", "conversation_id", "appointment_id")
ORDERS = {
    "sentAt": SortKey(col(Message.occurred_at), descending=False),
    "-sentAt": SortKey(col(Message.occurred_at)),
}


async def page(uow: UnitOfWork, filters: MessageFilter, query: PageQuery) -> Page[Message]:
    """One page of the messages that fit the filter, by default the newest first."""
    uow.require(Permission.MESSAGES_READ)
    statement = uow.select(Message).where(Message.kind != MessageKind.INTERNAL)
    for name in EQUAL:
        if (wanted := getattr(filters, name)) is not None:
            statement = statement.where(getattr(Message, name) == wanted)
    if filters.search:
        statement = statement.where(has_every_word(col(Message.search), filters.search))
    filter_values = filters.model_dump(mode="json", include=set(MessageFilter.model_fields))
    return await paginate(uow, statement, ORDERS[filters.sort], query, filter_values)


async def get(uow: UnitOfWork, message_id: UUID, *, lock: bool = False) -> Message:
    """One message or `NotFound`."""
    uow.require(Permission.MESSAGES_READ)
    row = await uow.get(Message, message_id, lock=lock)
    if row.kind is MessageKind.INTERNAL:
        raise NotFound
    return row


def notify(uow: UnitOfWork, name: str, row: Message) -> None:
    """Tell of a message with a client."""
    if row.kind is not MessageKind.INTERNAL:
        uow.notify_live(name, {"id": str(row.id)})


async def find_by_ids(uow: UnitOfWork, ids: Iterable[UUID]) -> Sequence[Message]:
    """Those of the messages that exist, in no particular order."""
    uow.require(Permission.MESSAGES_READ)
    return await uow.list(uow.select(Message).where(col(Message.id).in_(list(ids))))


async def record(
    uow: UnitOfWork,
    message: MessagePayload,
    at: datetime,
    key: str,
    call: Conversation | None,
    kind: MessageKind = MessageKind.SERVICE,
) -> tuple[Message, bool]:
    """Store a message that a provider sent, or that came in through it, at the instant `at`; another one of the same
    `key` (at most 64 characters) changes nothing. Returns it, and whether it is new.

    It belongs to the client whose number is at the other end, made if new, else to the client of its call; an internal
    one to nobody.
    """
    is_outbound = message.direction is Direction.OUTBOUND
    number = phone.parse_caller(message.recipient if is_outbound else message.sender)[0]
    client_id = call.client_id if call else None
    if number and kind is not MessageKind.INTERNAL:
        client_id = (await clients.get_or_create_by_phone(uow, number)).id
    sender, recipient = _address(message.sender), _address(message.recipient)
    texts = (sender, recipient, message.subject, message.body)
    fresh = Message(
        id=new_id(),
        organization_id=uow.organization_id,
        created_at=uow.now,
        updated_at=uow.now,
        channel=message.channel,
        direction=message.direction,
        status=MessageStatus.SENT if is_outbound else MessageStatus.DELIVERED,
        client_id=client_id,
        conversation_id=call.id if call else None,
        sender=sender,
        recipient=recipient,
        subject=message.subject or None,
        body=message.body,
        kind=kind,
        occurred_at=at,
        source_key=key,
        search=search_text.searchable("\n".join(filter(None, texts))),
    )
    same = uow.select(Message).where(Message.source_key == key)
    row, created = await uow.get_or_insert(lambda: uow.one_or_none(same), fresh, ("organization_id", "source_key"))
    if created:
        await threads.follow(uow, row)
        notify(uow, CREATED, row)
    return row, created


def _address(value: str | None) -> str | None:
    """A number as E.164, anything else as it came."""
    return phone.parse_caller(value)[0] or value or None


async def reassign(uow: UnitOfWork, merged: ClientsMerged) -> None:
    """Give the messages of a merged client to the client they were merged into, without new versions."""
    row = Message
    matching = (col(row.organization_id) == uow.organization_id, col(row.client_id) == merged.merged_id)
    move = sa.update(row).where(*matching).values(client_id=merged.target_id)
    await uow.execute(move.execution_options(synchronize_session=False))
    await threads.merge(uow, merged)
