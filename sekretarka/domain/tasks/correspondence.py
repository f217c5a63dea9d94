"""What messages leave to do: clients who wrote wait for an answer, and what did not arrive has to be said otherwise."""

from typing import Any
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.clients.models import Client
from sekretarka.domain.confirmations.events import ReplyUnanswered
from sekretarka.domain.messages import sending
from sekretarka.domain.messages.events import MessageArrived, MessageFailed, MessageWritten
from sekretarka.domain.messages.models import Failure, Message, MessageKind
from sekretarka.domain.tasks import lines
from sekretarka.domain.tasks.lines import FAILED, REPLIES, line_name
from sekretarka.domain.tasks.models import Kind, Resolution, Task, TaskState
from sekretarka.domain.templates.models import Template

TEXT_BACK = Template.MISSED_CALL  # whose call waits already
# Nobody has to do anything about a message that was not to be sent any more.
NOT_WANTED = (Failure.OUTDATED, Failure.OPTED_OUT, Failure.NO_CONSENT)


async def on_unanswered(uow: UnitOfWork, event: ReplyUnanswered) -> None:
    """Somebody wrote what no machine answers: a user should; what the same client wrote before is one task with it."""
    message = await uow.get(Message, event.message_id)
    await open_about(uow, Kind.REPLY, line_name(REPLIES, event.client_id), message)


async def on_failed(uow: UnitOfWork, event: MessageFailed) -> None:
    """A message to a client did not arrive: they should be called."""
    message = await uow.get(Message, event.message_id)
    if message.kind is MessageKind.INTERNAL or message.failure in NOT_WANTED or message.template == TEXT_BACK:
        return
    await open_about(uow, Kind.FAILED_MESSAGE, line_name(FAILED, message.client_id or message.id), message)


async def on_arrived(uow: UnitOfWork, event: MessageArrived) -> None:
    """A message that had failed arrived after all, or was sent anew and did: nothing need be said otherwise."""
    message = await uow.get(Message, event.message_id)
    failed = uow.select(Task).where(
        Task.kind == Kind.FAILED_MESSAGE, Task.state == TaskState.OPEN, Task.client_id == message.client_id
    )
    for seen in await uow.list(failed.order_by(col(Task.line))):
        row = await lines.find_open(uow, seen.line or "")
        left = [each for each in row.folded_ids if not _is(message, each)] if row else []
        if row is not None and not left:
            lines.finish(uow, row, Resolution.ARRIVED)
        elif row is not None and left != row.folded_ids:
            lines.change(uow, row, {"folded_ids": left, **_about(await uow.get(Message, UUID(left[0])))})


def _is(message: Message, folded_id: str) -> bool:
    return folded_id == str(message.id) or sending.is_retry_of(message, UUID(folded_id))


async def on_written(uow: UnitOfWork, event: MessageWritten) -> None:
    """A user wrote to a client, who is answered by that, and whom nothing more need be told."""
    for group in (REPLIES, FAILED):
        row = await lines.find_open(uow, line_name(group, event.client_id))
        if row is not None:
            lines.finish(uow, row, Resolution.WRITTEN)


async def open_about(uow: UnitOfWork, kind: Kind, line: str, message: Message) -> Task:
    """The open task of a line, which this message is now what it is about last."""
    await uow.flush()
    row = await lines.find_open(uow, line) or lines.new(uow, line, kind)
    values = {
        **_about(message),
        "client_id": message.client_id,
        "caller_number": await _number(uow, message.client_id),
        "last_at": uow.now,
        "folded_ids": [str(message.id), *(each for each in row.folded_ids if not _is(message, each))],
    }
    lines.change(uow, row, values)
    return row


def _about(message: Message) -> dict[str, Any]:
    return {
        "conversation_id": message.conversation_id,
        "appointment_id": message.appointment_id,
        "message_id": message.id,
    }


async def _number(uow: UnitOfWork, client_id: UUID | None) -> str | None:
    return (await uow.get(Client, client_id)).phone if client_id else None
