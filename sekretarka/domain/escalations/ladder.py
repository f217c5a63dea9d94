"""The urgent ladder: one user is told of an urgent call at once, the next when nobody has taken it by then.

Each rung is one transaction: the row says whose turn it was, the message and the job of the next rung are written with
it. So a crash repeats nothing and loses nothing (decision 0046). Calls are locked before escalations, everywhere.
"""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, JobPayload, Lane
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.text.i18n import Language, language, translate
from sekretarka.domain.accounts.email_templates import without_links
from sekretarka.domain.accounts.models import User
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import follow_ups
from sekretarka.domain.conversations.events import UPDATED, FollowUpChanged
from sekretarka.domain.conversations.models import Conversation, Direction, FollowUpState, Urgency
from sekretarka.domain.escalations.models import UNTAKEN, AcknowledgedBy, Escalation, EscalationRung, EscalationState
from sekretarka.domain.messages import gateways, policy, sending
from sekretarka.domain.messages.callbacks import ANSWERED_WITHIN
from sekretarka.domain.messages.events import MessageFailed
from sekretarka.domain.messages.models import ESCALATION, Channel, Failure, Message
from sekretarka.domain.notifications import calls as notifications
from sekretarka.domain.notifications import service as preferences
from sekretarka.domain.notifications.calls import LATE_AFTER, Told
from sekretarka.domain.organizations import days

LONGEST_SUMMARY = 120
LONGEST = timedelta(hours=6)  # more than all on a list have


class ClimbLadder(JobPayload):
    """Time is up for whoever was told of an urgent call: next is the one at `position`, if nobody has taken it."""

    job_name = "escalations.climb"
    lane = Lane.URGENT

    escalation_id: UUID
    position: int


async def on_follow_up_changed(uow: UnitOfWork, event: FollowUpChanged) -> None:
    """Begin to tell of a call that has become urgent, once; end it when it is not any more. Whoever sets it to urgent
    by hand knows of it already."""
    call = await uow.get(Conversation, event.conversation_id)
    row = await uow.one_or_none(of_call(uow, call.id).with_for_update())
    if call.follow_up_state is FollowUpState.OPEN and call.follow_up_urgency is Urgency.HIGH:
        if row is None and uow.actor.kind != "user" and await _is_to_be_told(uow, call):
            await _begin(uow, call)
    elif row is not None and row.state is EscalationState.OPEN:
        is_done = uow.actor.kind == "user" and call.follow_up_state is FollowUpState.DONE
        if is_done:
            await acknowledge(uow, row, AcknowledgedBy.DONE, uow.actor.user_id)
        else:
            await _end(uow, row, EscalationState.WITHDRAWN)
            await _begin_another(uow, call)


async def _is_to_be_told(uow: UnitOfWork, call: Conversation) -> bool:
    """Whether it just came in, from somebody who is not blocked and about whom nobody is being told already."""
    if call.is_test or call.direction is Direction.OUTBOUND:
        return False
    if (call.ended_at or call.started_at) < uow.now - LATE_AFTER:
        return False
    if call.client_id is None:
        return True
    if (await uow.get(Client, call.client_id)).blocked_at is not None:
        return False
    return await uow.one_or_none(open_of_client(uow, call.client_id)) is None


async def _begin_another(uow: UnitOfWork, call: Conversation) -> None:
    """Tell of the client's next urgent call, which was not told of while this one was."""
    waiting = await follow_ups.open_calls(uow, call.client_id, call.id)
    for other in waiting:
        is_new = await uow.one_or_none(of_call(uow, other.id)) is None
        if other.follow_up_urgency is Urgency.HIGH and is_new and await _is_to_be_told(uow, other):
            await _begin(uow, other)
            return


async def _begin(uow: UnitOfWork, call: Conversation) -> None:
    rules = (await days.current_organization(uow)).escalation
    if not rules["userIds"]:
        return
    fresh = Escalation(
        id=new_id(),
        organization_id=uow.organization_id,
        created_at=uow.now,
        updated_at=uow.now,
        conversation_id=call.id,
        user_ids=rules["userIds"],
        minutes=rules["minutes"],
    )
    unique = ("organization_id", "conversation_id")
    row, created = await uow.get_or_insert(lambda: uow.one_or_none(of_call(uow, call.id)), fresh, unique)
    if created:
        await _climb(uow, row, call)


async def climb(job: ClaimedJob[ClimbLadder]) -> None:
    """See `ClimbLadder`. Nothing when the one at `position` had their turn, or the call is gone."""
    async with begin(actor.system(job.organization_id), write=True) as uow:
        await _climb_from(uow, job.payload.escalation_id, job.payload.position)


async def on_message_failed(uow: UnitOfWork, event: MessageFailed) -> None:
    """The SMS about it reached nobody: its user gets an e-mail, and the next one is told at once."""
    of_message = uow.select(EscalationRung).where(EscalationRung.message_id == event.message_id)
    rung = await uow.one_or_none(of_message)
    locked = await _lock(uow, rung.escalation_id) if rung else None
    if rung is None or locked is None or locked[0].state not in UNTAKEN:
        return
    row, call = locked
    user = (await _members(uow)).get(rung.user_id)  # type: ignore[arg-type]
    if user is not None and policy.has_mail():
        rung.channel = Channel.EMAIL
        await _mail(uow, row, rung.position, user, await notifications.told(uow, call))
        _changed(uow, row)
    if row.state is EscalationState.OPEN and rung.position + 1 == row.position < len(row.user_ids):
        await _climb(uow, row, call)


async def _climb_from(uow: UnitOfWork, escalation_id: UUID, position: int) -> None:
    locked = await _lock(uow, escalation_id)
    if locked and locked[0].state is EscalationState.OPEN and locked[0].position == position:
        await _climb(uow, *locked)


async def _lock(uow: UnitOfWork, escalation_id: UUID) -> tuple[Escalation, Conversation] | None:
    seen = await uow.one_or_none(uow.select(Escalation).where(Escalation.id == escalation_id))
    if seen is None:
        return None
    call = await uow.get(Conversation, seen.conversation_id, lock=True)
    return await uow.get(Escalation, escalation_id, lock=True), call


async def _members(uow: UnitOfWork) -> dict[UUID, User]:
    return {recipient.user.id: recipient.user for recipient in await preferences.recipients(uow)}


async def _climb(uow: UnitOfWork, row: Escalation, call: Conversation) -> None:
    """Tell the next user who can be told, and have the one after them told in time; without any it ends."""
    members = await _members(uow)
    told = await notifications.told(uow, call)
    while row.position < len(row.user_ids):
        position, user = row.position, members.get(UUID(row.user_ids[row.position]))
        row.position += 1
        rung = await _tell(uow, row, position, user, told) if user else None
        if rung is not None:
            uow.add(rung)
            _changed(uow, row)
            next_turn = ClimbLadder(escalation_id=row.id, position=row.position)
            key = f"{ClimbLadder.job_name}:{row.id}:{row.position}"
            await uow.enqueue(next_turn, run_after=uow.now + timedelta(minutes=row.minutes), key=key)
            return
    await _end(uow, row, EscalationState.UNANSWERED)


async def _tell(uow: UnitOfWork, row: Escalation, position: int, user: User, told: Told) -> EscalationRung | None:
    """By SMS if that can be sent, else by e-mail, by both when the gateways are in trouble; None when neither can.
    Whoever does not want to be disturbed is told all the same: that is what the list is for."""
    lang = language(user.language)
    rung = EscalationRung(
        id=new_id(),
        organization_id=uow.organization_id,
        escalation_id=row.id,
        position=position,
        user_id=user.id,
        channel=Channel.SMS,
        told_at=uow.now,
    )
    if user.phone:
        if await gateways.can_be_answered(uow):
            rung.code = await _free_code(uow, user.phone)
        body = _text(told, lang, rung.code)
        message = await text_user(uow, user.phone, body, f"escalation:{row.id}:{position}", row.conversation_id)
        rung.message_id = message.id if isinstance(message, Message) else None
    is_texted = rung.message_id is not None
    if not is_texted:
        rung.channel, rung.code = Channel.EMAIL, None
    if policy.has_mail() and not (is_texted and await gateways.is_working(uow)):
        await _mail(uow, row, position, user, told)
        return rung
    return rung if is_texted else None


async def _mail(uow: UnitOfWork, row: Escalation, position: int, user: User, told: Told) -> None:
    await notifications.mail_user(uow, "escalation", user, told, f"escalation:{row.id}:{position}")


async def _free_code(uow: UnitOfWork, number: str) -> int:
    """What is answered from that number: 1, unless that answers another call that was told of lately."""
    await uow.wait_for_advisory_lock(f"escalations:{uow.organization_id}:{number}")
    used = {rung.code for rung in await uow.list(told_lately(uow, number))}
    return next(code for code in count(1) if code not in used)


def told_lately(uow: UnitOfWork, number: str) -> SelectOfScalar[EscalationRung]:
    """The SELECT of the rungs that can still be answered from that number."""
    by_sms = uow.select(EscalationRung).join(Message, col(Message.id) == EscalationRung.message_id)
    return by_sms.where(Message.recipient == number, EscalationRung.told_at > uow.now - ANSWERED_WITHIN)


def _text(told: Told, lang: Language, code: int | None) -> str:
    """Without a code it cannot be answered."""
    return translate(
        lang,
        "escalation.sms" if code else "escalation.sms_link",
        code=code or "",
        who=who(told, lang),
        summary=without_links(told.summary or told.what(lang), LONGEST_SUMMARY).rstrip("."),
        link=told.link,
    )


def who(told: Told, lang: Language) -> str:
    """Name and number (E.164), as far as they are known."""
    name = without_links(told.name or "")
    return f"{name} {told.number}" if name and told.number else told.who(lang)


async def text_user(
    uow: UnitOfWork, number: str, body: str, key: str, conversation_id: UUID | None
) -> Message | Failure:
    """Queue an SMS about an urgent call to one of our users, ahead of what is sent to clients."""
    about: dict[str, Any] = {"conversation_id": conversation_id, "template": ESCALATION, "is_urgent": True}
    return await notifications.text_user(uow, number, body, key=key, **about)


async def acknowledge(uow: UnitOfWork, row: Escalation, by: AcknowledgedBy, user_id: UUID | None) -> None:
    """Somebody takes it: nobody else is told. The row is locked."""
    row.acknowledged_by, row.acknowledged_by_id = by, user_id
    await _end(uow, row, EscalationState.ACKNOWLEDGED)


async def _end(uow: UnitOfWork, row: Escalation, state: EscalationState) -> None:
    """What has not left by now says what is not true any more."""
    row.state, row.ended_at = state, uow.now
    if state is not EscalationState.UNANSWERED:
        rungs = await uow.list(uow.select(EscalationRung).where(EscalationRung.escalation_id == row.id))
        await sending.take_back(uow, [rung.message_id for rung in rungs if rung.message_id])
    _changed(uow, row)


def _changed(uow: UnitOfWork, row: Escalation) -> None:
    uow.bump_version(row)
    uow.notify_live(UPDATED, {"id": str(row.conversation_id)})


def of_call(uow: UnitOfWork, conversation_id: UUID) -> SelectOfScalar[Escalation]:
    """The SELECT of a call's escalation."""
    return uow.select(Escalation).where(Escalation.conversation_id == conversation_id)


def open_of_client(uow: UnitOfWork, client_id: UUID) -> SelectOfScalar[Escalation]:
    """The SELECT of what is being told of a client's calls now; what is open for longer than any list lasts is not."""
    of_calls = uow.select(Escalation).join(Conversation, col(Conversation.id) == Escalation.conversation_id)
    return of_calls.where(
        Conversation.client_id == client_id,
        Escalation.state == EscalationState.OPEN,
        Escalation.created_at > uow.now - LONGEST,
    )
