"""What the overview shows: read in one transaction, refreshed whenever something of the organization changes."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics import service as analytics
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.domain.analytics.service import Comparison
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import TaskState
from sekretarka.domain.tasks.schemas import TaskPatch
from sekretarka.ui.live import refresh_on
from sekretarka.ui.metrics import metric_href
from sekretarka.ui.page_state import PageState
from sekretarka.ui.session import read_uow, secured, write_uow
from sekretarka.ui.tasks import TaskRow, task_rows
from sekretarka.ui.undo import offer_to_reopen_task

RANGES = (7, 30, 90)
MAX_LIVE, MAX_SILENT, MAX_ACTIONS = 6, 3, 8


class LiveCall(TypedDict):
    """A call going on, since an RFC 3339 instant, with the last line spoken; `heard` is when the last news of it
    came."""

    id: str
    who: str
    since: str
    heard: str
    speaker: str
    line: str


class Number(TypedDict):
    """A `Comparison` of the last seven days: value, change in percent (None: nothing to compare with), value of each
    day, and where the list of what it counts is."""

    value: float | None
    change: float | None
    trend: list[float]
    href: str


def _nothing() -> Number:
    return Number(value=None, change=None, trend=[], href="")


@refresh_on(
    *("conversation.created", "conversation.updated", "task.created", "task.updated", "client.updated"),
    path="/dashboard",
)
class OverviewState(PageState, rx.State):
    """The calls, numbers and trend of the overview; `days` is the range of the trend, whose days are `dates` (ISO)."""

    days: int = 30
    live: rx.Field[list[LiveCall]] = rx.field(default_factory=list)
    live_total: int = 0
    silent: rx.Field[list[LiveCall]] = rx.field(default_factory=list)
    silent_total: int = 0
    actions: rx.Field[list[TaskRow]] = rx.field(default_factory=list)
    actions_total: int = 0
    answered: rx.Field[Number] = rx.field(default_factory=_nothing)
    missed: rx.Field[Number] = rx.field(default_factory=_nothing)
    booked: rx.Field[Number] = rx.field(default_factory=_nothing)
    average: rx.Field[Number] = rx.field(default_factory=_nothing)
    dates: rx.Field[list[str]] = rx.field(default_factory=list)
    no_calls: bool = True
    calls_a_day: rx.Field[list[int]] = rx.field(default_factory=list)
    missed_a_day: rx.Field[list[int]] = rx.field(default_factory=list)

    @secured(Permission.CONVERSATIONS_READ)
    async def load(self) -> None:
        """Read everything on the page; the range of the trend is in the URL."""
        days = self.router.url.query_parameters.get("days", "")
        self.days = int(days) if days in map(str, RANGES) else 30
        await self._load()

    async def _read(self, uow: UnitOfWork) -> None:
        await self._read_calls(uow)
        await self._read_numbers(uow)

    @secured(Permission.TASKS_WRITE)
    async def mark_done(self, task_id: UUID) -> EventSpec:
        """Mark a task as done: its row goes, and the next one comes in its place."""
        done = await write_uow(tasks.update, task_id, TaskPatch(state=TaskState.DONE))
        async with read_uow() as uow:
            await self._read_actions(uow)
        return offer_to_reopen_task("overview.marked_done", done)

    async def _read_calls(self, uow: UnitOfWork) -> None:
        live = await metrics.rows(uow, Metric.LIVE)
        self.live_total = await uow.count(live)
        self.live = [_live(row) for row in await uow.list(live.limit(MAX_LIVE))]
        silent = await metrics.rows(uow, Metric.SILENT)
        self.silent_total = await uow.count(silent)
        self.silent = [_live(row) for row in await uow.list(silent.limit(MAX_SILENT))]
        await self._read_actions(uow)

    async def _read_actions(self, uow: UnitOfWork) -> None:
        waiting = await metrics.rows(uow, Metric.TO_DO)
        self.actions_total = await uow.count(waiting)
        self.actions = await task_rows(uow, await uow.list(waiting.limit(MAX_ACTIONS)))

    async def _read_numbers(self, uow: UnitOfWork) -> None:
        numbers = await analytics.overview(uow)
        self.answered = await _number(uow, Metric.ANSWERED, numbers.answered)
        self.missed = await _number(uow, Metric.MISSED, numbers.missed)
        self.booked = await _number(uow, Metric.BOOKED, numbers.booked)
        self.average = await _number(uow, Metric.AVERAGE, numbers.average)
        days = await analytics.daily(uow, self.days)
        self.no_calls = not any(day.calls for day in days)
        self.dates = [day.date.isoformat() for day in days]
        self.calls_a_day = [day.calls for day in days]
        self.missed_a_day = [day.missed for day in days]


def _who(row: Conversation) -> str:
    number = phone.format_national(row.caller_number) if row.caller_number else row.caller_raw
    return row.caller_name or number or ""


def _live(row: Conversation) -> LiveCall:
    return LiveCall(
        id=str(row.id),
        who=_who(row),
        since=clock.to_json(row.started_at),
        heard=clock.to_json(row.last_event_at),
        speaker=str(row.last_speaker or ""),
        line=row.last_line or "",
    )


async def _number(uow: UnitOfWork, metric: Metric, figure: Comparison) -> Number:
    href = await metric_href(uow, metric)
    return Number(value=figure.value, change=figure.change, trend=list(figure.trend), href=href)
