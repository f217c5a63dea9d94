"""Lanes have limits of their own, and organizations take turns in each."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import ClaimedJob, Job, Lane
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import crypto
from sekretarka.jobs import lanes, queue, runner
from sekretarka.jobs.lanes import LANES, LaneLimits
from sekretarka.jobs.queue import JobHandler
from tests import factories
from tests.jobs.kinds import Film, Note, Recorder, enqueue, notes, working
from tests.support.jobs import jobs
from tests.support.waiting import until


class Gate:
    """A handler that holds its jobs until it is opened, and counts how many it holds at most."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.held: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def __call__(self, job: ClaimedJob[Note] | ClaimedJob[Film]) -> None:
        name = job.payload.job_name
        self.held[name] += 1
        self.most[name] = max(self.most[name], self.held[name])
        await self.open.wait()
        self.held[name] -= 1


async def test_lane_runs_as_many_jobs_at_once_as_it_may_and_delays_no_other(database: engine.Database) -> None:
    gate = Gate()
    for _ in range(6):
        await enqueue(Film(), await factories.organization())
        await enqueue(Note(), await factories.organization())
    async with working(queue.by_name(JobHandler(Note, gate), JobHandler(Film, gate))):
        await until(lambda: gate.held.total() == LANES[Lane.MEDIA].parallel + LANES[Lane.DEFAULT].parallel)
        await asyncio.sleep(1.5)  # more than a poll
        gate.open.set()
        await until(lambda: gate.held.total() == 0)
    assert gate.most == {Film.job_name: LANES[Lane.MEDIA].parallel, Note.job_name: LANES[Lane.DEFAULT].parallel}


async def test_lane_that_is_never_empty_hides_no_other(database: engine.Database) -> None:
    """What comes into another lane meanwhile is run before the rest of it."""
    order: list[str] = []

    async def note(job: ClaimedJob[Note]) -> None:
        if job.payload.number == 2:
            await enqueue(Film())
        order.append("note")

    async def film(_job: ClaimedJob[Film]) -> None:
        order.append("film")

    for number in range(10):
        await enqueue(Note(number=number))
    await runner.drain(queue.by_name(JobHandler(Note, note), JobHandler(Film, film)))
    assert order.index("film") <= 4, order
    assert order.count("note") == 10


async def test_organizations_take_turns(database: engine.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    crowded, quiet = await factories.organization(), await factories.organization()
    await _enqueue_many(crowded.id, 40)
    for number in range(3):
        await enqueue(Note(number=number), quiet)
        await enqueue(Note(number=number))
    recorder = Recorder()
    await runner.drain(notes(recorder))
    order = [job.organization_id for job in recorder.jobs]
    assert Counter(order) == {crowded.id: 40, quiet.id: 3, None: 3}
    for other in (quiet.id, None):
        turns = [place for place, owner in enumerate(order) if owner == other]
        assert turns[-1] <= 9, "three owners take turns: the third job of each is among the first nine or ten"
    assert [job.payload.number for job in recorder.jobs if job.organization_id == crowded.id] == list(range(40))


async def _enqueue_many(organization_id: UUID, count: int) -> None:
    async with begin(actor.system(organization_id), write=True) as uow:
        for number in range(count):
            await uow.enqueue(Note(number=number))


async def test_ten_thousand_jobs_of_one_organization_delay_another_by_one(database: engine.Database) -> None:
    crowded, quiet = await factories.organization(), await factories.organization()
    async with begin(actor.system(crowded.id), write=True) as uow:
        payload, now = crypto.encrypt("{}"), uow.now
        rows = [
            Job(name=Note.job_name, organization_id=crowded.id, payload=payload, run_after=now).model_dump()
            for _ in range(10_000)
        ]
        await uow.execute(uow.insert(Job), rows)
    await enqueue(Note(text="late"), quiet)
    served: list[UUID | None] = []
    async with begin(actor.system(), write=True) as uow:
        handlers = notes(Recorder())
        for _ in range(4):
            job = await queue.claim(uow, handlers, Lane.DEFAULT, served[-1] if served else None)
            assert job is not None
            served.append(job.organization_id)
    assert quiet.id in served[:2]
    assert served.count(crowded.id) == 3, "and who is alone gets every turn"


async def test_long_jobs_of_one_organization_leave_a_place_for_others(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lanes.LANES, Lane.DEFAULT, LaneLimits(parallel=3, timeout=60))
    crowded, quiet = await factories.organization(), await factories.organization()
    gate = Gate()
    await _enqueue_many(crowded.id, 6)
    async with working(notes(gate)):
        await until(lambda: gate.held.total() == 2)
        await enqueue(Note(), quiet)
        await until(lambda: gate.held.total() == 3)
        running = Counter(job.organization_id for job in await jobs() if job.attempts)
        assert running == {crowded.id: 2, quiet.id: 1}
        gate.open.set()
        await until(lambda: gate.held.total() == 0)
