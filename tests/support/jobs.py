"""Queued jobs as tests see them: what there is, and a worker's round by hand that shows the emails it would send."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, Job
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts.mail import SendMail
from sekretarka.jobs import runner
from sekretarka.jobs.queue import JobHandler
from sekretarka.jobs.registry import JOB_HANDLERS


async def jobs() -> list[Job]:
    """Every job but those of the schedule, oldest first."""
    return await _list(~col(Job.name).startswith("schedule."))


async def scheduled() -> list[Job]:
    """The rows of the schedule, oldest first."""
    return await _list(col(Job.name).startswith("schedule."))


async def _list(which: ColumnElement[bool]) -> list[Job]:
    async with begin(actor.system()) as uow:
        return list(await uow.list(select(Job).where(which).order_by(col(Job.id))))


async def mailed(to: str | None = None) -> list[dict[str, Any]]:
    """Run everything that is due; the emails that would go to the mail server now, `to` somebody or anybody."""
    emails = []

    async def collect(job: ClaimedJob[SendMail]) -> None:
        emails.append(job.payload.model_dump())

    await runner.drain({**JOB_HANDLERS, SendMail.job_name: JobHandler(SendMail, collect)})
    return [email for email in emails if to is None or email["to"] == to]
