"""Two businesses, driven at random over HTTP, beside a model of plain dictionaries that says what must come of it."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from starlette.types import ASGIApp

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.core.runtime import clock
from sekretarka.core.web import rate_limiter
from tests import clients, factories
from tests.clients import Caller

APPOINTMENTS, STAFF = "/api/v1/appointments", "/api/v1/staff"
OPEN, CLOSE, STEP = 9 * 60, 17 * 60, 15
SERVICES = {"Strzyżenie": (60, 0, 10), "Modelowanie": (30, 5, 0)}  # minutes, kept clear before, and after
LIVING = ("scheduled", "confirmed")
NEXT = {
    "confirm": ("confirmed", ("scheduled",)),
    "complete": ("completed", (*LIVING, "no_show")),
    "no-show": ("no_show", (*LIVING, "completed")),
    "cancel": ("cancelled", LIVING),
}

sides, seats = st.integers(0, 1), st.integers(0, 1)
anybody = st.one_of(st.none(), seats)
quarters = st.integers(OPEN // 15, OPEN // 15 + 14).map(lambda n: n * 15)  # where the crowd is
minutes = st.one_of(quarters, quarters, st.integers(OPEN // 5 - 6, CLOSE // 5 + 3).map(lambda n: n * 5))
services = st.sampled_from(sorted(SERVICES))
picks = st.integers(0, 30)


def shown(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def instant(minute: int) -> str:
    return clock.to_json(factories.at(shown(minute)))


@cache
def _application() -> ASGIApp:
    return asgi.create_app()


class Bookings(RuleBasedStateMachine):
    """`businesses` is the model: of each business its people, visits, holds, hours and absences."""

    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.day = factories.open_day()
        self.runner.run(self._found())

    async def _found(self) -> None:
        self.side = 0
        self.callers: list[Caller] = []
        self.businesses: list[dict[str, Any]] = []
        for _ in range(2):
            organization = await factories.organization()
            for name, (duration, before, after) in SERVICES.items():
                lengths = {"duration": duration, "buffer_before": before, "buffer_after": after}
                await factories.service(organization.id, name=name, **lengths)
            ids = [str((await factories.staff(organization.id, name=name)).id) for name in ("Ewa", "Kasia")]
            owner = await factories.member(organization.id)
            self.callers.append(await clients.program(_application(), owner))
            hours = dict.fromkeys(ids, (OPEN, CLOSE))
            self.businesses.append({"staff": ids, "visits": {}, "holds": {}, "hours": hours, "away": []})

    def ask(self, side: int, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        self.side = side
        response = self.runner.run(self.callers[side].send(method, path, json=body, **more))
        answer = response.json()
        return response.status_code, answer.get("data", answer.get("error"))

    # what the model says

    def free(self, side: int, service: str, start: int, staff_id: str | None, without: str | None = None) -> set[str]:
        """Who could take it."""
        model, (duration, before, after) = self.businesses[side], SERVICES[service]
        end = start + duration

        def is_free(member: str) -> bool:
            opens, closes = model["hours"][member]
            taken = [v for key, v in model["visits"].items() if v["status"] in LIVING and key != without]
            return (
                max(OPEN, opens) <= start
                and end <= min(CLOSE, closes)
                and not any(who == member and start < til and since < end for who, since, til in model["away"])
                and not any(
                    other["staff"] == member and start - before < other["busy"][1] and other["busy"][0] < end + after
                    for other in (*taken, *model["holds"].values())
                )
            )

        return {member for member in model["staff"] if staff_id in (None, member) and is_free(member)}

    def placed(self, service: str, start: int, data: Any) -> dict[str, Any]:
        duration, before, after = SERVICES[service]
        busy = (start - before, start + duration + after)
        return {"service": service, "staff": data["staffId"], "start": start, "busy": busy, "status": "scheduled"}

    def appointment(self, side: int, pick: int) -> tuple[str, dict[str, Any]] | None:
        appointments = self.businesses[side]["visits"]
        key = sorted(appointments)[pick % len(appointments)] if appointments else None
        return (key, appointments[key]) if key else None

    # what happens

    @initialize(starts=st.lists(quarters, min_size=5, max_size=5, unique=True))
    def open(self, starts: list[int]) -> None:
        for number, start in enumerate(starts):
            self.book_or_hold(number % 2, "Strzyżenie", start, None, False)

    @rule(side=sides, service=services, start=minutes, seat=anybody, held=st.booleans())
    def book_or_hold(self, side: int, service: str, start: int, seat: int | None, held: bool) -> None:
        model = self.businesses[side]
        staff_id = None if seat is None else model["staff"][seat]
        body = {"serviceType": service, "scheduledAt": instant(start), "staffId": staff_id}
        who = {} if held else {"clientName": "Anna", "clientPhone": "+48601000111"}
        status, data = self.ask(side, "POST", f"{APPOINTMENTS}/holds" if held else APPOINTMENTS, body | who)
        able = self.free(side, service, start, staff_id)
        assert status == (201 if able else 409), data
        if able:
            assert data["staffId"] in able
            model["holds" if held else "visits"][data["id"]] = self.placed(service, start, data)

    @rule(side=sides, pick=picks, use=st.booleans())
    def end_a_hold(self, side: int, pick: int, use: bool) -> None:
        model = self.businesses[side]
        if not model["holds"]:
            return
        key = sorted(model["holds"])[pick % len(model["holds"])]
        held = model["holds"].pop(key)
        if not use:
            assert self.ask(side, "DELETE", f"{APPOINTMENTS}/holds/{key}")[0] == 200
            return
        who = {"clientName": "Anna", "clientPhone": "+48601000111", "holdId": key}
        body = {"serviceType": held["service"], "scheduledAt": instant(held["start"]), **who}
        status, data = self.ask(side, "POST", APPOINTMENTS, body)
        if held["staff"] not in self.free(side, held["service"], held["start"], held["staff"]):
            assert (status, data["code"]) == (409, "HOLD_LOST")  # their hours or days changed meanwhile
            return
        assert (status, data["id"]) == (201, key)
        model["visits"][key] = held
        assert self.ask(side, "POST", APPOINTMENTS, body)[0] == 422  # it is used up

    @rule(side=sides, pick=picks, start=minutes, seat=anybody)
    def move(self, side: int, pick: int, start: int, seat: int | None) -> None:
        picked = self.appointment(side, pick)
        if picked is None:
            return
        key, appointment = picked
        staff_id = appointment["staff"] if seat is None else self.businesses[side]["staff"][seat]
        body = {"scheduledAt": instant(start), "staffId": staff_id}
        status, data = self.ask(side, "PATCH", f"{APPOINTMENTS}/{key}", body)
        stays = (start, staff_id) == (appointment["start"], appointment["staff"])
        able = appointment["status"] in LIVING and self.free(side, appointment["service"], start, staff_id, without=key)
        assert status == (200 if stays or able else 409), data
        if able and not stays:
            appointment |= {**self.placed(appointment["service"], start, data), "status": appointment["status"]}

    @rule(side=sides, pick=picks, verb=st.sampled_from(sorted(NEXT)))
    def change(self, side: int, pick: int, verb: str) -> None:
        picked = self.appointment(side, pick)
        if picked is None:
            return
        key, appointment = picked
        path = f"{APPOINTMENTS}/{key}"
        status, data = self.ask(side, *(("DELETE", path) if verb == "cancel" else ("POST", f"{path}/{verb}")))
        to, before = NEXT[verb]
        corrected = appointment["status"] in ("completed", "no_show") and verb != "cancel"
        allowed = appointment["status"] == to or (appointment["status"] in before and not corrected)
        assert status == (200 if allowed else 409), data  # a program corrects nothing that is over
        if allowed:
            appointment["status"] = to

    @rule(side=sides, seat=seats, start=minutes, length=st.sampled_from((15, 60, 240)))
    def time_off(self, side: int, seat: int, start: int, length: int) -> None:
        model = self.businesses[side]
        who, end = model["staff"][seat], start + length
        body = {"startsAt": instant(start), "endsAt": instant(end)}
        status, data = self.ask(side, "POST", f"{STAFF}/{who}/time-off", body)
        hit = {
            key
            for key, row in model["visits"].items()
            if row["staff"] == who
            and row["status"] in LIVING
            and row["start"] < end
            and row["start"] + SERVICES[row["service"]][0] > start
        }
        assert (status, {row["id"] for row in data["appointments"]}) == (201, hit)
        model["away"].append((who, start, end))

    @rule(side=sides, seat=seats, opens=st.integers(8, 12), length=st.integers(2, 8))
    def hours(self, side: int, seat: int, opens: int, length: int) -> None:
        model = self.businesses[side]
        who, day = model["staff"][seat], f"{self.day:%a}".lower()
        bounds = (opens * 60, (opens + length) * 60)
        block = {"open": shown(bounds[0]), "close": shown(bounds[1])}
        assert self.ask(side, "PATCH", f"{STAFF}/{who}", {"weeklyHours": {day: [block]}})[0] == 200
        model["hours"][who] = bounds

    @invariant()
    def offered_is_what_is_free(self) -> None:
        for service in SERVICES:
            self._offered(self.side, service)

    def _offered(self, side: int, service: str) -> None:
        query = {"date": str(self.day), "serviceType": service}
        status, data = self.ask(side, "GET", f"{APPOINTMENTS}/availability", params=query)
        assert status == 200
        starts = range(OPEN, CLOSE - SERVICES[service][0] + 1, STEP)
        offered = [(datetime.fromisoformat(slot["time"]), set(slot["staffIds"])) for slot in data["slots"]]
        assert offered == [(factories.at(shown(start)), self.free(side, service, start, None)) for start in starts]

    @rule(side=sides, pick=picks, method=st.sampled_from(("GET", "PATCH", "DELETE")))
    def stranger(self, side: int, pick: int, method: str) -> None:
        picked = self.appointment(side, pick)
        if picked is not None:
            body = {"notes": "obcy"} if method == "PATCH" else None
            assert self.ask(1 - side, method, f"{APPOINTMENTS}/{picked[0]}", body)[0] == 404

    @invariant()
    def list_is_the_model(self) -> None:
        side = self.side
        status, rows = self.ask(side, "GET", APPOINTMENTS, params={"limit": 100})
        assert status == 200
        got = {row["id"]: (row["scheduledAt"], row["staffId"], row["serviceType"], row["status"]) for row in rows}
        expected = self.businesses[side]["visits"].items()
        assert got == {
            key: (instant(booked["start"]), booked["staff"], booked["service"], booked["status"])
            for key, booked in expected
        }
        self._nobody_is_at_two_places(rows)

    def teardown(self) -> None:
        for self.side in (0, 1):
            self.list_is_the_model()

    def _nobody_is_at_two_places(self, rows: list[dict[str, Any]]) -> None:
        stored: dict[str, list[tuple[float, float]]] = {}
        for row in rows:
            if row["status"] in LIVING:
                _, before, after = SERVICES[row["serviceType"]]
                start, end = (datetime.fromisoformat(row[name]).timestamp() / 60 for name in ("scheduledAt", "endsAt"))
                stored.setdefault(row["staffId"], []).append((start - before, end + after))
        for times in stored.values():
            times.sort()
            assert all(earlier[1] <= later[0] for earlier, later in pairwise(times))


@pytest.fixture
def machine(database_url: str, configure: Any) -> Iterator[type[Bookings]]:
    configure(rate_limit_api_key="1000000/1seconds")
    with asyncio.Runner() as runner:

        async def begin() -> None:
            engine.connect(database_url)

        async def end() -> None:
            await rate_limiter.disconnect()
            await engine.disconnect()

        runner.run(begin())
        Bookings.runner = runner
        yield Bookings
        runner.run(end())


def run(machine: type[Bookings], examples: int, steps: int, **more: Any) -> None:
    bounds: dict[str, Any] = {
        "max_examples": examples,
        "stateful_step_count": steps,
        "deadline": None,
        "database": None,
    }
    checks = list(HealthCheck)
    run_state_machine_as_test(machine, settings=settings(**bounds, **more, suppress_health_check=checks))


def test_the_api_does_what_the_model_says(machine: type[Bookings]) -> None:
    run(machine, 4, 16, derandomize=True, phases=[Phase.generate])


@pytest.mark.soak
def test_the_api_does_what_the_model_says_for_long(machine: type[Bookings]) -> None:
    run(machine, 300, 60)
