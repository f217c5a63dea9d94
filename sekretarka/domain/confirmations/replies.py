"""What clients answer by SMS: TAK confirms the appointment that they were asked about, NIE offers to cancel or move it,
and everything else is for a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.appointments import statuses
from sekretarka.domain.appointments.counting import is_upcoming
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.confirmations import notices
from sekretarka.domain.confirmations.events import AppointmentDeclined, ReplyUnanswered
from sekretarka.domain.messages.callbacks import plain_words
from sekretarka.domain.messages.events import MessageReceived
from sekretarka.domain.messages.models import Channel, Direction, Message, MessageStatus
from sekretarka.domain.templates.models import Template

YES = frozenset(
    {
        *("tak", "tak tak", "ok tak", "tak ok", "tak bede", "tak potwierdzam", "bede", "potwierdzam"),
        *("potwierdzam wizyte", "yes", "ok yes", "yes i confirm", "i confirm"),
    }
)
NO = frozenset(
    {"nie", "nie bede", "nie przyjde", "nie dam rady", "nie moge", "rezygnuje z wizyty", "no", "no i cannot"}
)
ANSWERS = (Template.REPLY_YES, Template.REPLY_NO)
# To one number: two machines that answer each other stop.
MAX_ANSWERS, WINDOW = 5, timedelta(hours=1)


async def on_received(uow: UnitOfWork, event: MessageReceived) -> None:
    """Do what an SMS from a client asks for, if it is plainly an answer; the whole text counts, not a word in it."""
    message = await uow.get(Message, event.message_id)
    words = plain_words(message.body)
    row = await _asked_about(uow, message) if words in YES | NO else None
    if row is None:
        await uow.dispatch(ReplyUnanswered(message.id, event.client_id))
        return
    message.appointment_id = row.id
    if words in YES:
        with _acting_as_client(uow):
            await statuses.confirm(uow, row.id)
        await _answer(uow, message, row, Template.REPLY_YES)
    else:
        await _answer(uow, message, row, Template.REPLY_NO)
        await uow.dispatch(AppointmentDeclined(row.id, message.id))


async def _asked_about(uow: UnitOfWork, message: Message) -> Appointment | None:
    """The appointment that the latest message to this client spoke of, if it is to come and still at that time."""
    told = uow.select(Message).where(
        Message.client_id == message.client_id,
        Message.direction == Direction.OUTBOUND,
        Message.channel == Channel.SMS,
        col(Message.template).in_(notices.OF_A_TIME),
        col(Message.status).in_([MessageStatus.SENT, MessageStatus.DELIVERED]),
    )
    latest = await uow.one_or_none(told.order_by(col(Message.occurred_at).desc(), col(Message.id).desc()))
    if latest is None or latest.appointment_id is None:
        return None
    same = uow.select(Appointment).where(
        Appointment.id == latest.appointment_id,
        Appointment.scheduled_at == latest.appointment_time,
        is_upcoming(uow.now),
    )
    return await uow.one_or_none(same)


async def _answer(uow: UnitOfWork, message: Message, row: Appointment, template: Template) -> None:
    """To the number that wrote, unless that got as many answers as a person would; a name cannot be answered."""
    number = message.sender or ""
    lately = uow.select(Message).where(
        Message.recipient == number,
        Message.direction == Direction.OUTBOUND,
        col(Message.template).in_(ANSWERS),
        Message.created_at > uow.now - WINDOW,
    )
    if number == row.client_phone and await uow.count(lately) < MAX_ANSWERS:
        await notices.send(uow, row, template, key=f"{template}:{message.id}", by_email=False)


@contextmanager
def _acting_as_client(uow: UnitOfWork) -> Iterator[None]:
    """In the history of the appointment it is the client who confirmed."""
    before = uow.actor
    uow.actor = actor.client(uow.organization_id)
    try:
        yield
    finally:
        uow.actor = before
