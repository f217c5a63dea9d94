"""What was offered can be taken: each time offered can be booked, held and moved to, whoever has left meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.types import ASGIApp

from sekretarka.core.permissions import Permission
from sekretarka.domain.agents.models import Capability
from tests import clients, factories
from tests.api.test_holds import undermine
from tests.api.test_tools import ANNA, Line, appointments, local
from tests.clients import Caller

ABSENCES = ("off", "deleted", "leave", "leave_that_day", "unassigned", "busy")


@pytest.fixture
async def line(app: ASGIApp, owner: Caller) -> Line:
    """A call to a salon with Ewa and Kasia; Anna has an appointment with Ewa at ten."""
    await factories.service(owner.organization_id)
    for name in ("Ewa Lis", "Kasia Mazur"):
        await factories.staff(owner.organization_id, name=name)
    agent = await factories.agent(owner.organization_id, capabilities=list(Capability))
    line = Line(await clients.program(app, owner.actor, Permission.TOOLS_USE), agent)
    await line.use("book", serviceType="Strzyżenie", scheduledAt=local("10:00"), staff="Ewa", **ANNA)
    return line


async def ids(owner: Caller) -> dict[str, str]:
    return {row["name"]: row["id"] for row in await owner.data("GET", "/api/v1/staff")}


async def lose(owner: Caller, absence: str) -> None:
    """Ewa cannot take appointments any more: of these kinds."""
    ewa, day = (await ids(owner))["Ewa Lis"], factories.open_day()
    if absence == "busy":
        for wall_time in ("11:10", "12:20", "13:30", "14:40"):
            await factories.appointment(owner.actor, factories.at(wall_time), staffId=ewa)
    elif absence.startswith("leave"):
        last = day if absence == "leave_that_day" else day + timedelta(days=60)
        body = {"startsAt": str(day - timedelta(days=10)), "endsAt": str(last)}
        await owner.data("POST", f"/api/v1/staff/{ewa}/time-off", json=body)
    else:
        await undermine(owner, absence, ewa)


@pytest.mark.parametrize("absence", ABSENCES)
async def test_moving_takes_every_time_that_is_offered(owner: Caller, line: Line, absence: str) -> None:
    await lose(owner, absence)
    day = str(factories.open_day())
    offer = await line.use("check_availability", serviceType="Strzyżenie", date=day)
    assert len(offer["data"]["slots"]) == 3
    for slot in offer["data"]["slots"]:
        moved = await line.use("reschedule", **ANNA, scheduledAt=slot["time"])
        assert moved["say"].startswith("Przełożone"), (slot, moved)
        if absence != "busy":  # of her own time, which the appointment leaves, Ewa may be free
            assert [moved["data"]["staff"]] == slot["staff"] == ["Kasia Mazur"]


@pytest.mark.parametrize("absence", ["off", "deleted", "leave"])
async def test_who_takes_it_instead_is_named(owner: Caller, line: Line, absence: str) -> None:
    await lose(owner, absence)
    moved = await line.use("reschedule", **ANNA, scheduledAt=local("12:00"))
    assert moved["say"].endswith("o dwunastej. Przyjmie Kasia Mazur.")
    again = await line.use("reschedule", **ANNA, scheduledAt=local("13:00"))
    assert again["say"].endswith("o trzynastej."), "with whom it is already"


async def test_same_staff_member_keeps_it_where_they_can(owner: Caller, line: Line) -> None:
    moved = await line.use("reschedule", **ANNA, scheduledAt=local("12:00"))
    assert (moved["data"]["staff"], moved["say"][-12:]) == ("Ewa Lis", "o dwunastej.")


@pytest.mark.parametrize("absence", ["leave", "leave_that_day", "busy"])
async def test_who_was_asked_for_and_cannot_is_told_apart(owner: Caller, line: Line, absence: str) -> None:
    await lose(owner, absence)
    day = str(factories.open_day())
    offer = await line.use("check_availability", serviceType="Strzyżenie", date=day, staff="Ewy")
    assert offer["data"]["slots"], offer
    for slot in offer["data"]["slots"]:
        moved = await line.use("reschedule", **ANNA, scheduledAt=slot["time"], staff=slot["staff"][0])
        assert moved["data"]["staff"] == slot["staff"][0]
    if absence == "leave":
        assert offer["say"].startswith(
            "Ewa Lis nie ma w najbliższym czasie wolnych terminów. Kasia Mazur ma wolny termin"
        )
        refused = await line.use("book", serviceType="Strzyżenie", scheduledAt=local("12:00"), staff="Ewa", **ANNA)
        assert refused["data"]["code"] == "staff_unavailable"
        assert refused["say"].startswith("Ewa Lis wtedy nie pracuje.")
    elif absence == "leave_that_day":
        assert offer["say"].startswith("Ewa Lis nie ma tego dnia wolnych terminów.")


@pytest.mark.parametrize("duration", [30, 90])
async def test_service_of_another_length_than_booked(owner: Caller, line: Line, duration: int) -> None:
    await lose(owner, "deleted")
    [service] = await owner.data("GET", "/api/v1/services")
    await owner.data("PATCH", f"/api/v1/services/{service['id']}", json={"duration": duration})
    for wall_time in ("09:00", "11:00", "12:40", "14:20"):  # no hour is free between some of them
        await factories.appointment(owner.actor, factories.at(wall_time), clientPhone="+48601000999")
    offer = await line.use("check_availability", serviceType="Strzyżenie", date=str(factories.open_day()))
    for slot in offer["data"]["slots"]:
        moved = await line.use("reschedule", **ANNA, scheduledAt=slot["time"])
        assert moved["say"].startswith("Przełożone"), (slot, moved)


@pytest.mark.parametrize("absence", ABSENCES[:-1])
async def test_booking_and_holding_take_every_time_that_is_offered(
    app: ASGIApp, owner: Caller, line: Line, absence: str
) -> None:
    await lose(owner, absence)
    offer = await line.use("check_availability", serviceType="Strzyżenie", date=str(factories.open_day()))
    [first, second, third] = [slot["time"] for slot in offer["data"]["slots"]]
    body: dict[str, Any] = {"serviceType": "Strzyżenie", **ANNA}
    assert (await line.use("book", **body, scheduledAt=first))["say"].startswith("Umówione")
    held = await owner.data(
        "POST", "/api/v1/appointments/holds", json={"serviceType": "Strzyżenie", "scheduledAt": second}
    )
    booked = await owner.data(
        "POST", "/api/v1/appointments", json={**body, "scheduledAt": second, "holdId": held["id"]}
    )
    assert booked["id"] == held["id"]
    row = await owner.data("PATCH", f"/api/v1/appointments/{booked['id']}", json={"scheduledAt": third})
    assert row["staffId"] == (await ids(owner))["Kasia Mazur"]


async def test_moving_by_hand_says_that_the_person_left(owner: Caller, line: Line) -> None:
    await lose(owner, "deleted")
    [appointment] = await appointments(owner)
    path = f"/api/v1/appointments/{appointment['id']}"
    refused = await owner.send("PATCH", path, json={"scheduledAt": factories.at("12:00").isoformat()})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "STAFF_UNAVAILABLE")
    moved = {"scheduledAt": factories.at("12:00").isoformat(), "staffId": (await ids(owner))["Kasia Mazur"]}
    assert (await owner.data("PATCH", path, json=moved))["staffId"] == moved["staffId"]
