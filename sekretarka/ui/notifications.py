"""The open follow-ups, under the notifications of every page."""

from collections.abc import Sequence
from typing import TypedDict

import reflex as rx

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.domain.conversations.models import Conversation
from sekretarka.ui.live import refresh_on
from sekretarka.ui.session import read_uow, secured

LIMIT = 8


class Notification(TypedDict):
    """A call that somebody still has to act on: `text` is who called, `at` RFC 3339."""

    id: str
    text: str
    at: str
    href: str


@refresh_on("conversation.created", "conversation.updated", path=None)
class NotificationsState(rx.State):
    """The newest open follow-ups, at most `LIMIT`, and how many there are."""

    rows: rx.Field[list[Notification]] = rx.field(default_factory=list)
    total: int = 0

    @secured(None)
    async def load(self) -> None:
        """Read the notifications; part of every page behind sign-in."""
        await self._read()

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        await self._read()

    async def _read(self) -> None:
        async with read_uow() as uow:
            if Permission.CONVERSATIONS_READ not in uow.actor.permissions:
                return
            waiting = await metrics.rows(uow, Metric.TO_DO)
            self.total = await uow.count(waiting)
            self.rows = [_notification(row) for row in await uow.list(waiting.limit(LIMIT))]


def _notification(row: Conversation) -> Notification:
    return Notification(
        id=str(row.id),
        text=row.caller_name
        or (phone.format_national(row.caller_number) if row.caller_number else row.caller_raw)
        or "",
        at=clock.to_json(row.started_at),
        href=f"/dashboard/conversations?id={row.id}",
    )
