"""Queued jobs as tests see them: what there is, and a worker's round by hand that shows the letters it would mail."""

from typing import Any

from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, Job
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts import mail
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS


async def jobs() -> list[Job]:
    """Every job, oldest first."""
    async with begin(actor.system()) as uow:
        return list(await uow.list(select(Job).order_by(col(Job.id))))


async def mailed(to: str | None = None) -> list[dict[str, Any]]:
    """Run everything that is due; the letters that would go to the mail server now, `to` somebody or anybody."""
    letters = []

    async def keep(work: ClaimedJob) -> None:
        letters.append(work.payload)

    await runner.drain({**JOB_HANDLERS, mail.SEND: keep})
    return [letter for letter in letters if to is None or letter["to"] == to]
