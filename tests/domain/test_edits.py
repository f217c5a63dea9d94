"""Several people edit one record: other fields merge, the same field is a conflict that names whose change it was."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from pydantic.alias_generators import to_snake

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.edits import Baseline, EditConflict, FormFields, changed_keys, read_fields
from sekretarka.core.database.models import Table, TenantTable
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import PreconditionFailed
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock
from sekretarka.core.web.schemas import Input
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.schemas import UserPatch
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.schemas import AgentPatch
from sekretarka.domain.appointments import booking
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.schemas import ServicePatch
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.schemas import ClientPatch
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.notifications import service as preferences
from sekretarka.domain.notifications.schemas import NotificationPreferencesPatch
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.schemas import StaffPatch
from sekretarka.domain.tables import metadata
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.schemas import TaskPatch
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Template
from sekretarka.domain.templates.schemas import TemplatePatch
from sekretarka.providers.call_events import CallEvent
from tests import factories
from tests.support import bookings

Make = Callable[[UUID, UUID], Awaitable[Table]]
Update = Callable[[UnitOfWork, UUID, Any], Awaitable[Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of record that people edit: how one is made and changed, and two of its fields with a value for each."""

    make: Make
    update: Update
    patch: type[Input]
    fields: FormFields
    one: tuple[str, Any]
    other: tuple[str, Any]
    another: Callable[[Any, int], Any] = lambda value, number: f"{value} {number}"


async def _appointment(organization_id: UUID, _: UUID) -> Table:
    appointment_id = (await bookings.rows(organization_id))["appointment"]
    async with begin(actor.system(organization_id)) as uow:
        return await booking.get_appointment(uow, appointment_id)


async def _conversation(organization_id: UUID, _: UUID) -> Table:
    agent = await factories.agent(organization_id)
    event = CallEvent.model_validate(
        {"type": "call_started", "timestamp": clock.now(), "data": {"agentId": agent.id, "callId": "c1"}}
    )
    async with begin(actor.system(organization_id), write=True) as uow:
        return (await conversations.apply(uow, event, "e1"))[0]


async def _user(_: UUID, user_id: UUID) -> Table:
    async with begin(actor.system()) as uow:
        row = await accounts.find_by_id(uow, user_id)
    assert row is not None
    return row


async def _organization(organization_id: UUID, _: UUID) -> Table:
    async with begin(await factories.member(organization_id)) as uow:
        return await organizations.get(uow, organization_id)


class PolishTexts(Input):
    """Two texts of a template, as its form has them."""

    sms: str | None = None
    subject: str | None = None


async def _update_template(uow: UnitOfWork, row_id: UUID, patch: PolishTexts) -> None:
    texts = TemplatePatch.model_validate({"pl": patch.model_dump(exclude_unset=True)})
    await templates.update(uow, templates.name_of(uow, row_id), texts)


async def _template(organization_id: UUID, _: UUID) -> Table:
    async with begin(actor.system(organization_id)) as uow:
        return await templates.get(uow, Template.CONFIRMATION)


async def _preferences(organization_id: UUID, user_id: UUID) -> Table:
    async with begin(Actor("user", organization_id=organization_id, user_id=user_id, role=Role.OWNER)) as uow:
        return await preferences.mine(uow)


def _kind(make: Make, update: Update, patch: type[Input], *, fields: FormFields | None = None, **changes: Any) -> Kind:
    """A kind by its two changes; `fields` where they are not columns of the same names."""
    one, other = changes.items()
    return Kind(make, update, patch, fields or {name: to_snake(name) for name in changes}, one, other)


def _by(factory: Callable[[UUID], Awaitable[Table]]) -> Make:
    return lambda organization_id, _: factory(organization_id)


KINDS = {
    "agents": _kind(
        _by(factories.agent), agents.update, AgentPatch, greeting="Dzień dobry!", knowledgeBase={"facts": ["Parking"]}
    ),
    "appointments": _kind(_appointment, booking.update, AppointmentPatch, notes="Alergia", clientName="Ewa Lis"),
    "clients": _kind(_by(factories.client), clients.update, ClientPatch, notes="Lubi kawę", name="Ewa Lis"),
    "conversations": _kind(
        _conversation, conversations.update, ConversationPatch, notes="Oddzwonić", outcome="booked"
    ),
    "message_templates": _kind(
        _template, _update_template, PolishTexts, sms="Zapraszamy!", subject="Wizyta",
        fields={"sms": "texts.pl.sms", "subject": "texts.pl.subject"},
    ),
    "notification_preferences": replace(
        _kind(
            _preferences, lambda uow, _, patch: preferences.update_mine(uow, patch), NotificationPreferencesPatch,
            quietFrom="20:00", smsCalls="to_do",
        ),
        another=lambda _, number: f"1{number}:00",
    ),
    "organizations": _kind(
        _organization, organizations.update, OrganizationPatch, name="Studio Mięta", address={"city": "Gdynia"},
        fields={"name": "name", "address": "address.city"},
    ),
    "services": _kind(_by(factories.service), catalog.update, ServicePatch, description="Z myciem", duration=75),
    "staff": _kind(_by(factories.staff), staff.update, StaffPatch, role="Kolorystka", isActive=False),
    "tasks": _kind(_by(factories.task), tasks.update, TaskPatch, note="Oddzwonić", urgency="high"),
    "users": _kind(
        _user, lambda uow, _, patch: accounts.update_me(uow, patch), UserPatch, name="Iga Lis", language="en"
    ),
}  # fmt: skip


OWN = ("users", "notification_preferences")  # which nobody else edits


@dataclass(frozen=True)
class Place:
    """A record, and the two who edit it; of a profile both are its user, at two places."""

    kind: Kind
    row: Table
    first: Actor
    second: Actor

    async def edit(self, who: Actor, *changes: tuple[str, Any]) -> None:
        """Change fields of the record as it was first read."""
        fields = self.kind.fields
        read = read_fields(self.row, fields)
        base = {name: read[name] for name, _ in changes if name in read}
        async with begin(who, write=True) as uow:
            uow.precondition = Baseline(self.row.id, fields=fields, version=self.row.version, base=base)
            await self.kind.update(uow, self.row.id, self.kind.patch.model_validate(dict(changes)))
            uow.precondition.ensure_checked()

    async def stored(self) -> Any:
        """The record as it is now."""
        async with begin(self.first) as uow:
            if isinstance(self.row, TenantTable):
                return await uow.get(type(self.row), self.row.id)
            if isinstance(self.row, Organization):
                return await organizations.get(uow, self.row.id)
            return await accounts.me(uow)


@pytest.fixture(params=sorted(KINDS))
async def place(database: engine.Database, request: pytest.FixtureRequest) -> Place:
    organization_id = (await factories.organization()).id
    first, second = [await factories.member(organization_id, Role.OWNER, name=name) for name in ("Anna", "Beata")]
    assert first.user_id is not None
    kind = KINDS[request.param]
    row = await kind.make(organization_id, first.user_id)
    return Place(kind, row, first, first if request.param in OWN else second)


def test_every_table_that_people_edit_is_tried() -> None:
    edited = {table.name for table in metadata.sorted_tables if "edits" in table.c}
    assert edited == set(KINDS)


async def test_other_fields_merge(place: Place) -> None:
    await place.edit(place.first, place.kind.one)
    await place.edit(place.second, place.kind.other)
    now = read_fields(await place.stored(), place.kind.fields)
    expected = [value.get("city") or value if isinstance(value, dict) else value for _, value in _both(place)]
    assert [now[name] for name, _ in _both(place)] == expected


def _both(place: Place) -> tuple[tuple[str, Any], ...]:
    return place.kind.one, place.kind.other


async def test_the_same_field_is_a_conflict_that_names_whose_change_it_was(place: Place) -> None:
    name, value = place.kind.one
    before = clock.now().replace(microsecond=0)
    await place.edit(place.first, (name, value))
    with pytest.raises(EditConflict) as caught:
        await place.edit(place.second, (name, place.kind.another(value, 2)), place.kind.other)
    [field] = caught.value.fields
    assert (field.name, field.value, field.by, field.actor_id) == (name, value, "user", place.first.user_id)
    assert before <= field.at <= clock.now()
    now = await place.stored()
    assert (caught.value.status, caught.value.version) == (412, now.version)
    shown = read_fields(now, place.kind.fields)
    assert shown[name] == value
    assert shown[place.kind.other[0]] == read_fields(place.row, place.kind.fields)[place.kind.other[0]], (
        "all or nothing"
    )


async def test_of_edits_at_the_same_moment_one_is_stored(place: Place) -> None:
    name, value = place.kind.one
    edits = (place.edit(place.second, (name, place.kind.another(value, n))) for n in range(6))
    results = await asyncio.gather(*edits, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["EditConflict"] * 5 + ["NoneType"]
    assert (await place.stored()).version == place.row.version + 1


async def test_a_record_that_was_not_locked_is_no_basis(place: Place) -> None:
    async with begin(place.first, write=True) as uow:
        uow.precondition = Baseline(place.row.id, fields=place.kind.fields, version=place.row.version)
        with pytest.raises(PreconditionFailed):
            uow.precondition.ensure_checked()


@pytest.fixture
async def client(database: engine.Database) -> Place:
    organization_id = (await factories.organization()).id
    first, second = [await factories.member(organization_id) for _ in range(2)]
    return Place(KINDS["clients"], await factories.client(organization_id), first, second)


async def test_what_is_stored_already_is_no_conflict(client: Place) -> None:
    await client.edit(client.first, ("notes", "Lubi kawę"))
    async with begin(client.second, write=True) as uow:
        wanted = {"notes": "Lubi kawę"}
        fields = client.kind.fields
        uow.precondition = Baseline(client.row.id, fields=fields, version=1, base={"notes": None}, wanted=wanted)
        await clients.update(uow, client.row.id, ClientPatch.model_validate(wanted))
    assert (await client.stored()).version == 2


async def test_change_and_change_back_is_no_conflict(client: Place) -> None:
    await client.edit(client.first, ("notes", "Lubi kawę"))
    async with begin(client.first, write=True) as uow:
        await clients.update(uow, client.row.id, ClientPatch(notes=None))
    await client.edit(client.second, ("notes", "Lubi herbatę"))
    assert (await client.stored()).notes == "Lubi herbatę"


async def test_change_of_a_program_or_of_the_system_is_named_as_such(client: Place) -> None:
    key_id = UUID(int=7)
    scopes = frozenset({Permission.CLIENTS_WRITE, Permission.CLIENTS_READ})
    program = Actor("api_key", organization_id=client.first.organization_id, api_key_id=key_id, scopes=scopes)
    for who, expected in ((program, ("api_key", key_id)), (actor.system(program.organization_id), ("system", None))):
        seen = await client.stored()
        async with begin(who, write=True) as uow:
            await clients.update(uow, seen.id, ClientPatch(notes=f"{seen.notes} +"))
        later = Place(client.kind, seen, client.first, client.second)
        with pytest.raises(EditConflict) as caught:
            await later.edit(client.second, ("notes", "Moje"))
        assert (caught.value.fields[0].by, caught.value.fields[0].actor_id) == expected


async def test_days_of_a_week_merge_and_the_same_day_is_a_conflict(database: engine.Database) -> None:
    organization_id = (await factories.organization()).id
    anna, beata = [await factories.member(organization_id, Role.OWNER) for _ in range(2)]
    async with begin(anna) as uow:
        read = await organizations.get(uow, organization_id)
    week = read.business_hours

    async def change(who: Actor, **days: list[dict[str, str]]) -> dict[str, Any]:
        wanted = {**week, **days}
        patch = OrganizationPatch.model_validate({"businessHours": changed_keys(week, wanted)})
        async with begin(who, write=True) as uow:
            uow.precondition = Baseline(
                organization_id,
                fields={"week": "business_hours"},
                version=read.version,
                base={"week": week},
                wanted={"week": wanted},
            )
            stored = await organizations.update(uow, organization_id, patch)
        return stored.business_hours

    saturday, evening = [{"open": "09:00", "close": "14:00"}], [{"open": "14:00", "close": "20:00"}]
    await change(anna, sat=saturday)
    assert await change(beata, mon=evening, tue=[]) == {**week, "sat": saturday, "mon": evening, "tue": []}
    with pytest.raises(EditConflict) as caught:
        await change(anna, sun=saturday, tue=saturday)
    [field] = caught.value.fields
    assert (field.by, field.actor_id) == ("user", beata.user_id)


async def test_places_of_a_list_are_fields_of_their_own(database: engine.Database) -> None:
    organization_id = (await factories.organization()).id
    people = [await factories.member(organization_id, Role.OWNER) for _ in range(2)]
    fields = {"first": "escalation.userIds.0", "second": "escalation.userIds.1"}
    async with begin(people[0]) as uow:
        read = await organizations.get(uow, organization_id)

    async def tell(who: Actor, *told: Actor, **base: None) -> None:
        patch = OrganizationPatch.model_validate({"escalation": {"userIds": [str(each.user_id) for each in told]}})
        async with begin(who, write=True) as uow:
            uow.precondition = Baseline(read.id, fields=fields, version=read.version, base=base)
            await organizations.update(uow, read.id, patch)

    await tell(people[0], people[0], first=None)
    with pytest.raises(EditConflict) as caught:
        await tell(people[1], people[1], first=None)
    [field] = caught.value.fields
    assert (field.name, field.value, field.actor_id) == ("first", str(people[0].user_id), people[0].user_id)
    await tell(people[1], *people, second=None)
