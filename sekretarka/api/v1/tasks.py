"""`/tasks`: what people have to do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Task
from sekretarka.domain.tasks.schemas import TaskCreate, TaskFilter, TaskPatch, TaskView
from sekretarka.http.responses import Envelope, Page, page_of, set_location

router = APIRouter(prefix="/tasks", tags=["tasks"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.TASKS_READ), requires(Permission.TASKS_WRITE)


class TaskQuery(TaskFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_tasks(uow: WithUnitOfWork, query: Annotated[TaskQuery, Query()]) -> Page[TaskView]:
    """Tasks: open ones by urgency, of equal urgency the newest first, then those that are done. Calls of one number
    are one task while it is open; `search` looks in notes, names, numbers and summaries, ignoring case and
    diacritics."""
    page = await tasks.page(uow, query, query)
    return page_of(await tasks.view(uow, *page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_task(uow: WithUnitOfWork, data: TaskCreate, response: Response) -> Envelope[TaskView]:
    """A task of one's own. Calls make theirs by themselves."""
    row = await tasks.create(uow, data)
    set_location(response, "tasks", row.id)
    return await _one(uow, row)


@router.get("/{task_id}", openapi_extra=READ)
async def get_task(uow: WithUnitOfWork, task_id: UUID) -> Envelope[TaskView]:
    """One task."""
    return await _one(uow, await tasks.get(uow, task_id))


@router.patch("/{task_id}", openapi_extra=WRITE)
async def update_task(uow: WithUnitOfWork, task_id: UUID, patch: TaskPatch) -> Envelope[TaskView]:
    """Merge patch. Of a task about calls, what `followUp` of those calls says changes with it. One that is done opens
    again, unless a newer one about the same is open (`NEWER_TASK_OPEN`)."""
    return await _one(uow, await tasks.update(uow, task_id, patch))


async def _one(uow: UnitOfWork, row: Task) -> Envelope[TaskView]:
    return Envelope(data=(await tasks.view(uow, row))[0])
