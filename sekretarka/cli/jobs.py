"""`jobs`: what waits in the queue and what failed for good, by lane; running one again, dropping one."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from sekretarka.cli import schema, startup

if TYPE_CHECKING:
    from sekretarka.core.database.jobs import Job
    from sekretarka.core.database.unit_of_work import UnitOfWork
    from sekretarka.jobs.inspection import LaneState

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(invoke_without_command=True)
@click.option("--lane", help="Only the jobs of this lane.")
@click.option("--dead", is_flag=True, help="Only those that failed for good.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Most jobs to list.")
@as_json
@click.pass_context
def jobs(context: click.Context, lane: str | None, dead: bool, limit: int, as_json: bool) -> None:
    """List the jobs that wait and those that failed for good, dead, with the reason of the last failure."""
    if context.invoked_subcommand is not None:
        return
    settings = startup.load_settings()
    from sekretarka.core import actor
    from sekretarka.core.database.jobs import JobState, Lane
    from sekretarka.core.database.unit_of_work import begin
    from sekretarka.jobs import inspection

    if lane is not None and lane not in set(Lane):
        raise startup.WrongUse(f"--lane: one of {', '.join(Lane)}")
    schema.ensure_migrated(settings)

    async def read() -> None:
        async with begin(actor.system()) as uow:
            lanes = await inspection.lanes(uow)
            chosen = Lane(lane) if lane else None
            listed = await inspection.unfinished(uow, chosen, JobState.DEAD if dead else None, limit)
            if as_json:
                answer = {"lanes": [_lane(each) for each in lanes], "jobs": [_job(job) for job in listed]}
                startup.show(answer, as_json=True)
            else:
                _print([("lane", "waiting", "due for", "dead"), *(_lane_line(each, uow.now) for each in lanes)])
                click.echo()
                _print([("id", "lane", "job", "tried", "due", "reason"), *(_job_line(job, uow.now) for job in listed)])

    startup.run(read())


@jobs.command()
@click.argument("job_id", type=click.UUID)
def retry(job_id: UUID) -> None:
    """Run the dead job JOB_ID again with all its attempts, or one that waits without waiting longer."""
    schema.ensure_migrated(startup.load_settings())
    from sekretarka.jobs import inspection

    job = _changed(inspection.retry, job_id, "it is due within a minute, or a worker has it just now")
    startup.print_status(f"{job.name} {job.id} is due now")


@jobs.command()
@click.argument("job_id", type=click.UUID)
def drop(job_id: UUID) -> None:
    """Delete the job JOB_ID: what it was for is not done."""
    schema.ensure_migrated(startup.load_settings())
    from sekretarka.jobs import inspection

    job = _changed(inspection.drop, job_id, "it belongs to the schedule, which would make it again")
    startup.print_status(f"{job.name} {job.id} is dropped")


def _changed(change: "Callable[[UnitOfWork, UUID], Awaitable[Job]]", job_id: UUID, conflict: str) -> "Job":
    from sekretarka.core import actor
    from sekretarka.core.database.unit_of_work import begin
    from sekretarka.core.errors import InvalidStateTransition, NotFound

    async def commit() -> "Job":
        async with begin(actor.system(), write=True) as uow:
            return await change(uow, job_id)

    try:
        return startup.run(commit())
    except NotFound:
        raise startup.Failed(f"no job {job_id} waits or is dead") from None
    except InvalidStateTransition:
        raise startup.Failed(f"{job_id} stays as it is: {conflict}") from None


def _lane(state: "LaneState") -> dict[str, Any]:
    from sekretarka.core.runtime import clock

    due_since = clock.to_json(state.due_since) if state.due_since else None
    return {"lane": state.lane, "waiting": state.waiting, "dueSince": due_since, "dead": state.dead}


def _lane_line(state: "LaneState", now: datetime) -> tuple[str, ...]:
    is_due = state.due_since is not None and state.due_since <= now
    age = f"{int((now - state.due_since).total_seconds())} s" if is_due and state.due_since else "-"
    return state.lane, str(state.waiting), age, str(state.dead)


def _job(job: "Job") -> dict[str, Any]:
    from sekretarka.core.runtime import clock

    return {
        "id": str(job.id),
        "lane": job.lane,
        "name": job.name,
        "state": job.state,
        "organizationId": str(job.organization_id) if job.organization_id else None,
        "attempts": job.attempts,
        "createdAt": clock.to_json(job.created_at),
        "runAfter": clock.to_json(job.run_after),
        "reason": job.reason,
    }


def _job_line(job: "Job", now: datetime) -> tuple[str, ...]:
    wait = int((job.run_after - now).total_seconds())
    when = "dead" if job.settled_at else f"in {wait} s" if wait > 0 else f"for {-wait} s"
    return str(job.id), job.lane, job.name, f"{job.attempts} times", when, job.reason or ""


def _print(lines: "list[tuple[str, ...]]") -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())
