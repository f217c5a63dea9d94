"""The digest of the evening: what is still to do, by urgency."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from textwrap import shorten
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, Job, JobPayload
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.text import phone
from sekretarka.core.text.i18n import Language, language, local, translate
from sekretarka.domain.accounts import mail
from sekretarka.domain.accounts.models import User
from sekretarka.domain.messages import policy
from sekretarka.domain.notifications import service
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Task, TaskState, Urgency
from sekretarka.domain.tasks.schemas import TaskView

EVENING = time(19)
NAMED = 5  # of each urgency
LONGEST_NAME = 36  # an email's value has 200 characters


class SendDigest(JobPayload):
    """What an organization has to do on the evening of `day`, to everybody who wants to know."""

    job_name = "notifications.digest"

    day: date


class QueueDigests(JobPayload):
    """Each organization gets its digest once in the evening of its own day."""

    job_name = "schedule.queue_digests"
    every = timedelta(minutes=5)


async def queue_due() -> None:
    """See `QueueDigests`. The job's key makes it one for each organization and day; who has nothing to do, or nobody to
    tell, gets none."""
    async with begin(actor.system()) as uow:
        waiting = uow.unscoped(select(Task.organization_id).where(Task.state == TaskState.OPEN).distinct())
        busy = (await uow.execute(waiting)).scalars().all()
        rows = await uow.list(select(Organization).where(col(Organization.id).in_(busy)).order_by(col(Organization.id)))
        due = {_key(row.id, day): (row.id, day) for row in rows if (day := _evening_of(uow, row.timezone))}
        queued = set((await uow.execute(sa.select(col(Job.key)).where(col(Job.key).in_(list(due))))).scalars())
    for key, (organization_id, day) in due.items():
        if key not in queued:
            await _queue(organization_id, day)


async def _queue(organization_id: UUID, day: date) -> None:
    async with begin(actor.system(organization_id)) as uow:
        if not any(recipient.preferences.digest for recipient in await service.recipients(uow)):
            return
    async with begin(actor.system(organization_id), write=True) as uow:
        await uow.enqueue(SendDigest(day=day), key=_key(organization_id, day))


def _key(organization_id: UUID, day: date) -> str:
    return f"digest:{organization_id}:{day}"


def _evening_of(uow: UnitOfWork, zone: str) -> date | None:
    now = local(uow.now, zone)
    return now.date() if now.time() >= EVENING else None


async def send(job: ClaimedJob[SendDigest]) -> None:
    """Mail the digest to each member who wants it, in the transaction that is the only one to do so; of an evening
    without anything to do there is none."""
    async with begin(actor.system(job.organization_id), write=True) as uow:
        waiting = await uow.list((await tasks.needing_action(uow)).limit(100))
        if not waiting or not policy.has_mail():
            return
        views, count = await tasks.view(uow, *waiting), await uow.count(await tasks.needing_action(uow))
        for recipient in await service.recipients(uow):
            if recipient.preferences.digest:
                await _mail(uow, recipient.user, views, count, job)


async def _mail(
    uow: UnitOfWork, user: User, views: Sequence[TaskView], count: int, job: ClaimedJob[SendDigest]
) -> None:
    lang = language(user.language)
    by_urgency = {urgency: [view for view in views if view.urgency is urgency] for urgency in reversed(Urgency)}
    await mail.send(
        uow,
        "digest",
        to=user.email,
        language=lang,
        link=mail.page_url("/dashboard/tasks"),
        key=f"digest:{job.organization_id}:{job.payload.day}:{user.id}",
        count=count,
        **{str(urgency): _names(lang, some) for urgency, some in by_urgency.items()},
    )


def _names(lang: Language, views: Sequence[TaskView]) -> str:
    named = ", ".join(_name(lang, view) for view in views[:NAMED])
    rest = len(views) - NAMED
    return f"{named} {translate(lang, 'notification.more', n=rest)}" if rest > 0 else named or "–"


def _name(lang: Language, view: TaskView) -> str:
    number = phone.format_national(view.caller_number) if view.caller_number else ""
    known = view.name or number or view.note or translate(lang, f"task.{view.kind}")
    return shorten(known, LONGEST_NAME, placeholder="…")
