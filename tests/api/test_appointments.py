"""Visits over REST: what a program and a person at the desk meet, with the sentences they get."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from starlette.types import ASGIApp

from sekretarka.core.database import engine
from sekretarka.core.runtime import clock
from tests import factories
from tests.clients import Caller
from tests.support import bookings

PATH = "/api/v1/appointments"
ANNA = {"clientName": "Anna Kowalska", "clientPhone": "601 000 111", "serviceType": "strzyzenie"}


@pytest.fixture
async def ewa(owner: Caller) -> str:
    """Id of a staff member who cuts hair."""
    await factories.service(owner.organization_id)
    return str((await factories.staff(owner.organization_id)).id)


async def book(caller: Caller, start: str, **values: Any) -> Any:
    return await caller.data("POST", PATH, json={**ANNA, "scheduledAt": start, **values})


async def refused(caller: Caller, **values: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code, and the fields that are wrong with their codes."""
    body = {**ANNA, "scheduledAt": clock.to_json(factories.at("10:00")), **values}
    response = await caller.send("POST", PATH, json={key: value for key, value in body.items() if value is not None})
    error = response.json()["error"]
    assert " " in error["message"], "a sentence for people"
    details = error.get("details") or []
    return response.status_code, error["code"], [(detail["path"][-1], detail["code"]) for detail in details]


async def test_from_free_time_to_a_finished_appointment(owner: Caller, ewa: str) -> None:
    day = {"date": str(factories.open_day()), "serviceType": "Strzyżenie"}
    availability = await owner.data("GET", f"{PATH}/availability", params=day)
    assert availability["timezone"] == "Europe/Warsaw"
    first = availability["slots"][0]
    assert first["time"].startswith(f"{factories.open_day()}T09:00:00+0")
    assert (first["available"], first["staffIds"]) == (True, [ewa])
    appointment = await book(owner, first["time"])
    assert appointment["scheduledAt"] == clock.to_json(factories.at("09:00"))
    assert (appointment["clientPhone"], appointment["serviceType"]) == ("+48601000111", "Strzyżenie")
    assert (appointment["status"], appointment["price"]) == ("scheduled", {"amount": 12_000, "currency": "pln"})
    availability = await owner.data("GET", f"/api/v1/staff/{ewa}/availability", params=day)
    assert [slot["available"] for slot in availability["slots"][:6]] == [False] * 5 + [True]
    assert (await owner.data("POST", f"{PATH}/{appointment['id']}/confirm"))["status"] == "confirmed"
    assert (await owner.data("POST", f"{PATH}/{appointment['id']}/complete"))["status"] == "completed"
    late = await owner.send("POST", f"{PATH}/{appointment['id']}/confirm")
    assert late.status_code == 409
    assert late.json()["error"]["details"] == {"from": "completed", "to": "confirmed", "allowed": ["no_show"]}
    client = await owner.data("GET", f"/api/v1/clients/{appointment['clientId']}")
    assert (client["visitCount"], client["lastVisitAt"]) == (1, appointment["scheduledAt"])


async def test_a_change_of_hours_is_followed_by_the_appointments_it_leaves(owner: Caller, ewa: str) -> None:
    appointment = await book(owner, clock.to_json(factories.at("10:00")))
    outside = f"{PATH}/outside"
    assert await owner.data("GET", outside) == {"appointments": []}
    await owner.data("PATCH", f"/api/v1/staff/{ewa}", json={"weeklyHours": {}})
    [left] = (await owner.data("GET", outside, params={"staffId": ewa}))["appointments"]
    assert left == {**appointment, "reason": "off"}
    business = f"/api/v1/organizations/{owner.organization_id}"
    await owner.data("PATCH", business, json={"closedDays": [str(factories.open_day())]})
    [left] = (await owner.data("GET", outside))["appointments"]
    assert (left["reason"], left["status"]) == ("closed", "scheduled"), "nothing is cancelled"


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"serviceType": "Masaż"}, "serviceType", "unknown_service"),
        ({"clientPhone": "112"}, "clientPhone", "invalid_phone"),
        ({"clientName": " "}, "clientName", "string_too_short"),
        ({"clientPhone": None}, "clientPhone", "required"),
        ({"scheduledAt": "2020-01-07T10:00:00Z"}, "scheduledAt", "in_past"),
        ({"scheduledAt": "2030-01-07T10:00:30Z"}, "scheduledAt", "not_a_whole_minute"),
        ({"scheduledAt": "2030-01-07T10:00:00"}, "scheduledAt", "timezone_aware"),
        ({"scheduledAt": 1_900_000_000}, "scheduledAt", "datetime_parsing"),
        ({"scheduledAt": "2030-01-07T10:00:00", "timezone": "Europe/Krakow"}, "timezone", "unknown_timezone"),
        ({"scheduledAt": "2027-03-28T02:30", "timezone": "Europe/Warsaw"}, "scheduledAt", "nonexistent_local_time"),
        ({"scheduledAt": "0001-01-01T00:00", "timezone": "Europe/Warsaw"}, "scheduledAt", "out_of_range"),
        ({"scheduledAt": "9999-12-31T23:00", "timezone": "America/New_York"}, "scheduledAt", "out_of_range"),
    ],
)
async def test_invalid_booking_fields_are_named(
    owner: Caller, ewa: str, values: dict[str, Any], field: str, code: str
) -> None:
    status, kind, details = await refused(owner, **values)
    assert (status, kind) == (422, "VALIDATION_ERROR")
    assert (field, code) in details
    assert (await owner.send("GET", PATH)).json()["metadata"]["total"] == 0
    assert (await owner.send("GET", "/api/v1/clients")).json()["metadata"]["total"] == 0, "nothing half-written"


async def test_unavailable_times_are_rejected_with_a_reason(owner: Caller, program: Caller, ewa: str) -> None:
    await book(owner, clock.to_json(factories.at("10:00")))
    nobody = await factories.service(owner.organization_id, name="Masaż")
    await owner.data("PATCH", f"/api/v1/services/{nobody.id}", json={"staffIds": [ewa]})
    other = await factories.staff(owner.organization_id, name="Kasia", is_active=False)
    for values, code in (
        ({"staffId": ewa}, "SLOT_TAKEN"),
        ({"scheduledAt": clock.to_json(factories.at("20:00"))}, "OUTSIDE_HOURS"),
        ({"scheduledAt": clock.to_json(factories.at("10:00") + timedelta(days=200))}, "TOO_FAR"),
        ({"serviceType": "Masaż", "staffId": str(other.id)}, "STAFF_UNAVAILABLE"),
    ):
        assert (await refused(owner, **values))[:2] == (409, code)
    noon, soon = factories.at("12:00"), clock.to_json(factories.at("13:00"))
    with time_machine.travel(noon, tick=False):
        assert (await refused(program, scheduledAt=soon))[:2] == (409, "TOO_SOON")
        await book(owner, soon)


async def test_an_appointment_keeps_the_length_and_price_it_was_booked_at(owner: Caller, ewa: str) -> None:
    appointment = await book(owner, clock.to_json(factories.at("10:00")))
    path = f"/api/v1/services/{appointment['serviceId']}"
    await owner.data("PATCH", path, json={"duration": 180, "price": {"amount": 99_900, "currency": "pln"}})
    moved = await owner.data(
        "PATCH", f"{PATH}/{appointment['id']}", json={"scheduledAt": clock.to_json(factories.at("15:30"))}
    )
    assert (moved["endsAt"], moved["price"]) == (clock.to_json(factories.at("16:30")), appointment["price"])


async def test_who_does_an_appointment_can_change_when_its_time_cannot(
    owner: Caller, program: Caller, ewa: str
) -> None:
    appointment = await book(owner, clock.to_json(factories.at("10:00")))
    kasia = str((await factories.staff(owner.organization_id, name="Kasia")).id)
    past = clock.to_json(factories.at("10:15"))
    with time_machine.travel(factories.at("10:20"), tick=False):
        path = f"{PATH}/{appointment['id']}"
        assert (await program.data("PATCH", path, json={"staffId": kasia}))["staffId"] == kasia
        late = await owner.send("PATCH", path, json={"scheduledAt": past})
        assert late.json()["error"]["details"][0]["code"] == "in_past"


async def test_another_number_brings_another_client_by_the_name_that_comes_with_it(owner: Caller, ewa: str) -> None:
    appointment = await book(owner, clock.to_json(factories.at("10:00")))
    changed = {"clientPhone": "601 000 222", "clientName": "Ewa Zielińska", "clientEmail": "ewa@example.com"}
    appointment = await owner.data("PATCH", f"{PATH}/{appointment['id']}", json=changed)
    client = await owner.data("GET", f"/api/v1/clients/{appointment['clientId']}")
    assert (client["name"], client["email"], client["phone"]) == ("Ewa Zielińska", "ewa@example.com", "+48601000222")


async def test_appointments_of_a_service_that_was_taken_away_are_found(owner: Caller, ewa: str) -> None:
    appointment = await book(owner, clock.to_json(factories.at("10:00")))
    await owner.data("DELETE", f"/api/v1/services/{appointment['serviceId']}")
    await factories.service(owner.organization_id)
    for named in ("strzyzenie", appointment["serviceId"]):
        listed = await owner.data("GET", PATH, params={"serviceType": named})
        assert [row["id"] for row in listed] == [appointment["id"]]
    assert await owner.data("GET", PATH, params={"serviceType": "Masaż"}) == []


async def test_a_time_on_the_clock_that_repeats_is_the_earlier_one_unless_an_offset_says_more(
    owner: Caller, ewa: str
) -> None:
    night = {day: [{"open": "00:00", "close": "24:00"}] for day in ("sat", "sun")}
    await owner.data("PATCH", f"/api/v1/organizations/{owner.organization_id}", json={"businessHours": night})
    with time_machine.travel("2026-10-20T10:00:00Z", tick=False):
        local = {"scheduledAt": "2026-10-25T02:15", "timezone": "Europe/Warsaw"}
        assert (await owner.data("POST", PATH, json={**ANNA, **local}))["scheduledAt"] == "2026-10-25T00:15:00.000Z"
        later = await book(owner, "2026-10-25T02:30:00+01:00")
        assert later["scheduledAt"] == "2026-10-25T01:30:00.000Z"


async def test_time_off_answers_with_the_appointments_it_hits(owner: Caller, ewa: str) -> None:
    appointment = await book(owner, clock.to_json(factories.at("10:00")))
    day = str(factories.open_day())
    taken = await owner.data("POST", f"/api/v1/staff/{ewa}/time-off", json={"startsAt": day, "endsAt": day})
    assert [affected["id"] for affected in taken["appointments"]] == [appointment["id"]]
    assert (await owner.data("GET", f"{PATH}/{appointment['id']}"))["status"] == "scheduled"
    availability = await owner.data("GET", f"/api/v1/staff/{ewa}/availability", params={"date": day})
    assert not any(slot["available"] for slot in availability["slots"])
    [listed] = await owner.data("GET", f"/api/v1/staff/{ewa}/time-off")
    await owner.data("DELETE", f"/api/v1/staff/{ewa}/time-off/{listed['id']}")
    assert (await owner.data("GET", f"/api/v1/staff/{ewa}"))["timeOff"] == []


async def test_lists_narrow_and_sort(owner: Caller, ewa: str) -> None:
    hours = ("10:00", "12:00", "14:00")
    appointments = [await book(owner, clock.to_json(factories.at(hour))) for hour in hours]
    await owner.data("DELETE", f"{PATH}/{appointments[1]['id']}")
    await owner.data(
        "POST", f"{PATH}/holds", json={"serviceType": "Strzyżenie", "scheduledAt": appointments[1]["scheduledAt"]}
    )
    day = str(factories.open_day())
    for params, expected in (
        ({}, [2, 1, 0]),
        ({"sort": "scheduledAt"}, [0, 1, 2]),
        ({"status": "cancelled"}, [1]),
        ({"startDate": day, "endDate": day}, [2, 1, 0]),
        ({"startDate": appointments[1]["scheduledAt"]}, [2, 1]),
        ({"serviceType": "STRZYŻENIE"}, [2, 1, 0]),
        ({"serviceType": "Masaż"}, []),
        ({"clientId": appointments[0]["clientId"], "staffId": ewa}, [2, 1, 0]),
    ):
        listed = await owner.data("GET", PATH, params=params)
        assert [row["id"] for row in listed] == [appointments[number]["id"] for number in expected], params
    assert (await owner.send("GET", PATH, params={"status": "held"})).status_code == 422


async def test_concurrent_bookings_of_one_time_have_one_winner(owner: Caller, program: Caller, ewa: str) -> None:
    body = {**ANNA, "scheduledAt": clock.to_json(factories.at("10:00"))}
    answers = await asyncio.gather(*((owner, program)[n % 2].send("POST", PATH, json=body) for n in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409} == {"SLOT_TAKEN"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_deadlock_is_retried(app: ASGIApp, database: engine.Database, owner: Caller, ewa: str) -> None:
    """Somebody past our code locks a visit, then the person; the request does it in the other order."""
    appointment = await book(owner, clock.to_json(factories.at("10:00")))
    async with bookings.in_the_way(database.url) as other:
        await other.execute("SELECT 1 FROM appointments WHERE id = $1 FOR UPDATE", appointment["id"])
        later = {"scheduledAt": clock.to_json(factories.at("12:00"))}
        moving = asyncio.create_task(owner.data("PATCH", f"{PATH}/{appointment['id']}", json=later))
        await asyncio.sleep(0.3)
        await other.execute("SELECT 1 FROM staff WHERE id = $1 FOR UPDATE", ewa)
    assert (await moving)["scheduledAt"] == later["scheduledAt"]
