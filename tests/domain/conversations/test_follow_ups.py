"""A follow-up is finished once, and opened again as long as nobody has set it since."""

from typing import Any

import pytest

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import CannotUndo
from sekretarka.domain.conversations import follow_ups
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Status
from sekretarka.domain.conversations.schemas import ConversationPatch, FollowUpPatch
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

pytestmark = pytest.mark.usefixtures("database")
FINISH = ConversationPatch(follow_up=FollowUpPatch(state=FollowUpState.DONE))


async def act(who: Actor, action: Any, *arguments: Any) -> Conversation:
    async with begin(who, write=True) as uow:
        row: Conversation = await action(uow, *arguments)
        return row


async def missed_call() -> tuple[Actor, Conversation, CallEvent]:
    agent = await factories.agent((await factories.organization()).id)
    owner = await factories.member(agent.organization_id)
    event = CallEvent.model_validate(calls.event("call_ended", agent.id, "call_1", status="missed"))
    async with begin(owner, write=True) as uow:
        row, _ = await conversations.apply(uow, event, "m1")
    assert (row.status, row.follow_up_state) == (Status.MISSED, FollowUpState.OPEN)
    return owner, row, event


async def test_finished_follow_up_is_opened_again_whatever_the_call_did_meanwhile() -> None:
    owner, row, event = await missed_call()
    done = await act(owner, conversations.update, row.id, FINISH)
    assert done.follow_up_state is FollowUpState.DONE
    async with begin(owner, write=True) as uow:
        await conversations.apply(uow, event, "m2")
    opened = await act(owner, follow_ups.reopen, row.id, follow_ups.finished_version(done))
    assert opened.follow_up_state is FollowUpState.OPEN
    with pytest.raises(CannotUndo):
        await act(owner, follow_ups.reopen, row.id, follow_ups.finished_version(done))


async def test_what_a_colleague_set_since_stays() -> None:
    owner, row, _ = await missed_call()
    done = await act(owner, conversations.update, row.id, FINISH)
    colleague = await factories.member(row.organization_id)
    for state in (FollowUpState.OPEN, FollowUpState.DONE):
        patch = ConversationPatch(follow_up=FollowUpPatch(state=state))
        await act(colleague, conversations.update, row.id, patch)
    with pytest.raises(CannotUndo):
        await act(owner, follow_ups.reopen, row.id, follow_ups.finished_version(done))
    async with begin(owner) as uow:
        assert (await conversations.get(uow, row.id)).follow_up_state is FollowUpState.DONE
