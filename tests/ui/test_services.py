"""The screens of services, staff and hours through their events: forms as browsers send them, what is then shown."""

import json
import re
from typing import Any
from uuid import UUID, uuid4

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.models import Staff
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.ui.conftest import Dashboard, People
from tests.ui.edits import edit
from tests.ui.tab import Tab

PAGES = f"{ROOT}.sekretarka___ui___pages"
SERVICES = f"{PAGES}___services___state____services_state"
STAFF = f"{PAGES}___services___staff_state____staff_state"
SCHEDULE = f"{PAGES}___services___schedule____schedule_state"
HOURS = f"{PAGES}___hours___state____hours_state"
PATH = "/dashboard/services"
CUT = {"name": "Strzyżenie", "duration": "45", "price": "120,50", "bufferBefore": "", "bufferAfter": "10"}


class Screen:
    """One open tab; `seen` is the latest value of a var of a state."""

    def __init__(self, tab: Tab, path: str = PATH) -> None:
        self.tab, self.path = tab, path

    async def event(self, name: str, payload: dict[str, Any] | None = None, /, **query: str) -> None:
        query_string = "&".join(f"{key}={value}" for key, value in query.items())
        router = {"pathname": self.path, "asPath": f"{self.path}?{query_string}", "query": query}
        await self.tab.raw("event", {"name": name, "payload": payload or {}, "router_data": router})
        await self.tab.settle(f"{self.path}?{query_string}")

    def seen(self, state: str, name: str) -> Any:
        values = [delta[state] for delta in self.tab.deltas if state in delta]
        return next((value[f"{name}_rx_state_"] for value in reversed(values) if f"{name}_rx_state_" in value), None)

    def faults(self, state: str) -> set[str]:
        return set(self.seen(state, "field_errors") or {})


async def screen(dashboard: Dashboard, session: str, path: str = PATH) -> Screen:
    tab = await dashboard.tab(session)
    await tab.call(f"{ROOT}.hydrate_and_load", path="/login")
    return Screen(tab, path)


async def stored(organization_id: UUID, staff_id: UUID) -> Staff:
    async with begin(actor.system(organization_id)) as uow:
        return await staff.get(uow, staff_id)


async def test_service_is_created_edited_switched_and_archived(dashboard: Dashboard, people: People) -> None:
    ewa = await factories.staff(people.organization_id)
    page = await screen(dashboard, people["owner"].session)
    await page.event(f"{SERVICES}.load", service="new")
    assert (page.seen(SERVICES, "opened"), page.seen(SERVICES, "currency")) == ("new", "pln")
    wrong = {**CUT, "name": " ", "duration": "długo", "price": "gratis", "staffIds": "[]"}
    for field, right in (("price", "0"), ("duration", "45"), ("name", "Strzyżenie")):
        await page.event(f"{SERVICES}.create", {"form": wrong}, service="new")
        assert field in page.faults(SERVICES), field
        wrong[field] = right
    form = {**CUT, "isActive": "on", "staffIds": json.dumps([str(ewa.id)])}
    await page.event(f"{SERVICES}.create", {"form": form}, service="new")
    [row] = [row for group in page.seen(SERVICES, "categories") for row in group["rows"]]
    assert (row["price"], row["duration"], row["after"], row["who"], row["active"]) == (12_050, 45, 10, "Ewa", True)
    await page.event(f"{SERVICES}.load", service=row["id"])
    assert page.seen(SERVICES, "form")["price"] == "120,50"
    changed = {"category": "Włosy", "staffIds": "[]", "price": "1 200"}
    await page.event(f"{SERVICES}.save", edit(page.seen(SERVICES, "record"), changed), service=row["id"])
    [group] = page.seen(SERVICES, "categories")
    assert (group["name"], group["rows"][0]["price"], group["rows"][0]["able"]) == ("Włosy", 120_000, "everyone")
    await page.event(f"{SERVICES}.toggle", {"service_id": row["id"], "on": False})
    assert page.seen(SERVICES, "shown")[0]["rows"][0]["active"] is False
    await page.event(f"{SERVICES}.load", search="WLOSY")
    assert [category["name"] for category in page.seen(SERVICES, "shown")] == ["Włosy"]
    assert page.seen(SERVICES, "open_href") == f"{PATH}?search=WLOSY&service="
    await page.event(f"{SERVICES}.load", search="paznokcie")
    assert page.seen(SERVICES, "shown") == []
    assert page.seen(SERVICES, "categories") != [], "the categories to choose from stay"
    await page.event(f"{SERVICES}.load", service=row["id"])
    await page.event(f"{SERVICES}.archive", {"service_id": row["id"]})
    assert page.seen(SERVICES, "categories") == []
    async with begin(actor.system(people.organization_id)) as uow:
        assert (await catalog.by_ids(uow, [UUID(row["id"])]))[UUID(row["id"])].deleted_at is not None


async def test_hours_are_previewed_and_saved_with_their_conflicts(dashboard: Dashboard, people: People) -> None:
    ewa, haircut = await factories.staff(people.organization_id), await factories.service(people.organization_id)
    await factories.appointment(people["owner"].actor, staffId=str(ewa.id))
    page = await screen(dashboard, people["owner"].session)
    query: dict[str, Any] = {"tab": "staff", "person": str(ewa.id), "section": "hours"}
    for state in (STAFF, SCHEDULE):
        await page.event(f"{state}.load", **query)
    assert (page.seen(SCHEDULE, "own") or False, page.seen(SCHEDULE, "service")) == (False, str(haircut.id))
    await page.event(f"{SCHEDULE}.change_week", {"by": 1}, **query)
    whole = page.seen(SCHEDULE, "times")
    assert whole > 0
    week = {day: [{"open": "09:00", "close": "11:00"}] for day in ("mon", "tue", "wed", "thu", "fri")}
    await page.event(f"{SCHEDULE}.use_own_hours", {"on": True}, **query)
    await page.event(f"{SCHEDULE}.preview_hours", {"hours": json.dumps(week)}, **query)
    painted = page.seen(SCHEDULE, "times")
    assert 0 < painted < whole
    assert (await stored(people.organization_id, ewa.id)).weekly_hours is None, "nothing is saved by painting"
    overlapping = {"mon": [{"open": "09:00", "close": "11:00"}, {"open": "10:00", "close": "12:00"}]}
    await page.event(
        f"{SCHEDULE}.save_hours",
        edit(page.seen(SCHEDULE, "record"), {"own": "on", "weeklyHours": json.dumps(overlapping)}),
        **query,
    )
    assert page.faults(SCHEDULE) == {"weeklyHours.mon"}
    await page.event(
        f"{SCHEDULE}.save_hours",
        edit(page.seen(SCHEDULE, "record"), {"own": "on", "weeklyHours": json.dumps({"mon": []})}),
        **query,
    )
    assert [line["reason"] for line in page.seen(SCHEDULE, "conflicts")] == ["off"]
    assert page.seen(SCHEDULE, "conflicts")[0]["client"] == "Anna Kowalska"
    await page.event(f"{SCHEDULE}.save_hours", edit(page.seen(SCHEDULE, "record"), {"own": ""}), **query)
    assert page.seen(SCHEDULE, "conflicts") == []
    assert (await stored(people.organization_id, ewa.id)).weekly_hours is None


async def test_time_off_lists_affected_appointments_and_is_removed(dashboard: Dashboard, people: People) -> None:
    ewa = await factories.staff(people.organization_id)
    await factories.service(people.organization_id)
    await factories.appointment(people["owner"].actor, staffId=str(ewa.id))
    page = await screen(dashboard, people["owner"].session)
    query: dict[str, Any] = {"tab": "staff", "person": str(ewa.id), "section": "away"}
    for state in (STAFF, SCHEDULE):
        await page.event(f"{state}.load", **query)
    day = factories.open_day().isoformat()
    for form, field in (
        ({}, "startsAt"),
        ({"startsAt.day": day}, "endsAt"),
        ({"startsAt.day": day, "endsAt.day": "2026-01-01"}, "endsAt"),
        ({"hours": "on", "startsAt.day": day, "startsAt.time": "8", "endsAt.day": day}, "startsAt"),
    ):
        await page.event(f"{SCHEDULE}.add_time_off", {"form": form}, **query)
        assert page.faults(SCHEDULE) == {field}, form
    times = {"hours": "on", "startsAt.day": day, "startsAt.time": "10:30", "endsAt.day": day, "endsAt.time": "12:00"}
    await page.event(f"{SCHEDULE}.add_time_off", {"form": {**times, "reason": "dentysta"}}, **query)
    [away] = page.seen(SCHEDULE, "time_off")
    assert (away["whole"], away["reason"], len(away["appointments"])) == (False, "dentysta", 1)
    assert "1" in page.tab.scripts()
    await page.event(f"{SCHEDULE}.remove_time_off", {"time_off_id": away["id"]}, **query)
    assert page.seen(SCHEDULE, "time_off") == []
    await page.event(f"{SCHEDULE}.add_time_off", {"form": {"startsAt.day": day, "endsAt.day": day}}, **query)
    [away] = page.seen(SCHEDULE, "time_off")
    assert (away["whole"], away["first"], away["last"]) == (True, day, day)


async def test_staff_member_is_created_with_assigned_services(dashboard: Dashboard, people: People) -> None:
    cut, dye = [await factories.service(people.organization_id, name=name) for name in ("Strzyżenie", "Koloryzacja")]
    await factories.staff(people.organization_id, name="Ola")
    page = await screen(dashboard, people["owner"].session)
    await page.event(f"{STAFF}.create", {"form": {"name": ""}}, tab="staff", person="new")
    assert page.faults(STAFF) == {"name"}
    await page.event(f"{STAFF}.create", {"form": {"name": "Ewa", "role": "fryzjerka"}}, tab="staff", person="new")
    async with begin(actor.system(people.organization_id)) as uow:
        [ewa] = [row for row in await staff.find(uow) if row.name == "Ewa"]
    query: dict[str, Any] = {"tab": "staff", "person": str(ewa.id)}
    await page.event(f"{STAFF}.load", **query)
    assert set(page.seen(STAFF, "form")["serviceIds"]) == {str(cut.id), str(dye.id)}
    form = {"name": "Ewa Lis", "phone": "abc", "color": "#7c3aed", "isActive": "on"}
    await page.event(f"{STAFF}.save", edit(page.seen(STAFF, "record"), form), **query)
    assert page.faults(STAFF) == {"phone"}
    form |= {"phone": "601 000 111", "serviceIds": json.dumps([str(cut.id)])}
    await page.event(f"{STAFF}.save", edit(page.seen(STAFF, "record"), form), **query)
    assert page.seen(STAFF, "form")["serviceIds"] == [str(cut.id)]
    row = await stored(people.organization_id, ewa.id)
    assert (row.name, row.phone, row.color) == ("Ewa Lis", "+48601000111", "#7c3aed")
    for junk in ('["x"]', "nothing", "[1]"):
        await page.event(f"{STAFF}.save", edit(page.seen(STAFF, "record"), {"serviceIds": junk}), **query)
        assert "VALIDATION_ERROR" in page.tab.scripts()


async def test_appointments_of_who_leaves_are_listed(dashboard: Dashboard, people: People) -> None:
    ewa = await factories.staff(people.organization_id, name="Ewa Lis")
    await factories.service(people.organization_id)
    row = await factories.appointment(people["owner"].actor, staffId=str(ewa.id))
    page = await screen(dashboard, people["owner"].session)
    query: dict[str, Any] = {"tab": "staff", "person": str(ewa.id)}
    await page.event(f"{STAFF}.load", **query)
    assert (page.seen(STAFF, "form")["upcoming"], page.seen(STAFF, "left") or []) == (1, [])
    await page.event(f"{STAFF}.save", edit(page.seen(STAFF, "record"), {"isActive": None}), **query)
    assert [(line["id"], line["reason"]) for line in page.seen(STAFF, "left")] == [(str(row.id), "left")]
    await page.event(f"{STAFF}.remove", {"staff_id": str(ewa.id)}, **query)
    assert "Usunięto z zespołu. Została 1 umówiona wizyta" in page.tab.scripts()
    await page.event(f"{STAFF}.load", tab="staff")
    assert page.seen(STAFF, "rows") == []
    assert [(line["id"], line["person"]) for line in page.seen(STAFF, "left")] == [(str(row.id), "Ewa Lis")]


async def test_calendar_link_is_revealed_and_rotated(dashboard: Dashboard, people: People) -> None:
    ewa = await factories.staff(people.organization_id, name="Ewa")
    query = {"tab": "staff", "person": str(ewa.id)}
    page = await screen(dashboard, people["owner"].session)
    await page.event(f"{STAFF}.load", **query)
    assert page.seen(STAFF, "form")["hasLink"]
    await page.event(f"{STAFF}.reveal_calendar_link", **query)
    link = re.compile(rf"{ewa.id}/calendar\.ics\?key=([0-9a-zA-Z_-]+)")
    [first] = link.findall(page.tab.scripts())
    await page.event(f"{STAFF}.rotate_calendar_link", **query)
    assert [key != first for key in link.findall(page.tab.scripts())] == [False, True]
    assert first not in str(page.tab.deltas), "it is no part of a state"
    viewer = await screen(dashboard, people["viewer"].session)
    await viewer.event(f"{STAFF}.load", **query)
    assert not viewer.seen(STAFF, "form")["hasLink"]
    await viewer.event(f"{STAFF}.reveal_calendar_link", **query)
    await viewer.tab.until_script("FORBIDDEN")
    assert not link.findall(viewer.tab.text())


async def test_rows_of_other_organizations_cannot_be_opened(dashboard: Dashboard, people: People) -> None:
    foreign_service = await factories.service(people.other_organization_id)
    ola = await factories.staff(people.other_organization_id, name="Kanarek")
    page = await screen(dashboard, people["owner"].session)
    for service_id, staff_id in ((foreign_service.id, ola.id), (uuid4(), uuid4())):
        await page.event(f"{SERVICES}.load", service=str(service_id))
        for state in (STAFF, SCHEDULE):
            await page.event(f"{state}.load", tab="staff", person=str(staff_id), section="hours")
        assert (page.seen(SERVICES, "opened") or "", page.seen(STAFF, "selected") or "") == ("", "")
        foreign = {"id": str(staff_id), "version": 1, "values": {}}
        await page.event(f"{SCHEDULE}.save_hours", edit(foreign, {"own": ""}))
        assert "NOT_FOUND" in page.tab.scripts()
    assert "Kanarek" not in page.tab.text()


async def test_closing_a_day_lists_its_conflicts(dashboard: Dashboard, people: People) -> None:
    ewa = await factories.staff(people.organization_id)
    await factories.service(people.organization_id)
    await factories.appointment(people["owner"].actor, staffId=str(ewa.id))
    page = await screen(dashboard, people["owner"].session, "/dashboard/settings/hours")
    await page.event(f"{HOURS}.load")
    names = {(row["pl"], row["en"]) for row in page.seen(HOURS, "holidays")}
    assert ("Nowy Rok", "New Year's Day") in names
    day = factories.open_day().isoformat()
    await page.event(f"{HOURS}.save_closed", edit(page.seen(HOURS, "record"), {"closedDays": json.dumps([day])}))
    assert page.seen(HOURS, "closed") == [day]
    assert [line["reason"] for line in page.seen(HOURS, "conflicts")] == ["closed"]
    await page.event(f"{HOURS}.save_closed", edit(page.seen(HOURS, "record"), {"closedDays": "[]"}))
    assert page.seen(HOURS, "conflicts") == []
    await page.event(f"{HOURS}.observe_holidays", {"on": False})
    assert page.seen(HOURS, "observes") is False
    await page.event(
        f"{HOURS}.save_rules", edit(page.seen(HOURS, "record"), {"slotMinutes": "3", "minimumNoticeMinutes": "x"})
    )
    assert page.faults(HOURS) == {"slotMinutes", "minimumNoticeMinutes"}
    await page.event(
        f"{HOURS}.save_rules", edit(page.seen(HOURS, "record"), {"slotMinutes": "30", "minimumNoticeMinutes": "0"})
    )
    assert (page.seen(HOURS, "rules")["slotMinutes"], page.seen(HOURS, "rules")["maximumAdvanceDays"]) == (30, 60)
    hours = {"mon": [{"open": "13:00", "close": "9:00"}]}
    await page.event(f"{HOURS}.save_hours", edit(page.seen(HOURS, "record"), {"businessHours": json.dumps(hours)}))
    assert page.faults(HOURS) == {"businessHours.mon"}
