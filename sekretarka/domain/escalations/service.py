"""Escalations as people see and end them: what happened, and taking a call on."""

from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text.i18n import language, translate
from sekretarka.domain.accounts.models import User
from sekretarka.domain.conversations import follow_ups
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Urgency
from sekretarka.domain.escalations import ladder
from sekretarka.domain.escalations.models import UNTAKEN, AcknowledgedBy, Escalation, EscalationRung
from sekretarka.domain.escalations.schemas import EscalationView, RungView
from sekretarka.domain.messages import callbacks
from sekretarka.domain.messages.events import InternalReplyReceived
from sekretarka.domain.messages.models import Message
from sekretarka.domain.notifications import calls as notifications
from sekretarka.domain.notifications import service as preferences


async def find(uow: UnitOfWork, conversation_id: UUID) -> Escalation | None:
    """The escalation of a call, or the one of an earlier call of the same client that it is part of; None when nobody
    was told. `NotFound` for the call."""
    call = await conversations.get(uow, conversation_id)
    own = await uow.one_or_none(ladder.of_call(uow, conversation_id))
    if own is not None or call.client_id is None or call.follow_up_urgency is not Urgency.HIGH:
        return own
    return await uow.one_or_none(ladder.open_of_client(uow, call.client_id))


async def get(uow: UnitOfWork, conversation_id: UUID) -> Escalation:
    """The escalation of a call; `NotFound` when nobody was told, too."""
    row = await find(uow, conversation_id)
    if row is None:
        raise NotFound
    return row


async def view(uow: UnitOfWork, row: Escalation) -> EscalationView:
    """What happened, in order."""
    of_row = uow.select(EscalationRung).where(EscalationRung.escalation_id == row.id)
    rungs = await uow.list(of_row.order_by(col(EscalationRung.position)))
    ids = [rung.message_id for rung in rungs]
    messages = {message.id: message for message in await uow.list(uow.select(Message).where(col(Message.id).in_(ids)))}
    shown = [RungView.of(rung, messages.get(rung.message_id)) for rung in rungs]  # type: ignore[arg-type]
    return EscalationView.of(row, shown)


async def acknowledge(uow: UnitOfWork, conversation_id: UUID) -> Escalation:
    """Take a call on: nobody else is told of it, and what is to do is the user's unless it is somebody's. Nothing
    changes when it was taken or needs nothing more. `NotFound`."""
    uow.require(Permission.CONVERSATIONS_WRITE)
    row = await get(uow, conversation_id)
    if uow.actor.kind != "user":
        return await _take(uow, row.conversation_id, AcknowledgedBy.PROGRAM, None)
    return await _take(uow, row.conversation_id, AcknowledgedBy.BUTTON, uow.user_id)


async def note_opened(uow: UnitOfWork, conversation_id: UUID) -> None:
    """A user sees the call: if they are on its list, nobody else need be told. `NotFound` for the call."""
    row = await find(uow, conversation_id)
    if row is not None and waits_for(row, uow.user_id):
        await _take(uow, row.conversation_id, AcknowledgedBy.OPENED, uow.user_id)


def waits_for(row: Escalation, user_id: UUID | None) -> bool:
    """Whether nobody has taken the call and the user is one of those who are told of it."""
    return row.state in UNTAKEN and str(user_id) in row.user_ids


async def _take(uow: UnitOfWork, conversation_id: UUID, by: AcknowledgedBy, user_id: UUID | None) -> Escalation:
    call = await uow.get(Conversation, conversation_id, lock=True)
    row = await uow.one_or_none(ladder.of_call(uow, conversation_id).with_for_update())
    if row is None:
        raise NotFound
    if row.state not in UNTAKEN:
        return row
    await ladder.acknowledge(uow, row, by, user_id)
    if user_id is not None and by is not AcknowledgedBy.OPENED and call.follow_up_assignee_id is None:
        await follow_ups.change(uow, [call], {"assignee_id": user_id})
    return row


async def on_internal_reply(uow: UnitOfWork, event: InternalReplyReceived) -> None:
    """Who was told and answers the code takes the call on, and is answered what came of it."""
    reply = await uow.get(Message, event.message_id)
    code = callbacks.code_in(reply.body)
    if code is None or reply.sender is None:
        return
    told = ladder.told_lately(uow, reply.sender).where(EscalationRung.code == code)
    rung = await uow.one_or_none(told.order_by(col(EscalationRung.told_at).desc()))
    people = {recipient.user.id: recipient.user for recipient in await preferences.recipients(uow)}
    user = people.get(rung.user_id) if rung else None  # type: ignore[arg-type]
    if rung is None or user is None:  # who has left the organization takes nothing on
        return
    seen = await uow.get(Escalation, rung.escalation_id)
    row = await _take(uow, seen.conversation_id, AcknowledgedBy.SMS, user.id)
    # Once to each user and call, so that two machines do not answer each other.
    key = f"escalation:{row.id}:answer:{user.id}"
    body = await _body(uow, row, user, people.get(row.acknowledged_by_id))  # type: ignore[arg-type]
    await ladder.text_user(uow, reply.sender, body, key, row.conversation_id)


async def _body(uow: UnitOfWork, row: Escalation, user: User, taker: User | None) -> str:
    lang = language(user.language)
    told = await notifications.told(uow, await uow.get(Conversation, row.conversation_id))
    who = ladder.who(told, lang)
    if row.acknowledged_by_id == user.id:
        return translate(lang, "escalation.yours", who=who)
    return (
        translate(lang, "escalation.taken", who=who, by=taker.name)
        if taker
        else translate(lang, "escalation.over", who=who)
    )
