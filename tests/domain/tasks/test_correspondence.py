"""Clients who wrote wait for an answer, messages that did not arrive for a call."""

from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.events import Event
from sekretarka.domain.clients import service as clients
from sekretarka.domain.messages import delivery, sending
from sekretarka.domain.messages.events import MessageReceived, MessageWritten
from sekretarka.domain.messages.models import Failure, Message, MessageKind, MessageStatus
from sekretarka.domain.tasks.models import Kind, Resolution, TaskState
from tests import factories
from tests.domain.tasks.conftest import ANNA, BEATA, Line


async def tell(line: Line, event: Event) -> None:
    async with begin(actor.system(line.agent.organization_id), write=True) as uow:
        await uow.dispatch(event)


async def receive(line: Line, body: str) -> Message:
    written: dict[str, Any] = {"direction": "inbound", "from": ANNA, "to": "+48221000200", "body": body}
    message = await factories.message(line.agent.organization_id, **written)
    assert message.client_id is not None
    await tell(line, MessageReceived(message.id, message.client_id))
    return message


async def fail(line: Line, failure: Failure, **values: Any) -> Message:
    sent = await factories.message(line.agent.organization_id)
    async with begin(actor.system(line.agent.organization_id), write=True) as uow:
        message = await uow.get(Message, sent.id, lock=True)
        message.status = MessageStatus.PENDING
        for name, value in values.items():
            setattr(message, name, value)
        await delivery.fail(uow, message, failure)
        return message


async def test_what_a_client_writes_is_one_task_until_somebody_answers(line: Line) -> None:
    await receive(line, "Czy jest parking?")
    last = await receive(line, "I czy mogę przyjść z psem?")
    row = await line.only()
    assert (row.kind, row.caller_number, len(row.folded_ids), row.message_id) == (Kind.REPLY, ANNA, 2, last.id)
    assert last.client_id is not None
    await tell(line, MessageWritten(last.id, last.client_id))
    row = await line.only()
    assert (row.state, row.resolution) == (TaskState.DONE, Resolution.WRITTEN)


async def test_message_that_did_not_arrive_is_something_to_do(line: Line) -> None:
    message = await fail(line, Failure.UNREACHABLE)
    row = await line.only()
    assert (row.kind, row.message_id, row.client_id) == (Kind.FAILED_MESSAGE, message.id, message.client_id)


async def deliver(line: Line, message: Message) -> None:
    """The gateway says that it was delivered."""
    async with begin(actor.system(line.agent.organization_id), write=True) as uow:
        await delivery.advance(uow, await uow.get(Message, message.id, lock=True), MessageStatus.DELIVERED)


async def test_message_that_arrives_after_all_is_nothing_to_do(line: Line) -> None:
    first, second = await fail(line, Failure.UNREACHABLE), await fail(line, Failure.EXPIRED)
    row = await line.only()
    assert (row.message_id, len(row.folded_ids)) == (second.id, 2)
    await deliver(line, second)
    row = await line.only()
    assert (row.state, row.message_id, row.folded_ids) == (TaskState.OPEN, first.id, [str(first.id)])
    await deliver(line, first)
    row = await line.only()
    assert (row.state, row.resolution) == (TaskState.DONE, Resolution.ARRIVED)


async def test_message_that_is_sent_anew_is_something_to_do_until_it_arrives(line: Line) -> None:
    async with begin(line.owner, write=True) as uow:
        await factories.add_sms_gateway(uow)
    failed = await fail(line, Failure.UNREACHABLE, recipient=ANNA)
    for tries in (1, 2):
        async with begin(line.owner, write=True) as uow:
            again = await sending.retry(uow, failed.id)
            if tries == 1:
                await delivery.fail(uow, again, Failure.UNREACHABLE)
        failed = again
        row = await line.only()
        assert (row.state, len(row.folded_ids)) == (TaskState.OPEN, 1)
    await deliver(line, failed)
    assert (await line.only()).resolution is Resolution.ARRIVED


@pytest.mark.parametrize(
    ("failure", "values"),
    [(Failure.OUTDATED, {}), (Failure.OPTED_OUT, {}), (Failure.UNREACHABLE, {"kind": MessageKind.INTERNAL})],
)
async def test_message_that_was_not_wanted_any_more_is_none(
    line: Line, failure: Failure, values: dict[str, Any]
) -> None:
    await fail(line, failure, **values)
    assert await line.listed() == []


async def test_merged_client_hands_their_tasks_over(line: Line) -> None:
    message = await receive(line, "Czy jest parking?")
    target = await factories.client(line.agent.organization_id, BEATA, "Beata")
    assert message.client_id is not None
    async with begin(line.owner, write=True) as uow:
        await clients.merge(uow, target.id, message.client_id)
    await tell(line, MessageReceived(message.id, target.id))
    assert (await line.only()).client_id == target.id
