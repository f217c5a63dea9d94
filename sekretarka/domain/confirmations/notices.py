"""What clients are told of their appointments, and when: each message is decided at the moment it is due.

A change queues a job, and so do the two reminders of the time it brings. A job that finds the appointment moved,
cancelled or begun does nothing, so nothing has to be taken back. What a user did waits as long as they may undo it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, JobPayload, Lane
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Invalid
from sekretarka.core.text.i18n import Language
from sekretarka.core.text.i18n import language as known_language
from sekretarka.domain.appointments import booking
from sekretarka.domain.appointments.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentReopened,
    AppointmentRestored,
)
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, Status
from sekretarka.domain.appointments.undo import UNDO_PERIOD
from sekretarka.domain.clients.models import Client
from sekretarka.domain.confirmations import links, unconfirmed
from sekretarka.domain.confirmations.unconfirmed import ASKS
from sekretarka.domain.messages import policy, sending
from sekretarka.domain.messages.models import Channel, Direction, Failure, Message, MessageStatus
from sekretarka.domain.messages.schemas import MessageSend
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Template

REMINDERS = {Template.REMINDER_DAY: timedelta(hours=24), Template.REMINDER_HOURS: timedelta(hours=2)}
# What speaks of a time, and can be answered by TAK or NIE.
OF_A_TIME = (Template.CONFIRMATION, Template.CHANGE, Template.REMINDER_DAY, Template.REMINDER_HOURS)
MAX_SUBJECT = 255


class NotifyClient(JobPayload):
    """A message about an appointment that is due: `starts_at` is the time it speaks of, `version` the change that it
    tells of, None where it speaks of the time alone."""

    job_name = "confirmations.notify_client"
    lane = Lane.MESSAGES

    appointment_id: UUID
    template: Template
    starts_at: datetime
    version: int | None = None

    @property
    def key(self) -> str:
        """Of the job."""
        return self._key(self.version)

    @property
    def message_key(self) -> str:
        """Of the message, the same for what is told once: only a new time is news at every change that brings it."""
        return self._key(self.version if self.template is Template.CHANGE else None)

    def _key(self, version: int | None) -> str:
        told = (self.template, self.appointment_id, self.starts_at.isoformat(), version or "")
        return ":".join(map(str, told))


async def on_booked(uow: UnitOfWork, event: AppointmentBooked) -> None:
    """Confirm a booking, and plan its reminders."""
    row = await booking.get_appointment(uow, event.appointment_id)
    await _tell(uow, row, Template.CONFIRMATION)
    await _plan_reminders(uow, row)


async def on_moved(uow: UnitOfWork, event: AppointmentMoved) -> None:
    """Tell the new time, and plan its reminders; another staff member or service at the same time is no news."""
    row = await booking.get_appointment(uow, event.appointment_id)
    if row.scheduled_at != event.previous_time:
        await _tell(uow, row, Template.CHANGE, version=row.version)
        await _plan_reminders(uow, row)


async def on_cancelled(uow: UnitOfWork, event: AppointmentCancelled) -> None:
    """Tell of a cancellation whoever did not cancel by their own link."""
    row = await booking.get_appointment(uow, event.appointment_id)
    if uow.actor.kind != "client":
        await _tell(uow, row, Template.CANCELLATION, version=row.version)


async def on_open_again(uow: UnitOfWork, event: AppointmentRestored | AppointmentReopened) -> None:
    """Plan the reminders of an appointment that is to take place after all, with what was due while it was not."""
    row = await booking.get_appointment(uow, event.appointment_id)
    if row.status in OPEN_STATUSES:
        await _plan_reminders(uow, row, since=uow.now - UNDO_PERIOD)
        await unconfirmed.plan_again(uow, row, uow.now - UNDO_PERIOD)


async def _tell(uow: UnitOfWork, row: Appointment, template: Template, version: int | None = None) -> None:
    if row.scheduled_at <= uow.now:
        return
    notice = NotifyClient(appointment_id=row.id, template=template, starts_at=row.scheduled_at, version=version)
    can_be_undone = uow.actor.kind == "user" and template is not Template.CONFIRMATION
    await uow.enqueue(notice, run_after=uow.now + UNDO_PERIOD if can_be_undone else None, key=notice.key)


async def _plan_reminders(uow: UnitOfWork, row: Appointment, since: datetime | None = None) -> None:
    """Those whose time has passed already are not sent; with `since`, those that were due after it are."""
    for template, before in REMINDERS.items():
        due = row.scheduled_at - before
        if due > (since or uow.now):
            notice = NotifyClient(appointment_id=row.id, template=template, starts_at=row.scheduled_at)
            missed = "" if due > uow.now else str(row.version)
            await uow.enqueue(notice, run_after=due, key=notice.key + missed)


async def notify_client(job: ClaimedJob[NotifyClient]) -> None:
    """Write the message of a notice, if it is still true; in the morning, if it can wait until then."""
    notice = job.payload
    async with begin(actor.system(job.organization_id), write=True) as uow:
        row = await booking.get_appointment(uow, notice.appointment_id, lock=True)
        if not _is_true(notice, row, uow.now):
            return
        organization = await days.current_organization(uow)
        until = _postponed_until(notice, organization, uow.now)
        if until is not None:
            await uow.enqueue(notice, run_after=until, key=f"{notice.key}:{until.isoformat()}")
            return
        if notice.template is Template.CHANGE and await _knows(uow, row):
            return
        told = await send(uow, row, notice.template, key=notice.message_key, by_email=True)
        if isinstance(told, Message) and told.failure is Failure.OUTDATED:  # by a change that was taken back since
            again = f"{notice.message_key}:{row.version}"
            told = await send(uow, row, notice.template, key=again, by_email=True)
        if notice.template in ASKS and isinstance(told, Message):
            await unconfirmed.plan(uow, row)


async def _knows(uow: UnitOfWork, row: Appointment) -> bool:
    """Whether the time of an appointment is what its client was told last, or is about to be."""
    waits = sa.and_(col(Message.status) == MessageStatus.PENDING, col(Message.appointment_time) == row.scheduled_at)
    has_left = col(Message.status).in_([MessageStatus.SENT, MessageStatus.DELIVERED])
    told = uow.select(Message).where(
        Message.appointment_id == row.id,
        Message.direction == Direction.OUTBOUND,
        col(Message.template).in_(OF_A_TIME),
        sa.or_(has_left, waits),
    )
    last = await uow.one_or_none(told.order_by(col(Message.occurred_at).desc(), col(Message.id).desc()))
    return last is not None and last.appointment_time == row.scheduled_at


def _is_true(notice: NotifyClient, row: Appointment, now: datetime) -> bool:
    """Whether it can still be said: of this time, to somebody who does not know it."""
    if row.scheduled_at != notice.starts_at or row.scheduled_at <= now:
        return False
    if notice.template is Template.CANCELLATION:
        return row.status is Status.CANCELLED
    if row.status not in OPEN_STATUSES or (notice.template in ASKS and row.status is Status.CONFIRMED):
        return False
    # Late, as nothing was sent for hours: the next reminder is about to say the same.
    return notice.template is not Template.REMINDER_DAY or row.scheduled_at - now > REMINDERS[Template.REMINDER_HOURS]


def _postponed_until(notice: NotifyClient, organization: Organization, now: datetime) -> datetime | None:
    """When a question is asked that would be asked at night: until then it may be answered. What else is said at night
    is postponed when it is sent."""
    if notice.template not in ASKS or notice.starts_at - now <= policy.SOON:
        return None
    return policy.is_quiet_until(organization.messaging, organization.timezone, now)


async def send(
    uow: UnitOfWork, row: Appointment, template: Template, *, key: str, by_email: bool
) -> Message | Failure | None:
    """Queue a message to the client of an appointment: as SMS to a mobile number, else, with `by_email`, as e-mail, and
    also where no SMS can be sent at all. Why it was not, or None where there is no way or the template is off. `key`
    makes repeats one message."""
    client = await uow.get(Client, row.client_id) if row.client_id else None
    language = known_language(client.language if client else None)
    outcome: Message | Failure | None = None
    for way in await _ways(uow, row, by_email=by_email):
        outgoing = await _outgoing(uow, row, template, language, way, key)
        if outgoing is None:
            return None
        outcome = await sending.queue(uow, outgoing)
        if outcome is not Failure.NO_GATEWAY:
            break
    return outcome


async def send_by_hand(uow: UnitOfWork, data: MessageSend) -> Message:
    """Send what a person or a program wrote, or a template of an appointment. `Invalid` and `CannotSend` as
    `sending.prepare` and `sending.write`; `Invalid` also for a template without appointment or one that is off."""
    wanted = await sending.prepare(uow, data)
    if data.template is not None:
        if wanted.appointment_id is None:
            raise Invalid.field(["body", "appointmentId"], "missing", "Say which appointment it is about")
        row = await booking.get_appointment(uow, wanted.appointment_id)
        client = await uow.get(Client, row.client_id) if row.client_id else None
        language, way = known_language(client.language if client else None), (wanted.channel, wanted.to)
        composed = await _outgoing(uow, row, data.template, language, way, wanted.key)
        if composed is None:
            raise Invalid.field(["body", "template"], "switched_off", "This template is not sent in this way")
        wanted = replace(composed, client_id=wanted.client_id, at=wanted.at)
        if data.template in ASKS:
            await unconfirmed.plan(uow, row)
    return await sending.write(uow, wanted)


async def _ways(uow: UnitOfWork, row: Appointment, *, by_email: bool) -> list[tuple[Channel, str]]:
    organization, number = await days.current_organization(uow), row.client_phone
    ways = []
    if number and policy.refusal_of_number(number, organization) is None:
        ways.append((Channel.SMS, number))
    if by_email and row.client_email:
        ways.append((Channel.EMAIL, row.client_email))
    return ways


async def _outgoing(
    uow: UnitOfWork, row: Appointment, template: Template, language: Language, way: tuple[Channel, str], key: str
) -> Outgoing | None:
    """The message of a template; None when that is switched off."""
    channel, to = way
    composed = await templates.compose(uow, template, language, channel, row, links.issue(uow, row.id))
    if composed is None:
        return None
    return Outgoing(
        channel=channel,
        to=to,
        body=composed.body,
        key=f"{key}:{channel}",
        subject=composed.subject and composed.subject[:MAX_SUBJECT],
        template=template,
        client_id=row.client_id,
        appointment_id=row.id,
        # A cancellation is true as long as there is no appointment.
        appointment_time=None if template is Template.CANCELLATION else row.scheduled_at,
    )
