"""Tasks: found, written by users, assigned, put off, done and opened again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.search import has_any
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import CannotUndo, Conflict, Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.text import search_text
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import follow_ups
from sekretarka.domain.conversations.models import Conversation, ConversationSearch, FollowUpState
from sekretarka.domain.messages.models import Message
from sekretarka.domain.organizations import members
from sekretarka.domain.tasks import calls, lines, snoozing
from sekretarka.domain.tasks.models import Resolution, Task, TaskState
from sekretarka.domain.tasks.schemas import TaskCreate, TaskFilter, TaskPatch, TaskView

MOST_URGENT_FIRST = SortKey(col(Task.position))


class NewerTaskOpen(Conflict):
    """It cannot be opened again: what came since about the same is another task."""

    code, message = "NEWER_TASK_OPEN", "A newer task about the same is open already"


# finding


async def query(uow: UnitOfWork, filters: TaskFilter) -> SelectOfScalar[Task]:
    """A SELECT of the tasks that fit the filter, the most urgent first, of equal urgency the newest. `Forbidden` for
    `mine` of who is no user."""
    uow.require(Permission.TASKS_READ)
    statement = uow.select(Task)
    for name in ("state", "kind", "urgency", "assignee_id"):
        if (wanted := getattr(filters, name)) is not None:
            statement = statement.where(getattr(Task, name) == wanted)
    if filters.mine:
        statement = statement.where(Task.assignee_id == uow.user_id)
    if filters.snoozed is not None:
        is_snoozed = sa.func.coalesce(col(Task.snoozed_until) > uow.now, sa.false())
        statement = statement.where(is_snoozed if filters.snoozed else sa.not_(is_snoozed))
    if filters.search:
        statement = statement.where(_matching(uow, filters.search))
    return statement.order_by(col(Task.position).desc(), col(Task.id).desc())


def _matching(uow: UnitOfWork, term: str) -> sa.ColumnElement[bool]:
    """As `search_text` finds, in the task, its client and its last call: each word may be in another of them."""

    def is_in(table: type[Client | ConversationSearch], of_task: Any, text: Any, spellings: Iterable[str]) -> Any:
        return sa.exists().where(col(table.organization_id) == uow.organization_id, of_task, has_any(text, spellings))

    words = [list(spellings) for spellings in search_text.needles(term)]
    of_call, of_client = (
        col(ConversationSearch.conversation_id) == Task.conversation_id,
        col(Client.id) == Task.client_id,
    )
    return sa.and_(
        sa.true(),
        *(
            has_any(col(Task.search), word)
            | is_in(ConversationSearch, of_call, col(ConversationSearch.content), word)
            | is_in(Client, of_client, col(Client.search), word)
            for word in words
        ),
    )


async def page(uow: UnitOfWork, filters: TaskFilter, at: PageQuery) -> Page[Task]:
    """One page of the tasks that fit the filter, in the order of `query`."""
    cursor_filters = filters.model_dump(mode="json", include=set(TaskFilter.model_fields))
    return await paginate(uow, await query(uow, filters), MOST_URGENT_FIRST, at, cursor_filters)


async def needing_action(uow: UnitOfWork) -> SelectOfScalar[Task]:
    """A SELECT of what is open and not put off, in the order of `query`."""
    return await query(uow, TaskFilter(state=TaskState.OPEN, snoozed=False))


async def get(uow: UnitOfWork, task_id: UUID) -> Task:
    """One task or `NotFound`."""
    uow.require(Permission.TASKS_READ)
    return await uow.get(Task, task_id)


async def find_by_ids(uow: UnitOfWork, ids: Iterable[UUID]) -> Sequence[Task]:
    """Those of the tasks that exist, in no particular order."""
    uow.require(Permission.TASKS_READ)
    return await uow.list(uow.select(Task).where(col(Task.id).in_(list(ids))))


async def view(uow: UnitOfWork, *rows: Task) -> list[TaskView]:
    """Tasks with the names and words of those they are about, as API, streams and pages show them, in the same
    order."""
    of_clients = {row.client_id for row in rows} - {None}
    of_calls = {row.conversation_id for row in rows} - {None}
    of_messages = {row.message_id for row in rows} - {None}
    of_appointments = {row.appointment_id for row in rows} - {None}
    clients = {row.id: row for row in await uow.list(uow.select(Client).where(col(Client.id).in_(of_clients)))}
    told = {row.id: row for row in await uow.list(uow.select(Conversation).where(col(Conversation.id).in_(of_calls)))}
    written = {row.id: row for row in await uow.list(uow.select(Message).where(col(Message.id).in_(of_messages)))}
    about = uow.select(Appointment).where(col(Appointment.id).in_(of_appointments))
    begins = {row.id: row.scheduled_at for row in await uow.list(about)} if of_appointments else {}
    views = []
    for row in rows:
        client, call = clients.get(row.client_id), told.get(row.conversation_id)  # type: ignore[arg-type]
        message = written.get(row.message_id)  # type: ignore[arg-type]
        name = (client.name if client else None) or (call.caller_name if call else None)
        summary = message.shown_body if message else call.summary if call else None
        views.append(TaskView.of(row, name, summary, begins.get(row.appointment_id)))  # type: ignore[arg-type]
    return views


# changing


async def create(uow: UnitOfWork, data: TaskCreate) -> Task:
    """A task of a user's own. `Invalid` for an unknown member or client, or a snooze that is over."""
    uow.require(Permission.TASKS_WRITE)
    await _check(uow, data.assignee_id, data.snoozed_until)
    if data.client_id is not None and await uow.one_or_none(_client(uow, data.client_id)) is None:
        raise Invalid.field(["body", "clientId"], "unknown_client", "There is no such client")
    row = lines.new(uow, None)
    lines.change(uow, row, data.model_dump())
    await _wake(uow, row)
    return row


def _client(uow: UnitOfWork, client_id: UUID) -> SelectOfScalar[Client]:
    return uow.select(Client).where(Client.id == client_id, col(Client.merged_into_id).is_(None))


async def update(uow: UnitOfWork, task_id: UUID, patch: TaskPatch) -> Task:
    """Merge patch. What is shared with the calls of a line is set on them, too.

    `NotFound`; `Invalid` for an unknown member, a snooze that is over or of a task that is done; `NewerTaskOpen`.
    """
    uow.require(Permission.TASKS_WRITE)
    seen = await uow.get(Task, task_id)
    of_line = await calls.lock_of(uow, seen)
    await lines.hold(uow, seen.line)
    row = await uow.get(Task, task_id, lock=True)
    given: dict[str, Any] = {name: getattr(patch, name) for name in patch.model_fields_set}
    await _check(uow, given.get("assignee_id"), given.get("snoozed_until"))
    was_open, is_open = (state is TaskState.OPEN for state in (row.state, given.pop("state", row.state)))
    if given.get("snoozed_until") and not is_open:
        raise Invalid.field(["body", "snoozedUntil"], "not_open", "A task that is done cannot wait")
    if "note" in given:
        given["note"] = given["note"] or None
    if is_open and not was_open:
        await _reopen(uow, row, of_line)
    if of_line and (is_open or was_open):
        await _share(uow, of_line, given)
    lines.change(uow, row, given)
    if was_open and not is_open:
        await follow_ups.change(uow, of_line, {"state": FollowUpState.DONE})
        if not of_line:  # a line of calls is finished by its last one
            lines.finish(uow, row, Resolution.DONE)
    await _wake(uow, row)
    return row


async def _reopen(uow: UnitOfWork, row: Task, of_line: Sequence[Conversation]) -> None:
    if row.line is not None and await lines.find_open(uow, row.line) is not None:
        raise NewerTaskOpen
    row.state = TaskState.OPEN
    lines.change(uow, row, {})
    await uow.flush()
    await follow_ups.change(uow, of_line, {"state": FollowUpState.OPEN})


async def _share(uow: UnitOfWork, of_line: Sequence[Conversation], given: dict[str, Any]) -> None:
    """Urgency and assignee are the same for all calls of a line; a note stays with the call it is of, or is the newest
    one's, and without one there is none on any."""
    for_all = {name: value for name, value in given.items() if name in ("urgency", "assignee_id")}
    await follow_ups.change(uow, of_line, for_all)
    if "note" in given:
        newest_first = sorted(of_line, key=lambda call: (call.started_at, call.id), reverse=True)
        noted = next((call for call in newest_first if call.follow_up_note), newest_first[0])
        await follow_ups.change(uow, [noted] if given["note"] else of_line, {"note": given["note"]})


async def reopen(uow: UnitOfWork, task_id: UUID, version: int) -> Task:
    """Take back what set a task to done and made this version. `CannotUndo` when anybody changed it since; `NotFound`,
    `NewerTaskOpen`."""
    uow.require(Permission.TASKS_WRITE)
    row = await uow.get(Task, task_id)
    if row.state is not TaskState.DONE or row.version != version:
        raise CannotUndo
    return await update(uow, task_id, TaskPatch(state=TaskState.OPEN))


async def _check(uow: UnitOfWork, assignee_id: UUID | None, snoozed_until: datetime | None) -> None:
    if assignee_id is not None and not await members.is_member(uow, assignee_id):
        raise Invalid.field(["body", "assigneeId"], "unknown_member", "There is no such member")
    if snoozed_until is not None and snoozed_until <= uow.now:
        raise Invalid.field(["body", "snoozedUntil"], "in_the_past", "The time must be in the future")


async def _wake(uow: UnitOfWork, row: Task) -> None:
    """Have it come back when its snooze is over."""
    if row.snoozed_until is not None:
        payload = snoozing.WakeTask(task_id=row.id)
        await uow.enqueue(payload, run_after=row.snoozed_until, key=f"{payload.job_name}:{row.id}:{row.version}")
