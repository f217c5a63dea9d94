"""What needs action, under the notifications of every page, and the calls that it shows as they end."""

from collections.abc import Sequence
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.permissions import Permission
from sekretarka.core.text.i18n import LANGUAGES
from sekretarka.domain.notifications import calls
from sekretarka.domain.notifications.calls import TOLD, Told
from sekretarka.domain.tasks import service as tasks
from sekretarka.ui.components.toast import link_toast
from sekretarka.ui.errors import LocalizedText, in_page_language, toast_text
from sekretarka.ui.live import refresh_on
from sekretarka.ui.session import read_uow, secured
from sekretarka.ui.tasks import TaskRow, task_rows

LIMIT = 8


@refresh_on("task.created", "task.updated", "conversation.updated", "client.updated", TOLD, path=None)
class NotificationsState(rx.State):
    """The most urgent tasks, at most `LIMIT`, and how many there are."""

    rows: rx.Field[list[TaskRow]] = rx.field(default_factory=list)
    total: int = 0

    @secured(None)
    async def load(self) -> None:
        """Read the notifications; part of every page behind sign-in."""
        await self._read()

    async def _on_live_events(self, changes: Sequence[LiveEvent]) -> Sequence[EventSpec]:
        await self._read()
        ended = [UUID(change.data["conversation_id"]) for change in changes if change.name == TOLD]
        if not ended:
            return ()
        async with read_uow() as uow:
            if Permission.CONVERSATIONS_READ not in uow.actor.permissions:
                return ()
            return [_toast(news) for news in await calls.to_show(uow, ended)]

    async def _read(self) -> None:
        async with read_uow() as uow:
            if Permission.TASKS_READ not in uow.actor.permissions:
                return
            waiting = await tasks.needing_action(uow)
            self.total = await uow.count(waiting)
            self.rows = await task_rows(uow, await uow.list(waiting.limit(LIMIT)))


def _toast(news: Told) -> EventSpec:
    who: LocalizedText = {lang: news.who(lang) for lang in LANGUAGES}
    what: LocalizedText = {lang: news.what(lang) for lang in LANGUAGES}
    return link_toast(
        in_page_language(who),
        in_page_language(what),
        label=toast_text("notifications.open_call"),
        path=news.path,
        key=f"call:{news.call.id}",
    )
