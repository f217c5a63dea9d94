"""The screen of appointments through its events: what the URL asks for, drops, bookings, live updates."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import holds, time_off
from sekretarka.domain.appointments.models import Appointment, Source, Status
from sekretarka.domain.appointments.schemas import HoldCreate
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.domain.staff.schemas import TimeOffCreate
from sekretarka.ui.live import POLL_SECONDS
from sekretarka.ui.pages.appointments.query_params import UrlState
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.support import bookings
from tests.ui.conftest import Dashboard, People
from tests.ui.edits import edit
from tests.ui.tab import Tab

PAGES = f"{ROOT}.sekretarka___ui___pages___appointments___"
CALENDAR, DETAIL, CREATE = (
    f"{PAGES}{name}"
    for name in (
        "state____appointments_state",
        "detail____appointment_detail_state",
        "create____create_appointment_state",
    )
)
BOOT = f"{ROOT}.hydrate_and_load"
PATH = "/dashboard/appointments"
SOON = POLL_SECONDS / 2  # by the notification, not by the poll


class Screen:
    """One open tab of the screen; `seen` is the latest value of a var."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.words = ""

    async def go_to(self, **query: str) -> None:
        """Go to the address."""
        self.words = "&".join(f"{name}={value}" for name, value in query.items())
        for state in (CALENDAR, DETAIL, CREATE):
            await self.event(f"{state}.load")

    async def event(self, name: str, **payload: Any) -> None:
        """Cause an event there."""
        query = dict(pair.split("=") for pair in self.words.split("&") if pair)
        router = {"pathname": PATH, "asPath": f"{PATH}?{self.words}", "query": query}
        await self.tab.raw("event", {"name": name, "payload": payload, "router_data": router})
        await self.tab.settle(f"{PATH}?{self.words}")

    def seen(self, state: str, name: str) -> Any:
        """What the page would draw now."""
        values = [delta[state] for delta in self.tab.deltas if state in delta]
        return next((value[f"{name}_rx_state_"] for value in reversed(values) if f"{name}_rx_state_" in value), None)

    def starts(self) -> dict[str, str]:
        """Who comes when, on the calendar."""
        return {row["who"]: row["start"] for row in self.seen(CALENDAR, "shown")["appointments"]}


async def screen(dashboard: Dashboard, session: str) -> Screen:
    """The screen in a new tab, which knows all its vars."""
    tab = await dashboard.tab(session)
    await tab.call(BOOT, path="/login")
    return Screen(tab)


async def stored(appointment: Appointment) -> Appointment:
    """The row as it is now."""
    async with begin(actor.system(appointment.organization_id)) as uow:
        return await uow.get(Appointment, appointment.id)


async def test_url_selects_days_staff_and_open_appointment(dashboard: Dashboard, people: People) -> None:
    day = factories.open_day()
    ewa, kasia = [await factories.staff(people.organization_id, name=name) for name in ("Ewa", "Kasia")]
    await factories.service(people.organization_id)
    owner = people["owner"].actor
    appointment = await factories.appointment(owner, staffId=ewa.id)
    await factories.appointment(owner, staffId=kasia.id, clientName="Zofia Wrona")
    page = await screen(dashboard, people["viewer"].session)
    await page.go_to(date=str(day), id=str(appointment.id))
    assert set(page.starts()) == {"Anna Kowalska", "Zofia Wrona"}
    calendar = page.seen(CALENDAR, "shown")
    assert ([item["name"] for item in calendar["people"]], calendar["writable"]) == (["Ewa", "Kasia"], [])
    assert len({item["color"] for item in calendar["people"]}) == 2
    assert [row["movable"] for row in calendar["appointments"]] == [False, False]
    open_appointment = page.seen(DETAIL, "detail")
    names = ("who", "time", "writable", "next")
    assert [open_appointment[name] for name in names] == ["Anna Kowalska", "10:00", False, []]
    assert [entry["change"] for entry in page.seen(DETAIL, "history")] == ["booked"]
    await page.go_to(date=str(day), person=str(kasia.id))
    assert set(page.starts()) == {"Zofia Wrona"}
    await page.go_to(date=str(day - timedelta(days=day.weekday())), view="list")
    assert [(item["day"], len(item["appointments"])) for item in page.seen(CALENDAR, "listed")] == [(str(day), 2)]
    await page.go_to(date="2026-02-30", view="year", id="x", person=str(uuid4()))
    assert (page.seen(CALENDAR, "view"), page.seen(DETAIL, "detail")) == ("day", None)


async def test_drop_moves_appointment_or_explains_rejection(dashboard: Dashboard, people: People) -> None:
    day = str(factories.open_day())
    ewa, kasia = [await factories.staff(people.organization_id, name=name) for name in ("Ewa", "Kasia")]
    await factories.service(people.organization_id)
    appointment = await factories.appointment(people["owner"].actor, staffId=ewa.id)
    await factories.appointment(
        people["owner"].actor, factories.at("14:00"), staffId=kasia.id, clientName="Zofia Wrona"
    )
    page = await screen(dashboard, people["staff"].session)
    arguments = {"appointment_id": str(appointment.id), "at": clock.to_json(factories.at("12:00"))}
    await page.go_to(date=day)
    await page.event(f"{CALENDAR}.move", **arguments, staff_id=str(kasia.id))
    await page.tab.until_script("FORBIDDEN")
    assert page.seen(CALENDAR, "bookable") is False, "nothing that would be refused is offered"
    assert people["staff"].actor.user_id is not None
    await bookings.works_as(people["staff"].actor.user_id, people.organization_id, str(ewa.id))
    await page.event(f"{CALENDAR}.move", **arguments, staff_id=str(ewa.id))
    assert (await stored(appointment)).scheduled_at == factories.at("12:00")
    assert page.starts()["Anna Kowalska"] == clock.to_json(factories.at("12:00"))
    assert page.seen(CALENDAR, "bookable") is True
    owner = await screen(dashboard, people["owner"].session)
    await owner.go_to(date=day)
    for at, word in (("14:30", "SLOT_TAKEN"), ("20:00", "OUTSIDE_HOURS")):
        start = clock.to_json(factories.at(at))
        await owner.event(f"{CALENDAR}.move", appointment_id=str(appointment.id), at=start, staff_id=str(kasia.id))
        await owner.tab.until_script(word)
    past = clock.to_json(clock.now().replace(second=0, microsecond=0) - timedelta(days=1))
    await owner.event(f"{CALENDAR}.move", appointment_id=str(appointment.id), at=past, staff_id=str(ewa.id))
    await owner.tab.until_script("in_past")
    assert owner.seen(CALENDAR, "answers") == 3
    assert (await stored(appointment)).staff_id == ewa.id


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_drop_is_retried_after_deadlock(dashboard: Dashboard, people: People) -> None:
    """Somebody past our code locks the appointment, then the staff member; the drop does it in the other order."""
    ewa = await factories.staff(people.organization_id, name="Ewa")
    await factories.service(people.organization_id)
    appointment = await factories.appointment(people["owner"].actor, staffId=ewa.id)
    page = await screen(dashboard, people["owner"].session)
    await page.go_to(date=str(factories.open_day()))
    to = {"appointment_id": str(appointment.id), "at": clock.to_json(factories.at("12:00")), "staff_id": str(ewa.id)}
    async with bookings.in_the_way(dashboard.database_url) as other:
        await other.execute("SELECT 1 FROM appointments WHERE id = $1 FOR UPDATE", appointment.id)
        dropping = asyncio.create_task(page.event(f"{CALENDAR}.move", **to))
        await asyncio.sleep(0.3)
        await other.execute("SELECT 1 FROM staff WHERE id = $1 FOR UPDATE", ewa.id)
    await dropping
    assert (await stored(appointment)).scheduled_at == factories.at("12:00")
    assert "SERVICE_UNAVAILABLE" not in page.tab.scripts()


async def test_appointment_is_booked_in_a_free_slot(dashboard: Dashboard, people: People) -> None:
    day = str(factories.open_day())
    ewa = await factories.staff(people.organization_id)
    service = await factories.service(people.organization_id)
    await factories.appointment(people["owner"].actor)
    page = await screen(dashboard, people["owner"].session)
    await page.go_to(new=f"{day}T10:30", **{"with": str(ewa.id)})
    assert [page.seen(CREATE, name) for name in ("creating", "day", "time", "person")] == [
        True,
        day,
        "10:30",
        str(ewa.id),
    ]
    free = {item["time"]: item["free"] for item in page.seen(CREATE, "times")}
    assert (free["10:30"], free["11:15"]) == (False, True)
    await page.event(f"{CREATE}.search", text="601 000")
    assert [item["name"] for item in page.seen(CREATE, "suggestions")] == ["Anna Kowalska"]
    form = {
        "serviceType": str(service.id), "staffId": "", "date": day, "time": "10:30",
        "clientName": "Łucja Żak", "clientPhone": "601 222 333", "notes": "",
    }  # fmt: skip
    for wrong, at in (
        ({"time": "10:30"}, "time"),
        ({"time": "kiedyś"}, "time"),
        ({"clientPhone": "12"}, "clientPhone"),
    ):
        await page.event(f"{CREATE}.book", form={**form, "time": "11:15", **wrong})
        assert set(page.seen(CREATE, "field_errors")) == {at}
    await page.event(f"{CREATE}.book", form={**form, "time": "11:15"})
    async with begin(actor.system(people.organization_id)) as uow:
        row = await uow.one_or_none(uow.select(Appointment).where(Appointment.client_phone == "+48601222333"))
    assert row is not None
    assert (row.scheduled_at, row.source, row.notes) == (factories.at("11:15"), Source.PERSON, None)


async def test_appointment_status_changes_and_edits(dashboard: Dashboard, people: People) -> None:
    day = str(factories.open_day())
    await factories.staff(people.organization_id)
    await factories.service(people.organization_id)
    appointment = await factories.appointment(people["owner"].actor)
    page = await screen(dashboard, people["owner"].session)
    await page.go_to(date=day, id=str(appointment.id))
    detail = page.seen(DETAIL, "detail")
    form = {
        "date": day,
        "time": "12:15",
        "staffId": detail["staff"],
        "serviceType": detail["serviceId"],
        "notes": "Grzywka",
    }
    await page.event(f"{DETAIL}.save", **edit(page.seen(DETAIL, "record"), form))
    await page.event(f"{DETAIL}.change_status", appointment_id=str(appointment.id), status="confirmed")
    row = await stored(appointment)
    assert (row.scheduled_at, row.notes, row.status) == (factories.at("12:15"), "Grzywka", Status.CONFIRMED)
    await page.event(f"{DETAIL}.save", **edit(page.seen(DETAIL, "record"), {"time": "19:00"}))
    assert set(page.seen(DETAIL, "field_errors")) == {"time"}
    await page.event(f"{DETAIL}.cancel", appointment_id=str(appointment.id), form={"reason": "Choroba"})
    row = await stored(appointment)
    assert (row.status, row.cancelled_reason) == (Status.CANCELLED, "Choroba")
    history = page.seen(DETAIL, "history")
    assert [entry["change"] for entry in history] == ["cancelled", "confirmed", "edited", "moved", "booked"]
    assert {entry["who"] for entry in history} == {"Iga Nowak"}
    await page.event(f"{DETAIL}.change_status", appointment_id=str(appointment.id), status="confirmed")
    await page.tab.until_script("INVALID_STATE_TRANSITION")


async def test_bookings_of_others_arrive_live(dashboard: Dashboard, people: People) -> None:
    day = str(factories.open_day())
    await factories.staff(people.organization_id)
    service = await factories.service(people.organization_id)
    page = await screen(dashboard, people["viewer"].session)
    page.words = f"date={day}"
    await page.event(BOOT)
    await page.tab.until(lambda: page.seen(CALENDAR, "day") == day)
    form = {
        "serviceType": str(service.id), "staffId": "", "date": day, "time": "11:15",
        "clientName": "Łucja Żak", "clientPhone": "601 222 333",
    }  # fmt: skip
    await (await screen(dashboard, people["owner"].session)).event(f"{CREATE}.book", form=form)
    await page.tab.until(lambda: "Łucja Żak" in page.starts(), SOON)


async def test_time_off_hours_and_holds_arrive_live(dashboard: Dashboard, people: People) -> None:
    own_organization_id = people.organization_id
    day = str(factories.open_day())
    ewa = await factories.staff(own_organization_id, name="Ewa")
    await factories.service(own_organization_id)
    page = await screen(dashboard, people["viewer"].session)
    page.words = f"date={day}"
    await page.event(BOOT)
    await page.tab.until(lambda: page.seen(CALENDAR, "day") == day)

    def calendar_value(name: str) -> Any:
        return page.seen(CALENDAR, "shown")[name]

    # written by another process: the poll finds it
    before = calendar_value("working")[str(ewa.id)]
    async with begin(actor.system(own_organization_id), write=True) as uow:
        off = TimeOffCreate(starts_at=factories.at("14:00"), ends_at=factories.at("15:00"), reason="Szkolenie")
        await time_off.create(uow, ewa.id, off)
    await page.tab.until(lambda: [item["reason"] for item in calendar_value("away")] == ["Szkolenie"])
    async with begin(actor.system(own_organization_id), write=True) as uow:
        requested_slot = HoldCreate(service_type="Strzyżenie", scheduled_at=factories.at("10:00"), staff_id=ewa.id)
        await holds.create(uow, requested_slot)
    await page.tab.until(lambda: bool(calendar_value("held").get(str(ewa.id))))
    async with begin(people["owner"].actor, write=True) as uow:
        hours = {name: [{"open": "09:30", "close": "16:00"}] for name in ("mon", "tue", "wed", "thu", "fri", "sat")}
        await organizations.update(uow, own_organization_id, OrganizationPatch.model_validate({"businessHours": hours}))
    await page.tab.until(lambda: calendar_value("working")[str(ewa.id)] != before)


def test_url_state_ignores_invalid_values_and_shifts_by_view() -> None:
    read = UrlState.read
    today = factories.open_day().replace(month=11, day=30)
    assert read({"view": "year", "date": "2026-11-31", "new": "2026-13-01T10:00", "id": "x"}) == UrlState()
    url_state = read({"view": "month", "date": "2026-01-31"})
    assert url_state.shifted(today, forward=True).href.endswith("view=month&date=2026-02-01")
    assert url_state.shifted(today, forward=False).href.endswith("date=2025-12-01")
    assert [str(day) for day in url_state.visible_days(today)] == ["2025-12-29", "2026-02-01"]
    assert [str(day) for day in read({"view": "week", "date": "2026-11-29"}).visible_days(today)] == [
        "2026-11-23",
        "2026-11-29",
    ]
    assert read({"new": "2026-11-27T14:30"}).href.endswith("?new=2026-11-27T14:30")
    assert read({"date": "2099-12-31"}).shifted(today, forward=True).day == read({"date": "2099-12-31"}).day
