"""The screen of clients, and the appointments on the overview, through their events."""

from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.organizations import days
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.support import bookings
from tests.ui import signed_calls as ringing
from tests.ui.conftest import Dashboard, People
from tests.ui.edits import edit
from tests.ui.screen import Screen

PAGES = f"{ROOT}.sekretarka___ui___pages"
STATE = f"{PAGES}___clients___state____clients_state"
CREATE = f"{PAGES}___clients___create____create_client_state"
MERGE = f"{PAGES}___clients___merge____merge_client_state"
APPOINTMENTS = f"{PAGES}___overview___appointments____overview_appointments_state"
PATH = "/dashboard/clients"


class ClientsScreen(Screen):
    """One open tab."""

    path, state = PATH, STATE


async def stored(client: Client) -> Client:
    async with begin(actor.system(client.organization_id)) as uow:
        return await uow.get(Client, client.id)


async def test_clients_are_searched_opened_and_edited(dashboard: Dashboard, people: People) -> None:
    own_organization_id = people.organization_id
    lucja = await factories.client(own_organization_id, "+48601000111", "Łucja Żółć")
    anna = await factories.client(own_organization_id, "+48601000222", "Anna Kowalska")
    await factories.client(people.other_organization_id, "+48601000111", "Obca")
    call = await ringing.past_call(own_organization_id)  # of Łucja's number
    await factories.message(own_organization_id, call, body="Do zobaczenia w piątek")
    await factories.message(own_organization_id, to="601 000 222")
    page = await ClientsScreen.open(dashboard, people["admin"].session)
    addresses: tuple[tuple[dict[str, str], list[str]], ...] = (
        ({}, ["Anna Kowalska", "Łucja Żółć"]),
        ({"search": "ZOLC"}, ["Łucja Żółć"]),
        ({"search": "601 000 222"}, ["Anna Kowalska"]),
        ({"sort": "-name"}, ["Łucja Żółć", "Anna Kowalska"]),
        ({"blocked": "true"}, []),
        ({"sort": "nonsense", "page": "0", "id": "x"}, ["Anna Kowalska", "Łucja Żółć"]),
    )
    for query, names in addresses:
        await page.event(f"{STATE}.load", **query)
        assert [row["name"] for row in page.seen("rows")] == names, query
    await page.event(f"{STATE}.load", id=str(lucja.id))
    message, entry = page.seen("timeline")
    assert (message["kind"], message["state"], message["text"]) == (
        "message",
        "outbound.sms",
        "Do zobaczenia w piątek",
    )
    assert message["href"] == f"/dashboard/messages?client={lucja.id}"
    assert (entry["kind"], entry["state"]) == ("call", "booked")
    assert entry["href"] == f"/dashboard/conversations?id={call.id}"
    form = {"name": "Łucja Żółć-Nowa", "phone": "601 000 222", "email": "nie-adres", "notes": "Lubi kawę."}
    await page.event(f"{STATE}.save", edit(page.seen("record"), form), id=str(lucja.id))
    assert set(page.seen("field_errors")) == {"email"}
    form["email"] = "lucja@example.com"
    await page.event(f"{STATE}.save", edit(page.seen("record"), form), id=str(lucja.id))
    assert set(page.seen("field_errors")) == {"phone"}, "the number is Anna's"
    form["phone"] = "+48 601 000 333"
    await page.event(f"{STATE}.save", edit(page.seen("record"), form), id=str(lucja.id))
    now = await stored(lucja)
    assert (now.name, now.phone, now.email, now.notes) == (form["name"], "+48601000333", form["email"], "Lubi kawę.")
    await page.event(f"{STATE}.block", {"client_id": str(anna.id), "on": True}, id=str(anna.id))
    assert page.seen("detail")["blocked"] is True
    for unknown in (uuid4(), (await factories.client(people.other_organization_id, "+48601000999")).id):
        await page.event(f"{STATE}.load", id=str(unknown))
        assert (page.seen("missing"), page.seen("detail")) == (True, None)


async def test_client_is_created_and_duplicates_are_merged(dashboard: Dashboard, people: People) -> None:
    page = await ClientsScreen.open(dashboard, people["owner"].session)
    await page.event(f"{CREATE}.load", new="1")
    assert page.seen("creating", CREATE) is True
    for phone, fault in (("", "phone"), ("12", "phone")):
        await page.event(f"{CREATE}.create", {"form": {"name": "Hania", "phone": phone, "email": "", "notes": ""}})
        assert set(page.seen("field_errors", CREATE)) == {fault}
    good = {"form": {"name": "Hania", "phone": "601 000 444", "email": "", "notes": "Z polecenia."}}
    await page.event(f"{CREATE}.create", good)
    await page.event(f"{STATE}.load")
    [row] = page.seen("rows")
    assert (row["name"], row["phone"]) == ("Hania", "601 000 444")
    await page.event(f"{CREATE}.create", good)
    assert page.seen("existing_href", CREATE) == f"{PATH}?id={row['id']}"
    twice = await factories.client(people.organization_id, "+48601000555", "Hania")
    at = {"id": row["id"], "tab": "same"}
    await page.event(f"{MERGE}.load", **at)
    assert [candidate["id"] for candidate in page.seen("candidates", MERGE)] == [str(twice.id)], "one of the same name"
    await page.event(f"{MERGE}.search", {"client_id": row["id"], "text": "nikt taki"}, **at)
    assert page.seen("candidates", MERGE) == []
    await page.event(f"{MERGE}.merge", {"client_id": row["id"], "other_id": str(twice.id)}, **at)
    async with begin(actor.system(people.organization_id)) as uow:
        merged = await clients.find_by_phone(uow, "+48601000555")
    assert merged is not None
    assert str(merged.id) == row["id"]


async def test_phone_numbers_use_the_organizations_country(dashboard: Dashboard, people: People) -> None:
    async with begin(actor.system(people.organization_id), write=True) as uow:
        (await days.current_organization(uow)).country = "DE"
    page = await ClientsScreen.open(dashboard, people["owner"].session)
    await page.event(f"{CREATE}.create", {"form": {"name": "Uwe", "phone": "030 901820", "email": "", "notes": ""}})
    await page.event(f"{STATE}.load")
    [row] = page.seen("rows")
    assert row["phone"] == "030 901820"


async def test_staff_may_only_edit_notes(dashboard: Dashboard, people: People) -> None:
    anna = await factories.client(people.organization_id)
    page = await ClientsScreen.open(dashboard, people["staff"].session)
    await page.event(f"{STATE}.load", id=str(anna.id))
    await page.event(f"{STATE}.save", edit(page.seen("record"), {"notes": "Lubi kawę."}), id=str(anna.id))
    assert (await stored(anna)).notes == "Lubi kawę."
    await page.event(f"{STATE}.save", edit(page.seen("record"), {"name": "Inna"}), id=str(anna.id))
    assert "FORBIDDEN" in page.tab.scripts()
    assert (await stored(anna)).name == "Anna Kowalska"


async def test_overview_shows_today_and_unconfirmed_appointments(dashboard: Dashboard, people: People) -> None:
    appointment_id = (await bookings.rows(people.organization_id))["appointment"]
    page = await ClientsScreen.open(dashboard, people["owner"].session)
    await page.event(f"{APPOINTMENTS}.load")
    assert page.seen("today", APPOINTMENTS) == []
    [waiting] = page.seen("waiting", APPOINTMENTS)
    assert (waiting["id"], waiting["who"], waiting["person"]) == (str(appointment_id), "Anna", "Ewa")
    for who, writable in (("owner", True), ("staff", False), ("viewer", False)):
        other = await ClientsScreen.open(dashboard, people[who].session)
        await other.event(f"{APPOINTMENTS}.load")
        assert [row["writable"] for row in other.seen("waiting", APPOINTMENTS)] == [writable], who
    await page.event(f"{APPOINTMENTS}.confirm", {"appointment_id": str(appointment_id)})
    assert page.seen("waiting", APPOINTMENTS) == []
    async with begin(actor.system(people.organization_id), write=True) as uow:
        conditions = (col(Appointment.organization_id) == people.organization_id, col(Appointment.id) == appointment_id)
        await uow.execute(sa.update(Appointment).where(*conditions).values(scheduled_at=clock.now()))
    await page.event(f"{APPOINTMENTS}.load")
    [today] = page.seen("today", APPOINTMENTS)
    assert (today["id"], today["state"]) == (str(appointment_id), "confirmed")
