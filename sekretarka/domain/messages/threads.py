"""Threads: the messages of one client, whichever way they went, the client who was heard of last first."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.search import has_every_word
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.clients.models import Client
from sekretarka.domain.messages.models import Direction, Message, MessageThread
from sekretarka.domain.messages.schemas import MessageThreadPatch, MessageThreadView, MessageView, ThreadFilter

UPDATED = "message_thread.updated"
ORDER = SortKey(col(MessageThread.last_message_at))


async def page(uow: UnitOfWork, filters: ThreadFilter, query: PageQuery) -> Page[MessageThread]:
    """One page of the threads that fit the filter, by their last message, the newest first."""
    uow.require(Permission.MESSAGES_READ)
    statement = uow.select(MessageThread)
    if filters.channel is not None:
        statement = statement.where(_has_message(uow, col(Message.channel) == filters.channel))
    if filters.unread is not None:
        statement = statement.where(
            col(MessageThread.unread_count) > 0 if filters.unread else MessageThread.unread_count == 0
        )
    if filters.search:
        of_client = sa.select(col(Client.id)).where(col(Client.organization_id) == uow.organization_id)
        matching = of_client.where(clients.matching(uow, filters.search))
        in_text = _has_message(uow, has_every_word(col(Message.search), filters.search))
        statement = statement.where(sa.or_(col(MessageThread.id).in_(matching), in_text))
    filter_values = filters.model_dump(mode="json", include=set(ThreadFilter.model_fields))
    return await paginate(uow, statement, ORDER, query, filter_values)


async def get(uow: UnitOfWork, client_id: UUID) -> MessageThread:
    """The thread of a client; `NotFound` for one without messages, too."""
    uow.require(Permission.MESSAGES_READ)
    return await uow.get(MessageThread, client_id)


async def count_unread(uow: UnitOfWork) -> int:
    """How many threads have messages that nobody has read."""
    uow.require(Permission.MESSAGES_READ)
    return await uow.count(uow.select(MessageThread).where(col(MessageThread.unread_count) > 0))


async def view(uow: UnitOfWork, *rows: MessageThread) -> list[MessageThreadView]:
    """Threads as API and pages show them, in the same order."""
    of_threads = uow.select(Client).where(col(Client.id).in_([row.id for row in rows]))
    client_of = {client.id: client for client in await uow.list(of_threads)}
    last = uow.select(Message).where(col(Message.id).in_([row.last_message_id for row in rows]))
    message_of = {message.id: message for message in await uow.list(last)}
    return [
        MessageThreadView(
            **row.model_dump(),
            read=row.unread_count == 0,
            client_name=client_of[row.id].name,
            client_phone=client_of[row.id].phone,
            last_message=MessageView.of(message_of[row.last_message_id]),
        )
        for row in rows
    ]


async def update(uow: UnitOfWork, client_id: UUID, patch: MessageThreadPatch) -> MessageThread:
    """Merge patch: somebody has read the thread, or wants to come back to it."""
    uow.require(Permission.MESSAGES_WRITE)
    row = await uow.get(MessageThread, client_id, lock=True)
    unread_count = row.unread_count
    if "read" in patch.model_fields_set:
        unread_count = 0 if patch.read else max(unread_count, 1)
    if unread_count != row.unread_count:
        row.unread_count = unread_count
        uow.bump_version(row)
        uow.notify_live(UPDATED, {"id": str(row.id)})
    return row


async def follow(uow: UnitOfWork, message: Message) -> None:
    """Count a stored message in its client's thread; one without a client is in none, one that is due later comes once
    it is. Safe to repeat for an outbound one."""
    if message.client_id is not None and message.occurred_at <= uow.now:
        unread_count = int(message.direction is Direction.INBOUND)
        await _upsert(uow, message.client_id, message.id, message.occurred_at, unread_count)


async def merge(uow: UnitOfWork, merged: ClientsMerged) -> None:
    """The thread of a merged client continues in that of the client they were merged into."""
    own = uow.select(MessageThread).where(MessageThread.id == merged.merged_id).with_for_update()
    for row in await uow.list(own):
        await _upsert(uow, merged.target_id, row.last_message_id, row.last_message_at, row.unread_count)
        await uow.delete(row)
        uow.notify_live(UPDATED, {"id": str(merged.target_id)})


async def _upsert(uow: UnitOfWork, client_id: UUID, message_id: UUID, at: datetime, unread_count: int) -> None:
    """Two messages at once, in whatever order, make one thread."""
    row = MessageThread.__table__.c  # type: ignore[attr-defined]
    fresh = MessageThread(
        id=client_id,
        organization_id=uow.organization_id,
        created_at=uow.now,
        updated_at=uow.now,
        last_message_id=message_id,
        last_message_at=at,
        unread_count=unread_count,
    )
    insert = uow.insert(MessageThread).values(fresh.model_dump())
    new = insert.excluded
    is_last = new.last_message_at >= row.last_message_at
    changed = {
        "last_message_id": sa.case((is_last, new.last_message_id), else_=row.last_message_id),
        "last_message_at": sa.case((is_last, new.last_message_at), else_=row.last_message_at),
        "unread_count": row.unread_count + new.unread_count,
        "version": row.version + 1,
        "updated_at": new.updated_at,
    }
    await uow.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))


def _has_message(uow: UnitOfWork, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether a thread has a message like that."""
    fitting = sa.select(col(Message.client_id)).where(col(Message.organization_id) == uow.organization_id, condition)
    return col(MessageThread.id).in_(fitting)
