"""Calendars for other programs: behind a secret link that can be changed, and one visit as a file."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import icalendar
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp

from sekretarka.core.runtime import clock, crypto
from sekretarka.core.runtime.settings import settings
from tests import factories
from tests.clients import Caller, client_of
from tests.support import bookings

STAFF, APPOINTMENTS = "/api/v1/staff", "/api/v1/appointments"


@pytest.fixture
async def ids(owner: Caller) -> dict[str, str]:
    """A visit of Anna's with Ewa, a time with Kasia that is only held, and Ewa's link as `link`."""
    row_ids = {name: str(value) for name, value in (await bookings.rows(owner.organization_id)).items()}
    return {**row_ids, "link": await link_of(owner, row_ids["staff"])}


async def link_of(caller: Caller, staff_id: str) -> str:
    link: str = (await caller.data("GET", f"{STAFF}/{staff_id}"))["calendarUrl"]
    return link


def read(answer: httpx2.Response) -> Any:
    return icalendar.Calendar.from_ical(answer.content)


async def events(nobody: httpx2.AsyncClient, link: str) -> list[Any]:
    answer = await nobody.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return list(read(answer).events)


async def test_staff_calendar_has_appointments_and_their_changes(
    owner: Caller, nobody: httpx2.AsyncClient, ids: dict[str, str]
) -> None:
    [first] = await events(nobody, ids["link"])
    assert (first["UID"], first["STATUS"], first["SUMMARY"]) == (ids["appointment"], "TENTATIVE", "Strzyżenie: Anna")
    await owner.data("POST", f"{APPOINTMENTS}/{ids['appointment']}/confirm")
    moved = clock.to_json(factories.at("11:00"))
    await owner.data(
        "PATCH", f"{APPOINTMENTS}/{ids['appointment']}", json={"scheduledAt": moved, "notes": "Uwaga: ,;\r\nX"}
    )
    [second] = await events(nobody, ids["link"])
    assert (second["STATUS"], second.start - first.start) == ("CONFIRMED", timedelta(hours=1))
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["DESCRIPTION"].endswith("Uwaga: ,;\nX")
    await owner.data("DELETE", f"{APPOINTMENTS}/{ids['appointment']}")
    [third] = await events(nobody, ids["link"])
    assert (third["UID"], third["STATUS"], third["SEQUENCE"]) == (first["UID"], "CANCELLED", second["SEQUENCE"] + 1)


async def test_it_is_sent_once(nobody: httpx2.AsyncClient, owner: Caller, ids: dict[str, str]) -> None:
    first = await nobody.get(ids["link"])
    assert first.headers["cache-control"] == "private, no-cache"
    condition = {"If-None-Match": first.headers["etag"]}
    again = await nobody.get(ids["link"], headers=condition)
    assert (again.status_code, again.content) == (304, b"")
    head = await nobody.head(ids["link"], headers={"Accept": "text/calendar"})
    assert (head.status_code, head.headers["etag"]) == (200, first.headers["etag"])
    await owner.data("POST", f"{APPOINTMENTS}/{ids['appointment']}/confirm")
    assert (await nobody.get(ids["link"], headers=condition)).status_code == 200


@pytest.mark.parametrize("more", ["&nocache=1764547200", "&x=1&x=2", "&fbclid=%ff", "&"])
async def test_what_calendar_programs_add_is_ignored(
    nobody: httpx2.AsyncClient, ids: dict[str, str], more: str
) -> None:
    assert (await nobody.get(ids["link"] + more)).status_code == 200


async def test_a_calendar_server_reads_the_links_of_many_people(
    owner: Caller, nobody: httpx2.AsyncClient, ids: dict[str, str]
) -> None:
    links = [ids["link"]]
    for number in range(12):
        links.append((await owner.data("POST", STAFF, json={"name": f"Osoba {number}"}))["calendarUrl"])
    answers = [await nobody.get(link) for link in links]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"calendar";q=10;w=10'}
    again = [(await nobody.get(ids["link"])).status_code for _ in range(10)]
    assert again == [200] * 9 + [429]
    assert (await nobody.get(links[1])).status_code == 200, "another link has a limit of its own"
    wrong = [(await nobody.get(f"{link}0")).status_code for link in links]
    assert wrong == [404] * 10 + [429] * 3


async def test_wrong_calendar_key_is_not_found(
    owner: Caller, stranger: Caller, app: ASGIApp, ids: dict[str, str]
) -> None:
    async def refusal(link: str) -> tuple[int, bytes, str]:
        answer = await client_of(app).get(link)
        return answer.status_code, answer.content, answer.headers["cache-control"]

    key = ids["link"].partition("key=")[2]
    never = await refusal(f"{STAFF}/{uuid4()}/calendar.ics?key={key}")
    foreign_rows = await bookings.rows(stranger.organization_id)
    path = f"{STAFF}/{ids['staff']}/calendar.ics"
    changed = await owner.data("POST", f"{STAFF}/{ids['staff']}/calendar-url/rotate")
    assert changed["calendarUrl"] != ids["link"]
    for wrong in (
        path,
        f"{path}?key=",
        f"{path}?key={key[:-1]}",
        f"{path}?key=%C5%BC",
        f"{STAFF}/{foreign_rows['staff']}/calendar.ics?key={key}",
        ids["link"],
    ):
        assert await refusal(wrong) == never
    assert never[0] == 404
    assert (await refusal(changed["calendarUrl"]))[0] == 200
    await owner.data("DELETE", f"{STAFF}/{ids['staff']}")
    assert await refusal(changed["calendarUrl"]) == never


async def test_calendar_link_is_shown_to_managers_and_the_staff_member(
    owner: Caller, staff: Caller, viewer: Caller, ids: dict[str, str]
) -> None:
    for caller in (staff, viewer):
        assert {row["calendarUrl"] for row in await caller.data("GET", STAFF)} == {None}
    await bookings.works_as(staff.user_id, staff.organization_id, ids["staff"])
    shown = {row["id"]: row["calendarUrl"] for row in await staff.data("GET", STAFF)}
    assert shown.pop(ids["staff"]) == ids["link"]
    assert set(shown.values()) == {None}


async def test_the_key_is_not_logged_and_survives_a_new_secret(
    nobody: httpx2.AsyncClient, ids: dict[str, str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level("DEBUG"):
        await nobody.get(ids["link"])
        await nobody.get(ids["link"] + "0")
    assert "calendar.ics" in caplog.text
    assert ids["link"].partition("key=")[2] not in caplog.text
    changed = {"secret_key": SecretStr("an entirely new secret of ours"), "previous_secret_key": settings.secret_key}
    monkeypatch.setattr(crypto, "settings", settings.model_copy(update=changed))
    assert len(await events(nobody, ids["link"])) == 1
    monkeypatch.setattr(crypto, "settings", settings.model_copy(update={**changed, "previous_secret_key": None}))
    assert (await nobody.get(ids["link"])).status_code == 404


async def test_an_appointment_as_a_file_for_the_client(owner: Caller, stranger: Caller, ids: dict[str, str]) -> None:
    path = f"{APPOINTMENTS}/{ids['appointment']}/calendar.ics"
    answer = await owner.send("GET", path)
    assert answer.headers["content-disposition"] == 'attachment; filename="visit.ics"'
    [event] = read(answer).events
    assert event["SUMMARY"].startswith("Strzyżenie, ")
    assert "DESCRIPTION" not in event
    assert b"+48" not in answer.content
    again = await owner.send("GET", path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await stranger.send("GET", path)).status_code == 404
    assert (await owner.send("GET", f"{APPOINTMENTS}/{ids['hold']}/calendar.ics")).status_code == 404
    await owner.data("DELETE", f"{APPOINTMENTS}/{ids['appointment']}")
    cancelled = read(await owner.send("GET", path))
    assert (cancelled["METHOD"], cancelled.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (cancelled.events[0]["UID"], cancelled.events[0]["SEQUENCE"]) == (event["UID"], event["SEQUENCE"] + 1)
