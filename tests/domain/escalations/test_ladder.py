"""Who is told of an urgent call, when, and what ends it."""

import asyncio
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Forbidden, Invalid, NotFound
from sekretarka.core.permissions import Role
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Urgency
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.escalations import service as escalations
from sekretarka.domain.escalations.models import AcknowledgedBy, EscalationState
from sekretarka.domain.messages import delivery
from sekretarka.domain.messages.models import Channel, Failure, Message, MessageKind, SenderNameStatus, SmsGateway
from sekretarka.domain.notifications import service as preferences
from sekretarka.domain.notifications.schemas import NotificationPreferencesPatch
from sekretarka.domain.organizations import members
from tests import factories
from tests.domain.escalations.conftest import EWA, OLA, Ladder
from tests.support.jobs import jobs, mailed


async def test_one_after_another_until_nobody_is_left(ladder: Ladder) -> None:
    call = await ladder.call()
    assert await ladder.told() == [OLA]
    await ladder.wait(minutes=4)
    assert await ladder.told() == [OLA]
    await ladder.wait(minutes=1)
    assert await ladder.told() == [OLA, EWA]
    seen = await ladder.seen(call)
    assert (seen.state, seen.ended_at) == (EscalationState.OPEN, None)
    await ladder.wait(minutes=5)
    seen = await ladder.seen(call)
    assert (seen.state, [rung.user_id for rung in seen.rungs]) == (EscalationState.UNANSWERED, seen.user_ids)
    assert (seen.rungs[1].told_at - seen.rungs[0].told_at).total_seconds() == 300
    await ladder.wait(hours=5)
    assert await ladder.told() == [OLA, EWA]


async def test_text_says_who_what_and_how_to_take_it(ladder: Ladder) -> None:
    call = await ladder.call()
    [text] = await ladder.texts()
    assert text.body.startswith("PILNE Anna Lis +48601000111: Cieknie woda w salonie. Odpowiedz 1, ")
    assert text.body.endswith(f"/dashboard/conversations?id={call.id}")
    assert (text.kind, text.conversation_id, text.client_id) == (MessageKind.INTERNAL, call.id, None)
    assert text.parts == 2
    assert "messages.send_urgent" in [job.name for job in await jobs()]


async def test_each_that_waits_has_an_answer_of_its_own(ladder: Ladder) -> None:
    """Who answers the first must not take the second, whose text came a moment ago."""
    first = await ladder.call()
    await ladder.call("call_2", callerNumber="+48601000222")
    await ladder.finish(first, ladder.people[1])
    await ladder.call("call_3", callerNumber="+48601000333")
    codes = [text.body.partition("Odpowiedz ")[2][0] for text in await ladder.texts()]
    assert codes == ["1", "2", "3"], "a late answer to the first must not take the third, either"
    await ladder.wait(days=1)
    await ladder.call("call_4", callerNumber="+48601000444")
    assert "Odpowiedz 1," in (await ladder.texts())[-1].body


async def test_nobody_is_asked_to_answer_a_name(ladder: Ladder) -> None:
    async with begin(ladder.system, write=True) as uow:
        for row in await uow.list(uow.select(type(await factories.add_sms_gateway(uow)))):
            row.number, row.sender_name = None, "Lawenda"
    await ladder.call()
    [text] = await ladder.texts()
    assert "Odpowiedz" not in text.body


@pytest.mark.parametrize("how", ["button", "opened", "done"])
async def test_whoever_takes_it_ends_it(ladder: Ladder, how: str) -> None:
    call, ewa = await ladder.call(), ladder.people[1]
    async with begin(ewa, write=True) as uow:
        if how == "button":
            await escalations.acknowledge(uow, call.id)
        elif how == "opened":
            await escalations.note_opened(uow, call.id)
    if how == "done":
        await ladder.finish(call, ewa)
    await ladder.wait(hours=1)
    seen = await ladder.seen(call)
    assert (seen.state, seen.acknowledged_by, seen.acknowledged_by_id) == ("acknowledged", how, ewa.user_id)
    assert await ladder.told() == [OLA]
    assert seen.rungs[0].failure is Failure.WITHDRAWN, "what had not left says what is not true any more"


async def test_taken_is_whose_it_is(ladder: Ladder) -> None:
    call = await ladder.call()
    for who in reversed(ladder.people):
        async with begin(who, write=True) as uow:
            await escalations.acknowledge(uow, call.id)
    async with begin(ladder.system) as uow:
        assert (await uow.get(Conversation, call.id)).follow_up_assignee_id == ladder.people[1].user_id
    assert (await ladder.seen(call)).acknowledged_by_id == ladder.people[1].user_id


async def test_two_at_once_are_one(ladder: Ladder) -> None:
    call = await ladder.call()

    async def take(who: actor.Actor) -> Any:
        async with begin(who, write=True) as uow:
            return (await escalations.acknowledge(uow, call.id)).acknowledged_by_id

    first, second = await asyncio.gather(*map(take, ladder.people))
    assert first == second


async def test_late_is_better_than_never(ladder: Ladder) -> None:
    call = await ladder.call()
    for _ in ladder.people:
        await ladder.wait(minutes=5)
    async with begin(ladder.people[0], write=True) as uow:
        row = await escalations.get(uow, call.id)
        assert escalations.waits_for(row, uow.user_id)
        await escalations.note_opened(uow, call.id)
    assert (await ladder.seen(call)).acknowledged_by is AcknowledgedBy.OPENED


async def test_not_urgent_any_more_ends_it(ladder: Ladder) -> None:
    call = await ladder.call()
    async with begin(ladder.system, write=True) as uow:
        patch = ConversationPatch.model_validate({"followUp": {"urgency": "normal"}})
        await conversations.update(uow, call.id, patch)
    assert (await ladder.seen(call)).state is EscalationState.WITHDRAWN
    await ladder.wait(hours=1)
    assert await ladder.told() == [OLA]


@pytest.mark.parametrize("urgency", [Urgency.LOW, Urgency.NORMAL])
async def test_only_what_is_urgent(ladder: Ladder, urgency: Urgency) -> None:
    assert await ladder.shown(await ladder.call(urgency=urgency)) is None


async def test_whoever_calls_it_urgent_knows_of_it(ladder: Ladder) -> None:
    call = await ladder.call(urgency=Urgency.NORMAL)
    async with begin(ladder.people[0], write=True) as uow:
        patch = ConversationPatch.model_validate({"followUp": {"urgency": "high"}})
        await conversations.update(uow, call.id, patch)
    assert await ladder.shown(call) is None


async def test_without_a_list_nobody_is_told(ladder: Ladder) -> None:
    await ladder.set(userIds=[])
    assert await ladder.shown(await ladder.call()) is None


async def test_blocked_late_and_test_calls_wake_nobody(ladder: Ladder) -> None:
    client = await factories.client(ladder.agent.organization_id)
    async with begin(ladder.system, write=True) as uow:
        (await uow.get(Client, client.id)).blocked_at = uow.now
    assert await ladder.shown(await ladder.call()) is None
    long_ago = "2026-11-20T09:00:00Z"
    assert await ladder.shown(await ladder.call("call_2", callerNumber="+48601000222", startedAt=long_ago)) is None


async def test_who_calls_three_times_is_told_of_once_at_a_time(ladder: Ladder) -> None:
    first = await ladder.call()
    await ladder.call("call_2")
    assert await ladder.told() == [OLA]
    await ladder.finish(first, ladder.people[0])
    assert await ladder.shown(await ladder.call("call_3")) is not None
    assert await ladder.told() == [OLA, OLA]


async def test_what_reached_nobody_goes_to_the_next_at_once(ladder: Ladder) -> None:
    call = await ladder.call()
    [text] = await ladder.texts()
    async with begin(ladder.system, write=True) as uow:
        await delivery.fail(uow, await uow.get(Message, text.id, lock=True), Failure.INVALID_RECIPIENT)
    assert await ladder.told() == [OLA, EWA]
    failed = (await ladder.seen(call)).rungs[0]
    assert (failed.channel, failed.failure) == (Channel.EMAIL, Failure.INVALID_RECIPIENT)
    ola = await ladder.address(0)
    assert [mail["subject"] for mail in await mailed(ola)] == ["Pilne: Anna Lis"]
    await ladder.wait(minutes=5)
    seen = await ladder.seen(call)
    assert (seen.state, len(seen.rungs)) == (EscalationState.UNANSWERED, 2)


async def test_without_a_number_by_e_mail(ladder: Ladder) -> None:
    nobody = await factories.member(ladder.agent.organization_id, Role.VIEWER)  # whose address is not proven
    basia = await factories.member(
        ladder.agent.organization_id, Role.VIEWER, email="basia@example.com", email_verified_at=ladder.agent.created_at
    )
    await ladder.set(userIds=[str(nobody.user_id), str(basia.user_id)], minutes=1)
    call = await ladder.call()
    [rung] = (await ladder.seen(call)).rungs
    assert (rung.user_id, rung.channel, rung.status) == (basia.user_id, Channel.EMAIL, None)
    [mail] = await mailed("basia@example.com")
    assert mail["subject"] == "Pilne: Anna Lis"
    assert "Cieknie woda w salonie" in mail["text"]
    assert f"/dashboard/conversations?id={call.id}" in mail["text"]


async def test_who_left_is_told_nothing(ladder: Ladder) -> None:
    ola, ewa = ladder.people
    call = await ladder.call()
    async with begin(ola, write=True) as uow:
        await members.remove(uow, uow.organization_id, ewa.user_id or call.id)
    await ladder.wait(minutes=5)
    assert (await ladder.seen(call)).state is EscalationState.UNANSWERED
    await ladder.call("call_2", callerNumber="+48601000222")
    assert await ladder.told() == [OLA, OLA]
    later = await ladder.seen(await ladder.call("call_3", callerNumber="+48601000333"))
    assert later.user_ids == [ola.user_id]


async def test_only_members_can_be_told(ladder: Ladder) -> None:
    stranger = await factories.member((await factories.organization()).id)
    with pytest.raises(Invalid):
        await ladder.set(userIds=[str(stranger.user_id)])


async def test_permissions_and_foreign_calls(ladder: Ladder) -> None:
    call = await ladder.call()
    viewer = await factories.member(ladder.agent.organization_id, Role.VIEWER)
    stranger = await factories.member((await factories.organization()).id)
    for who, error in ((viewer, Forbidden), (stranger, NotFound)):
        with pytest.raises(error):
            async with begin(who, write=True) as uow:
                await escalations.acknowledge(uow, call.id)
    assert (await ladder.seen(call)).state is EscalationState.OPEN


async def test_last_one_whose_number_is_wrong_has_their_minutes(ladder: Ladder) -> None:
    await ladder.set(userIds=[str(ladder.people[0].user_id)])
    call = await ladder.call()
    [text] = await ladder.texts()
    async with begin(ladder.system, write=True) as uow:
        await delivery.fail(uow, await uow.get(Message, text.id, lock=True), Failure.INVALID_RECIPIENT)
    assert (await ladder.seen(call)).state is EscalationState.OPEN
    await ladder.wait(minutes=5)
    assert (await ladder.seen(call)).state is EscalationState.UNANSWERED


async def test_gateways_in_trouble_are_not_relied_on(ladder: Ladder) -> None:
    async with begin(ladder.system, write=True) as uow:
        for row in await uow.list(uow.select(SmsGateway)):
            row.problem = Failure.NO_CREDIT
    await ladder.call()
    assert await ladder.told() == [OLA]
    assert len(await mailed(await ladder.address(0))) == 1


async def test_what_can_be_answered_is_sent_from_a_number(ladder: Ladder) -> None:
    async with begin(ladder.system, write=True) as uow:
        [first] = await uow.list(uow.select(SmsGateway))
        second = await factories.add_sms_gateway(uow)
        first.number, first.sender_name, first.sender_name_status = None, "Lawenda", SenderNameStatus.APPROVED
    await ladder.call()
    [text] = await ladder.texts()
    async with begin(ladder.system, write=True) as uow:
        handover = await delivery._hand_over(uow, await uow.get(Message, text.id, lock=True), [])
    assert handover is not None
    assert (handover.gateway_id, handover.sms.sender) == (second.id, second.number)


async def test_next_call_of_the_client_is_told_when_the_first_is_over(ladder: Ladder) -> None:
    first, second = await ladder.call(), await ladder.call("call_2")
    assert (await ladder.seen(second)).conversation_id == first.id, "the panel of either shows it"
    async with begin(ladder.system, write=True) as uow:
        patch = ConversationPatch.model_validate({"followUp": {"urgency": "normal"}})
        await conversations.update(uow, first.id, patch)
    assert (await ladder.seen(first)).state is EscalationState.WITHDRAWN
    assert (await ladder.seen(second)).conversation_id == second.id
    async with begin(ladder.people[0], write=True) as uow:
        await escalations.note_opened(uow, second.id)
    assert (await ladder.seen(second)).acknowledged_by is AcknowledgedBy.OPENED


async def test_opening_another_call_of_the_client_takes_it(ladder: Ladder) -> None:
    first, second = await ladder.call(), await ladder.call("call_2")
    async with begin(ladder.people[1], write=True) as uow:
        await escalations.note_opened(uow, second.id)
    assert (await ladder.seen(first)).acknowledged_by_id == ladder.people[1].user_id


async def test_numbers_and_dots_are_said_once(ladder: Ladder) -> None:
    await ladder.call(callerNumber="anonymous", callerName=None)
    await ladder.call("call_2", callerNumber="+48601000222", callerName=None)
    bodies = [text.body for text in await ladder.texts()]
    assert bodies[0].startswith("PILNE Numer zastrzezony: Cieknie woda w salonie. Odpowiedz 1, ")
    assert bodies[1].startswith("PILNE 601 000 222: Cieknie woda w salonie. Odpowiedz 2, ")


@pytest.mark.parametrize("is_taken", [True, False])
async def test_who_was_not_reached_by_it_is_told_of_the_call_as_usual(ladder: Ladder, is_taken: bool) -> None:
    """One SMS about a call is enough, but one that was taken back is none."""
    async with begin(ladder.people[0], write=True) as uow:
        await preferences.update_mine(uow, NotificationPreferencesPatch.model_validate({"smsCalls": "all"}))
    call = await ladder.call()
    if is_taken:
        async with begin(ladder.people[1], write=True) as uow:
            await escalations.acknowledge(uow, call.id)
    await ladder.hang_up("call_1")
    assert await ladder.told() == ([OLA, OLA] if is_taken else [OLA])
