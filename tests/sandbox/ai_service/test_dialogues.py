"""Calls that use the tools, against the real API: what was agreed on the phone is what is in the calendar."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from random import Random

import httpx2
import pytest

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.core.web import rate_limiter
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change, Source, Status
from sekretarka.domain.conversations.models import Conversation, Outcome, Segment
from sekretarka.domain.inbox import service as inbox
from sekretarka.jobs.registry import WEBHOOK_HANDLERS
from sekretarka.sandbox import demo_seed
from sekretarka.sandbox.ai_service import dialogues, personas, scenarios
from sekretarka.sandbox.ai_service.calls import Call, make_call
from sekretarka.sandbox.ai_service.delivery import Sender
from sekretarka.sandbox.ai_service.personas import Caller
from sekretarka.sandbox.ai_service.tools import UNAVAILABLE

HERE = "http://127.0.0.1:8000"
WOMEN = [caller for caller in personas.demo_clients() if caller.gender == "f"][-9:]


@pytest.fixture
async def client(database: engine.Database) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=asgi.create_app())) as client:
        yield client
    await rate_limiter.disconnect()


def call_of(caller: Caller, name: str, rng: Random) -> Call:
    scenario = next(scenario for scenario in scenarios.ALL if scenario.name == name)
    return replace(make_call(rng, scenario, clock.now(), [caller]), caller=caller)


@pytest.fixture
async def sender(client: httpx2.AsyncClient, configure: Callable[..., None]) -> Sender:
    # a signature is no credential until it has been verified; and five thousand times as fast is above the rate limits
    configure(rate_limit_anonymous="1000/10seconds", rate_limit_webhook="1000/10seconds")
    await demo_seed.seed(1)
    target = await demo_seed.target(HERE)
    assert target is not None
    return Sender(client, target, attempts=1)


async def test_dialogue_books_what_was_agreed(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    first = WOMEN[0]
    monkeypatch.setattr(dialogues, "MISHEARD", 1)
    runs: dict[str, tuple[str, list[str]]] = {}

    async def speak(caller: Caller, name: str, seed: int) -> str:
        call = call_of(caller, name, Random())
        used = await dialogues.run_dialogue(sender, call, Random(seed), speed=5_000)
        runs[call.id] = (name, used)
        return call.id

    booking = await speak(first, "booking", 1)
    await speak(first, "reschedule", 2)
    await speak(first, "cancellation", 3)
    await speak(WOMEN[1], "cancellation", 4)  # the caller has no appointment
    await speak(WOMEN[2], "stylist", 5)
    monkeypatch.setattr(dialogues, "HOUR_IN_MIND", 1)
    for caller in WOMEN[3:]:
        await speak(caller, "booking", 6)  # the same seed: all want the same hour, for which there is not enough staff
    assert sender.tally.verdicts["acknowledged"] == sender.tally.events

    demo = await demo_seed.find()
    assert demo is not None
    async with begin(demo.owner, write=True) as uow:
        await inbox.process_pending(uow, WEBHOOK_HANDLERS, limit=1_000, seconds=60)
    async with begin(demo.owner) as uow:
        calls = {row.call_id: row for row in await uow.list(uow.select(Conversation)) if row.call_id in runs}
        appointments = {row.conversation_id: row for row in await uow.list(uow.select(Appointment))}
        changes = await uow.list(uow.select(AppointmentChange))
        lines = await uow.list(uow.select(Segment))
    assert set(calls) == set(runs)
    assert [row.outcome for row in sorted(calls.values(), key=lambda row: row.created_at)][:4] == [
        Outcome.BOOKED, Outcome.RESCHEDULED, Outcome.CANCELLED, Outcome.ANSWERED,
    ]  # fmt: skip
    for call in calls.values():
        appointment = appointments.get(call.id)
        assert (call.outcome is Outcome.BOOKED) == (appointment is not None)
        assert appointment is None or (appointment.source, appointment.client_phone) == (
            Source.AGENT,
            call.caller_number,
        )
    cancelled = appointments[calls[booking].id]
    assert cancelled.status is Status.CANCELLED
    assert {row.change for row in changes if row.appointment_id == cancelled.id} == {
        Change.BOOKED, Change.MOVED, Change.CANCELLED,
    }  # fmt: skip
    texts = [line.text for line in lines]
    assert any("zajęty" in text for text in texts)
    assert any(used == ["book", "check_availability", "book"] for _, used in runs.values())
    assert any(text.startswith("Umówione: ") for text in texts)
    assert any(text.startswith("Przełożone: ") for text in texts)
    assert any("Nie mam jeszcze takich danych" in text for text in texts)  # a misheard name opens nothing
    assert UNAVAILABLE not in texts
