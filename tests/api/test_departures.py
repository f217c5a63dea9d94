"""Whoever lets a staff member go is told which appointments are left, and finds them afterwards."""

import pytest
from starlette.types import ASGIApp

from sekretarka.core.permissions import Permission
from tests import clients, factories
from tests.clients import Caller

OUTSIDE = "/api/v1/appointments/outside"


async def person_with_appointments(owner: Caller) -> str:
    """The path of Ewa, who has a cancelled appointment and two to come; Kasia has one."""
    await factories.service(owner.organization_id)
    ewa, kasia = [await factories.staff(owner.organization_id, name=name) for name in ("Ewa Lis", "Kasia Mazur")]
    for wall_time, who in (("10:00", ewa), ("12:00", ewa), ("14:00", ewa), ("10:00", kasia)):
        row = await factories.appointment(owner.actor, factories.at(wall_time), staffId=str(who.id))
        if wall_time == "14:00":
            await owner.data("DELETE", f"/api/v1/appointments/{row.id}")
    return f"/api/v1/staff/{ewa.id}"


async def test_deleting_answers_with_the_appointments_that_are_left(owner: Caller) -> None:
    path = await person_with_appointments(owner)
    assert (await owner.data("GET", path))["upcomingAppointments"] == 2
    deleted = await owner.data("DELETE", path)
    assert (deleted["id"], deleted["upcomingAppointments"]) == (path[-36:], 2)
    assert [row["scheduledAt"][11:16] for row in deleted["appointments"]] == [
        factories.at(wall_time).isoformat()[11:16] for wall_time in ("10:00", "12:00")
    ]
    outside = (await owner.data("GET", OUTSIDE, params={"staffId": deleted["id"]}))["appointments"]
    assert [(row["id"], row["reason"]) for row in outside] == [(row["id"], "left") for row in deleted["appointments"]]
    assert all(row["status"] == "scheduled" for row in outside)


async def test_switching_off_counts_the_appointments_that_are_left(owner: Caller) -> None:
    path = await person_with_appointments(owner)
    assert (await owner.data("PATCH", path, json={"isActive": False}))["upcomingAppointments"] == 2
    outside = (await owner.data("GET", OUTSIDE, params={"staffId": path[-36:]}))["appointments"]
    assert {row["reason"] for row in outside} == {"left"}
    listed = {row["name"]: row["upcomingAppointments"] for row in await owner.data("GET", "/api/v1/staff")}
    assert listed == {"Ewa Lis": 2, "Kasia Mazur": 1}
    for row in outside:
        await owner.data("DELETE", f"/api/v1/appointments/{row['id']}")
    assert (await owner.data("GET", path))["upcomingAppointments"] == 0


@pytest.mark.parametrize(("scopes", "listed"), [((), 0), ((Permission.APPOINTMENTS_READ,), 2)])
async def test_who_may_not_read_appointments_is_told_how_many(
    app: ASGIApp, owner: Caller, scopes: tuple[Permission, ...], listed: int
) -> None:
    path = await person_with_appointments(owner)
    program = await clients.program(app, owner.actor, Permission.STAFF_READ, Permission.STAFF_WRITE, *scopes)
    deleted = await program.data("DELETE", path)
    assert (deleted["upcomingAppointments"], len(deleted["appointments"])) == (2, listed)
