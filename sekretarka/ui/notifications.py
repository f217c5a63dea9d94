"""What needs action, under the notifications of every page."""

from collections.abc import Sequence

import reflex as rx

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.permissions import Permission
from sekretarka.domain.tasks import service as tasks
from sekretarka.ui.live import refresh_on
from sekretarka.ui.session import read_uow, secured
from sekretarka.ui.tasks import TaskRow, task_rows

LIMIT = 8


@refresh_on("task.created", "task.updated", "conversation.updated", path=None)
class NotificationsState(rx.State):
    """The most urgent tasks, at most `LIMIT`, and how many there are."""

    rows: rx.Field[list[TaskRow]] = rx.field(default_factory=list)
    total: int = 0

    @secured(None)
    async def load(self) -> None:
        """Read the notifications; part of every page behind sign-in."""
        await self._read()

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        await self._read()

    async def _read(self) -> None:
        async with read_uow() as uow:
            if Permission.TASKS_READ not in uow.actor.permissions:
                return
            waiting = await tasks.needing_action(uow)
            self.total = await uow.count(waiting)
            self.rows = await task_rows(uow, await uow.list(waiting.limit(LIMIT)))
