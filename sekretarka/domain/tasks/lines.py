"""Rows of tasks: one is open of each line, each change is counted, placed, searchable and told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.core.text import search_text
from sekretarka.domain.tasks.models import Kind, Resolution, Task, TaskState, Urgency

CREATED, UPDATED = "task.created", "task.updated"
CALLS, REPLIES, FAILED, QUESTIONS = "calls", "replies", "failed", "questions"
DECLINED, CONFIRM = "declined", "confirm"


def line_name(group: str, subject_id: UUID) -> str:
    """What a task's `line` is called: what it collects, and of whom or what."""
    return f"{group}:{subject_id}"


async def hold(uow: UnitOfWork, line: str | None) -> None:
    """Until the unit of work ends nobody else opens, changes or finishes a task of this line. Whoever locks calls, too,
    does so before, and rows of tasks after: always in one order, no two wait for each other."""
    if line is not None:
        await uow.wait_for_advisory_lock(f"tasks:{uow.organization_id}:{line}")


async def find_open(uow: UnitOfWork, line: str) -> Task | None:
    """The open task of a line, held and locked, or None."""
    await hold(uow, line)
    of_line = uow.select(Task).where(Task.line == line, Task.state == TaskState.OPEN)
    return await uow.one_or_none(of_line.with_for_update())


def new(uow: UnitOfWork, line: str | None, kind: Kind = Kind.OWN) -> Task:
    """A task that is not written yet: `change` fills and adds it."""
    return Task(id=new_id(), organization_id=uow.organization_id, line=line, kind=kind, version=0, last_at=uow.now)


def change(uow: UnitOfWork, row: Task, values: Mapping[str, Any]) -> None:
    """Set columns of a row, new or locked by its line; what is the same already counts as no change. Something more
    that folds into it ends its snooze."""
    before = set(row.folded_ids)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    reopened = row.state is TaskState.OPEN and row.done_at is not None
    if not changed and not reopened and row.version:
        return
    for name, value in changed.items():
        setattr(row, name, value)
    if set(row.folded_ids) - before:
        row.snoozed_until = None
    if reopened:
        row.done_at = row.resolution = None
    _write(uow, row)


def finish(uow: UnitOfWork, row: Task, resolution: Resolution) -> None:
    """Set an open task to done."""
    row.state, row.resolution, row.done_at, row.snoozed_until = TaskState.DONE, resolution, uow.now, None
    _write(uow, row)


def _write(uow: UnitOfWork, row: Task) -> None:
    row.position = _position(row)
    row.search = search_text.searchable("\n".join(filter(None, (row.note, row.caller_number))))
    uow.notify_live(UPDATED if row.version else CREATED, {"id": str(row.id)})
    if row.version:
        uow.bump_version(row)
    else:
        row.version = 1
        uow.add(row)


def _position(row: Task) -> str:
    """A text that orders tasks, the greatest first: open ones by urgency and time, then those done by when."""
    if row.done_at is not None:
        return f"0{clock.to_json(row.done_at)}"
    return f"{list(Urgency).index(row.urgency) + 1}{clock.to_json(row.last_at)}"
