"""The SMS to somebody whose call was missed: at once, and not again for a while."""

from datetime import timedelta

from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.text.i18n import language
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations.events import FollowUpChanged
from sekretarka.domain.conversations.models import Conversation, Direction, FollowUpState, Status
from sekretarka.domain.messages import sending
from sekretarka.domain.messages.models import Channel, Message
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.domain.organizations import days
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Template

# Who was missed earlier has been called back, or called again: a call that is told of late is not texted.
LATE_AFTER = timedelta(minutes=10)
ONCE_IN = timedelta(hours=12)


async def on_follow_up_changed(uow: UnitOfWork, event: FollowUpChanged) -> None:
    """Text a caller whose call was just missed, unless the organization has switched that off, they are blocked, or got
    such a text lately. Landlines, quiet hours and STOP are the sender's business. The caller's line is held."""
    call = await uow.get(Conversation, event.conversation_id)
    if not _was_just_missed(uow, call) or call.client_id is None or call.caller_number is None:
        return
    if not (await days.current_organization(uow)).messaging["textBack"]:
        return
    client = await uow.get(Client, call.client_id)
    if client.blocked_at is not None or await uow.one_or_none(_texted(uow, call.caller_number)) is not None:
        return
    text = await templates.compose(uow, Template.MISSED_CALL, language(client.language), Channel.SMS)
    if text is None:
        return
    outgoing = Outgoing(
        channel=Channel.SMS,
        to=call.caller_number,
        body=text.body,
        key=f"{Template.MISSED_CALL}:{call.id}",
        template=Template.MISSED_CALL,
        client_id=client.id,
        conversation_id=call.id,
    )
    await sending.queue(uow, outgoing)


def _was_just_missed(uow: UnitOfWork, call: Conversation) -> bool:
    """Whether it waits for somebody, too: spam, tests and what was done already do not."""
    is_missed = call.status is Status.MISSED and call.direction is Direction.INBOUND
    waits = call.follow_up_state is FollowUpState.OPEN and not call.is_test
    return is_missed and waits and (call.ended_at or call.started_at) > uow.now - LATE_AFTER


def _texted(uow: UnitOfWork, number: str) -> SelectOfScalar[Message]:
    return uow.select(Message).where(
        Message.direction == Direction.OUTBOUND,
        Message.template == Template.MISSED_CALL,
        Message.recipient == number,
        Message.created_at > uow.now - ONCE_IN,
    )
