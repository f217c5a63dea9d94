"""A hold stands as long as its basis does, and nobody holds a whole day."""

import asyncio
from datetime import timedelta

import pytest
import time_machine
from starlette.types import ASGIApp

from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.holds import MAX_OPEN_HOLDS
from tests import clients, factories
from tests.clients import Caller

PATH = "/api/v1/appointments"
ANNA = {"clientName": "Anna Kowalska", "clientPhone": "601 000 111"}


@pytest.fixture
async def program(app: ASGIApp, owner: Caller) -> Caller:
    """A program of a salon with Ewa and Kasia that may book and nothing else."""
    await factories.service(owner.organization_id)
    for name in ("Ewa Lis", "Kasia Mazur"):
        await factories.staff(owner.organization_id, name=name)
    return await clients.program(app, owner.actor, Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_WRITE)


async def ids(owner: Caller, resource: str) -> list[str]:
    return [row["id"] for row in await owner.data("GET", f"/api/v1/{resource}")]


async def undermine(owner: Caller, change: str, ewa: str) -> None:
    """Take away what the hold with Ewa at ten stands on."""
    [service] = await ids(owner, "services")
    day = str(factories.open_day())
    path = f"/api/v1/staff/{ewa}"
    match change:
        case "deleted":
            await owner.data("DELETE", path)
        case "off":
            await owner.data("PATCH", path, json={"isActive": False})
        case "time_off":
            await owner.data("POST", f"{path}/time-off", json={"startsAt": day, "endsAt": day})
        case "hours":
            await owner.data("PATCH", path, json={"weeklyHours": {}})
        case "closed":
            await owner.data("PATCH", f"/api/v1/organizations/{owner.organization_id}", json={"closedDays": [day]})
        case "unassigned":
            others = [other for other in await ids(owner, "staff") if other != ewa]
            await owner.data("PATCH", f"/api/v1/services/{service}", json={"staffIds": others})
        case "service_off":
            await owner.data("PATCH", f"/api/v1/services/{service}", json={"isActive": False})
        case "service_deleted":
            await owner.data("DELETE", f"/api/v1/services/{service}")


REASONS = {
    "deleted": "STAFF_UNAVAILABLE",
    "off": "STAFF_UNAVAILABLE",
    "time_off": "STAFF_UNAVAILABLE",
    "hours": "STAFF_UNAVAILABLE",
    "closed": "OUTSIDE_HOURS",
    "unassigned": "STAFF_UNAVAILABLE",
    "service_off": "UNKNOWN_SERVICE",
    "service_deleted": "UNKNOWN_SERVICE",
}


@pytest.mark.parametrize("change", REASONS)
async def test_lost_hold_is_rejected_with_alternatives_and_released(
    owner: Caller, program: Caller, change: str
) -> None:
    ewa = (await ids(owner, "staff"))[0]
    slot = {"serviceType": "Strzyżenie", "scheduledAt": factories.at("10:00").isoformat(), "staffId": ewa}
    held = await program.data("POST", f"{PATH}/holds", json=slot)
    await undermine(owner, change, ewa)
    await factories.service(owner.organization_id, name="Masaż")
    body = {**slot, **ANNA, "holdId": held["id"]}
    rejected = await program.send("POST", PATH, json=body, headers={"Idempotency-Key": "once"})
    error = rejected.json()["error"]
    assert (rejected.status_code, error["code"], error["details"]["reason"]) == (409, "HOLD_LOST", REASONS[change])
    assert (await program.send("GET", f"{PATH}/holds/{held['id']}")).status_code == 404
    assert (await program.send("POST", PATH, json=body)).json()["error"]["details"][0]["code"] == "unknown_hold"
    again = await program.send("POST", PATH, json=body, headers={"Idempotency-Key": "once"})
    assert (again.status_code, again.json()) == (409, rejected.json())
    assert await program.data("GET", PATH) == []
    if REASONS[change] == "UNKNOWN_SERVICE":
        assert error["details"]["services"] == ["Masaż"]
        assert error["say"] == "Tej usługi nie mogę już zarezerwować. Mogę zapisać na: Masaż."
        return
    assert error["say"].startswith("Ten termin nie jest już wolny. Mogę zaproponować: ")
    assert len(error["details"]["times"]) == 3
    for time in error["details"]["times"]:
        booked = await program.data("POST", PATH, json={"serviceType": "Strzyżenie", "scheduledAt": time, **ANNA})
        await program.data("DELETE", f"{PATH}/{booked['id']}")


async def test_hold_whose_basis_stands_is_used_as_it_was_held(owner: Caller, program: Caller) -> None:
    ewa = (await ids(owner, "staff"))[0]
    slot = {"serviceType": "Strzyżenie", "scheduledAt": factories.at("10:00").isoformat(), "staffId": ewa}
    held = await program.data("POST", f"{PATH}/holds", json=slot)
    [service] = await ids(owner, "services")
    patch = {"duration": 90, "price": {"amount": 20_000, "currency": "pln"}}
    await owner.data("PATCH", f"/api/v1/services/{service}", json=patch)
    other = {"startsAt": str(factories.open_day(1)), "endsAt": str(factories.open_day(1))}
    await owner.data("POST", f"/api/v1/staff/{ewa}/time-off", json=other)
    booked = await program.data("POST", PATH, json={**slot, **ANNA, "holdId": held["id"]})
    assert (booked["id"], booked["endsAt"]) == (held["id"], held["endsAt"])
    assert booked["price"]["amount"] == 12_000


async def test_open_holds_of_a_key_are_limited(app: ASGIApp, owner: Caller, program: Caller) -> None:
    for n in range(MAX_OPEN_HOLDS):
        await factories.staff(owner.organization_id, name=f"Osoba {n}")
    slot = {"serviceType": "Strzyżenie", "scheduledAt": factories.at("10:00").isoformat()}
    answers = await asyncio.gather(*(program.send("POST", f"{PATH}/holds", json=slot) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * MAX_OPEN_HOLDS + [429] * 2
    rejected = next(answer for answer in answers if answer.status_code == 429)
    assert rejected.json()["error"]["code"] == "TOO_MANY_HOLDS"
    assert rejected.json()["error"]["say"].startswith("Zbyt wiele terminów czeka")
    assert 0 < int(rejected.headers["retry-after"]) <= 300
    other = await clients.program(app, owner.actor, Permission.APPOINTMENTS_WRITE)
    assert (await other.send("POST", f"{PATH}/holds", json=slot)).status_code == 201
    used = next(answer.json()["data"] for answer in answers if answer.status_code == 201)
    await program.data("POST", PATH, json={**slot, **ANNA, "holdId": used["id"]})
    assert (await program.send("POST", f"{PATH}/holds", json=slot)).status_code == 201
    assert (await program.send("POST", f"{PATH}/holds", json=slot)).status_code == 429
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert (await program.send("POST", f"{PATH}/holds", json=slot)).status_code == 201
