"""Whatever happens in whatever order: nothing after STOP, nothing stale, nothing twice, nothing at night; and who is
silent is called."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError
from sekretarka.core.runtime import clock
from sekretarka.domain import event_handlers
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, Status
from sekretarka.domain.confirmations import unconfirmed
from sekretarka.domain.messages.models import Message
from sekretarka.domain.messages.policy import SOON
from sekretarka.domain.organizations import defaults
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.tasks.models import Kind, Task, TaskState
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.domain.confirmations.conftest import AWAKE, Salon, open_salon, work

WARSAW = ZoneInfo("Europe/Warsaw")
QUIET = {**defaults.messaging(), "quietFrom": "21:00", "quietTo": "08:00"}
ONCE = {"confirmation", "reminder_day", "reminder_hours", "cancellation"}
TOLD_OF_A_TIME = {"confirmation", "change", "reminder_day", "reminder_hours"}

slots = st.tuples(st.integers(0, 2), st.integers(9, 15))  # an open day, an hour
picks = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("book"), slots),
    st.tuples(st.just("move"), picks, slots, st.booleans()),
    st.tuples(st.sampled_from(["cancel", "confirm"]), picks, st.booleans()),
    st.tuples(st.just("undo"), picks),
    st.tuples(st.just("write"), st.sampled_from(["TAK", "NIE", "STOP", "START", "Jest parking?"])),
    st.tuples(st.just("quiet"), st.booleans()),
    st.tuples(st.just("jump"), st.sampled_from([1, 60, 60 * 5, 60 * 11, 60 * 24, 60 * 24 * 3])),
    st.tuples(st.just("near"), picks, st.sampled_from([60 * 24, 60 * 23, 60 * 4, 60 * 2, 60, 5])),
)


class Story:
    """One salon, what was done to its appointments, and what its client may be told."""

    def __init__(self, salon: Salon, time: Any) -> None:
        self.salon, self.time = salon, time
        self.booked: list[UUID] = []
        self.moves: Counter[UUID] = Counter()
        self.is_out = self.is_quiet = False
        self.seen: set[UUID] = set()

    async def do(self, name: str, *arguments: Any) -> None:
        """One step, a minute later; what the rules of booking do not allow is not done."""
        self.time.shift(timedelta(minutes=1))
        try:
            await getattr(self, name)(*arguments)
        except AppError:
            return

    async def book(self, slot: tuple[int, int]) -> None:
        self.booked.append((await self.salon.book(_instant(slot))).id)

    async def move(self, pick: int, slot: tuple[int, int], by_user: bool) -> None:
        if row := await self.picked(pick):
            before = row.scheduled_at
            moved = await self.salon.move(row, _instant(slot), self.salon.owner if by_user else None)
            self.moves[row.id] += moved.scheduled_at != before

    async def cancel(self, pick: int, by_user: bool) -> None:
        if row := await self.picked(pick):
            await self.salon.cancel(row, self.salon.owner if by_user else None)

    async def confirm(self, pick: int, by_user: bool) -> None:
        if row := await self.picked(pick):
            await self.salon.confirm(row, self.salon.owner if by_user else None)

    async def undo(self, pick: int) -> None:
        """What the owner did last, if that is a moment ago."""
        if row := await self.picked(pick):
            await self.salon.undo(row)

    async def write(self, text: str) -> None:
        await self.salon.write_unread(text)
        self.is_out = {"STOP": True, "START": False}.get(text, self.is_out)

    async def quiet(self, on: bool) -> None:
        self.is_quiet = on
        table: Any = Organization.__table__  # type: ignore[attr-defined]
        async with begin(actor.system(), write=True) as uow:
            own = sa.update(table).where(table.c.id == self.salon.id)
            await uow.execute(own.values(messaging=QUIET if on else AWAKE))

    async def jump(self, minutes: int) -> None:
        self.time.shift(timedelta(minutes=minutes))

    async def near(self, pick: int, minutes: int) -> None:
        """On to so long before an appointment, if that is to come."""
        row = await self.picked(pick)
        then = row.scheduled_at - timedelta(minutes=minutes) if row else clock.now()
        if then > clock.now():
            self.time.move_to(then)

    async def picked(self, pick: int) -> Appointment | None:
        if not self.booked:
            return None
        async with begin(self.salon.program) as uow:
            return await uow.get(Appointment, self.booked[pick % len(self.booked)])

    async def check(self) -> None:
        """All that has left by now was right to leave, at this very moment."""
        sent = await self.salon.sent()
        for message in sent:
            if message.id not in self.seen:
                await self._was_right(message)
        self.seen = {message.id for message in sent}
        counts = Counter(
            (row.appointment_id, row.appointment_time, row.template) for row in sent if row.template in ONCE
        )
        assert max(counts.values(), default=0) <= 1, counts
        changes = Counter(row.appointment_id for row in sent if row.template == "change")
        assert all(number <= self.moves[key] for key, number in changes.items() if key), changes
        for appointment_id in self.booked:
            told = [row for row in sent if row.appointment_id == appointment_id and row.template in TOLD_OF_A_TIME]
            for known, message in itertools.pairwise(told):
                assert message.template != "change" or message.appointment_time != known.appointment_time
        await self._check_calls(sent)

    async def _check_calls(self, sent: Sequence[Message]) -> None:
        """Who is to be called: whose appointment is open, to come, asked about and not answered."""
        async with begin(self.salon.program) as uow:
            rows = {row.id: row for row in await uow.list(uow.select(Appointment))}
            waiting = Task.kind == Kind.TO_CONFIRM, Task.state == TaskState.OPEN
            tasks = {task.appointment_id: task for task in await uow.list(uow.select(Task).where(*waiting))}
            written = await uow.list(uow.select(Message).where(Message.direction == "inbound"))
        last_written = max((message.occurred_at for message in written), default=None)
        for appointment_id, task in tasks.items():
            assert appointment_id
            row, question = rows[appointment_id], next(one for one in sent if one.id == task.message_id)
            assert row.status is Status.SCHEDULED
            assert row.scheduled_at > clock.now()
            assert question.appointment_time == row.scheduled_at
        for question in sent:
            if (
                question.template != "reminder_day"
                or not question.appointment_id
                or self.moves[question.appointment_id]
            ):
                continue
            row = rows[question.appointment_id]
            is_silent = last_written is None or last_written < question.occurred_at
            due = unconfirmed.due_at(row.scheduled_at, "Europe/Warsaw")
            is_due = clock.now() >= max(due, question.occurred_at + unconfirmed.TIME_TO_ANSWER)
            if row.status is Status.SCHEDULED and row.scheduled_at > clock.now() and is_silent and is_due:
                assert row.id in tasks

    async def _was_right(self, message: Message) -> None:
        assert not self.is_out, message.template
        assert message.appointment_id is not None
        async with begin(self.salon.program) as uow:
            row = await uow.get(Appointment, message.appointment_id)
        now, local = clock.now(), clock.now().astimezone(WARSAW)
        if message.template in TOLD_OF_A_TIME:
            assert row.status in OPEN_STATUSES, message.template
            assert message.appointment_time == row.scheduled_at, message.template
            assert row.scheduled_at > now, message.template
            assert f"{row.scheduled_at.astimezone(WARSAW):%H:%M}" in message.body
        if message.template == "reminder_day":
            assert row.status is Status.SCHEDULED, "a confirmed one is not asked about"
        if message.template == "cancellation":
            assert row.status is Status.CANCELLED
        if self.is_quiet and not 8 <= local.hour < 21:
            assert message.appointment_time is not None, message.template
            assert message.appointment_time - now <= SOON, message.template


def _instant(slot: tuple[int, int]) -> Any:
    day, hour = slot
    return factories.at(f"{hour:02}:00", day)


@pytest.fixture
def tell(database_url: str, sms_sandbox: Gateway) -> Iterator[Any]:
    """Play stories one after another in one database."""
    event_handlers.register()
    with asyncio.Runner() as running:

        async def begin_() -> None:
            engine.connect(database_url)

        async def play(steps: list[tuple[Any, ...]]) -> None:
            salon = await open_salon(sms_sandbox)
            with time_machine.travel(clock.now(), tick=False) as time:
                story = Story(salon, time)
                for step in steps:
                    await story.do(*step)
                    await work()
                    await story.check()

        running.run(begin_())
        yield lambda steps: running.run(play(steps))
        running.run(engine.disconnect())


def stories(tell: Any, examples: int, length: int) -> None:
    """Without looking for a shorter one: a story takes a second, and says itself what went wrong."""
    phases = [Phase.explicit, Phase.generate]

    @hypothesis_settings(max_examples=examples, phases=phases, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEPS, min_size=3, max_size=length))
    def told(steps: list[tuple[Any, ...]]) -> None:
        tell([("book", (0, 10)), *steps])

    told()


def test_client_is_told_only_what_is_true_and_once(tell: Any) -> None:
    stories(tell, 8, 12)


@pytest.mark.soak
def test_client_is_told_only_what_is_true_and_once_for_long(tell: Any) -> None:
    stories(tell, 400, 30)
