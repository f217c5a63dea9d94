"""The list of tasks and the one that is open: read by the URL, refreshed whenever one changes."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.organizations import members
from sekretarka.domain.organizations.days import current_organization
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks import snoozing
from sekretarka.domain.tasks.models import Task, TaskState
from sekretarka.domain.tasks.schemas import TaskPatch
from sekretarka.domain.tasks.snoozing import Snooze
from sekretarka.ui import edits
from sekretarka.ui.errors import form_handler, form_input, notify
from sekretarka.ui.list_state import PAGE_SIZE, ListState, SearchText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.tasks.query_params import Filter, UrlState
from sekretarka.ui.session import Edit, actor, secured, write_uow
from sekretarka.ui.tasks import TaskRow, task_row, task_rows
from sekretarka.ui.undo import offer_to_reopen_task

FIELDS = {"urgency": "urgency", "assigneeId": "assignee_id", "note": "note"}


class CallOfTask(TypedDict):
    """A call that a task is about; `at` is RFC 3339."""

    id: str
    at: str
    state: str
    text: str
    href: str


class TaskDetail(TaskRow):
    """The open task with its calls, the newest first; `summary` is what the last call or message said."""

    assignee_id: str
    note: str
    summary: str
    calls: list[CallOfTask]


@refresh_on("task.created", "task.updated", "conversation.updated", "client.updated", path=UrlState.PATH)
class TasksState(ListState, rx.State):
    """Rows of the list, whom they can be assigned to, and the open task."""

    rows: rx.Field[list[TaskRow]] = rx.field(default_factory=list)
    detail: rx.Field[TaskDetail | None] = rx.field(default=None)
    members: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)

    _url_type = UrlState

    @secured(Permission.TASKS_READ)
    async def load(self) -> None:
        """Read what the URL asks for."""
        await self._load()

    @secured(Permission.TASKS_READ)
    def set_filter(self, name: Filter, value: SearchText) -> EventSpec:
        """Change one filter: goes to the URL with it."""
        return self._filter(name, value)

    @secured(Permission.TASKS_WRITE)
    async def mark_done(self, task_id: UUID) -> EventSpec:
        """Mark a task as done."""
        return offer_to_reopen_task("overview.marked_done", await self._change(task_id, state=TaskState.DONE))

    @secured(Permission.TASKS_WRITE)
    async def reopen(self, task_id: UUID) -> EventSpec:
        """Open one that is done again."""
        await self._change(task_id, state=TaskState.OPEN)
        return notify("tasks.reopened", toast_id="task")

    @secured(Permission.TASKS_WRITE)
    async def snooze(self, task_id: UUID, snooze: Snooze) -> EventSpec:
        """Put a task off."""

        async def put_off(uow: UnitOfWork) -> Task:
            until = snoozing.until(snooze, uow.now, (await current_organization(uow)).timezone)
            return await tasks.update(uow, task_id, TaskPatch(snoozed_until=until))

        await write_uow(put_off)
        await self._refresh()
        return notify("tasks.snoozed", toast_id="task")

    @secured(Permission.TASKS_WRITE)
    async def resume(self, task_id: UUID) -> EventSpec:
        """A task that was put off needs action now."""
        await self._change(task_id, snoozed_until=None)
        return notify("tasks.resumed", toast_id="task")

    @secured(Permission.TASKS_WRITE)
    async def take(self, task_id: UUID) -> EventSpec:
        """Assign a task to the signed-in user."""
        await self._change(task_id, assignee_id=actor().user_id)
        return notify("tasks.taken", toast_id="task")

    @secured(Permission.TASKS_WRITE)
    @form_handler()
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed of a task."""
        patch = TaskPatch.model_validate(form_input(TaskPatch, edit.changes))
        await edits.store(edit, FIELDS, tasks.update, edit.id, patch)
        await self._refresh()
        return notify("form.saved", toast_id="saved")

    async def _change(self, task_id: UUID, **values: Any) -> Task:
        row = await write_uow(tasks.update, task_id, TaskPatch(**values))
        await self._refresh()
        return row

    async def _read_rows(self, uow: UnitOfWork, url: UrlState) -> int:
        self.members = [{"id": str(user_id), "name": name} for user_id, name in await members.names(uow)]
        page = await tasks.page(uow, url.criteria(), PageQuery(page=url.page, limit=PAGE_SIZE))
        self.rows = await task_rows(uow, page.rows)
        return page.total

    async def _read_detail(self, uow: UnitOfWork, item_id: UUID) -> TaskDetail:
        row = await tasks.get(uow, item_id)
        [view] = await tasks.view(uow, row)
        self.record = edits.record(row, FIELDS)
        calls = await conversations.find_by_ids(uow, map(UUID, row.folded_ids) if view.conversation_id else ())
        return TaskDetail(
            **task_row(view, dict(await members.names(uow))),
            assignee_id=str(view.assignee_id or ""),
            note=view.note or "",
            summary=view.summary or "",
            calls=[
                CallOfTask(
                    id=str(call.id),
                    at=clock.to_json(call.started_at),
                    state=str(call.outcome or call.status),
                    text=call.follow_up_note or call.summary or "",
                    href=f"/dashboard/conversations?id={call.id}",
                )
                for call in sorted(calls, key=lambda call: call.started_at, reverse=True)
            ],
        )
