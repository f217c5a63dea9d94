"""Organizations: whose they are, what may change, what happens when they end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from sekretarka.core import actor
from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import AppError, Forbidden, NotFound, Unauthenticated
from sekretarka.core.permissions import KEY_SCOPES, Role
from sekretarka.domain.accounts.models import Session, User
from sekretarka.domain.auth.session_auth import actor_of_session
from sekretarka.domain.organizations import defaults
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import OrganizationCreate, OrganizationPatch, OrganizationView
from tests import factories
from tests.support.accounts import joins, session_of

HOURS = {
    "mon": [{"open": "09:00", "close": "13:00"}, {"open": "14:00", "close": "19:00"}],
    "sat": [{"open": "20:00", "close": "24:00"}],
}
FULL: dict[str, Any] = {
    "name": "Studio Lawenda",
    "industry": "beauty",
    "businessType": "salon",
    "phone": "22 100 02 00",
    "email": "kontakt@lawenda.example",
    "website": "https://lawenda.example",
    "address": {"street": "Lipowa 7", "postalCode": "00-316", "city": "Warszawa", "country": "PL"},
    "timezone": "Europe/Warsaw",
    "currency": "pln",
    "businessHours": HOURS,
    "closedDays": ["2026-12-25", "2026-12-24", "2026-12-24"],
    "observesPublicHolidays": True,
    "booking": {"slotMinutes": 30},
}


async def created(by: Actor, **body: Any) -> Organization:
    async with begin(by, write=True) as uow:
        return await organizations.create(uow, OrganizationCreate.model_validate({"name": "Studio", **body}))


async def patched(by: Actor, row: Organization, **body: Any) -> Organization:
    async with begin(by, write=True) as uow:
        return await organizations.update(uow, row.id, OrganizationPatch.model_validate(body))


def view_body(row: Organization) -> dict[str, Any]:
    return OrganizationView.of(row).model_dump(mode="json", by_alias=True)


async def someone() -> Actor:
    return Actor("user", user_id=(await factories.user()).id)


async def test_new_organization_has_defaults(database: engine.Database) -> None:
    view = view_body(await created(await someone()))
    for bookkeeping in ("id", "createdAt", "updatedAt"):
        view.pop(bookkeeping)
    assert view == {
        "version": 1, "name": "Studio", "industry": None, "businessType": None, "phone": None, "email": None,
        "website": None, "address": None, "timezone": "Europe/Warsaw", "currency": "pln",
        "businessHours": {day: [{"open": "09:00", "close": "17:00"}] if day in defaults.DAYS[:5] else []
                          for day in defaults.DAYS},
        "closedDays": [], "observesPublicHolidays": True,
        "booking": {"slotMinutes": 15, "minimumNoticeMinutes": 120, "maximumAdvanceDays": 60, "holdMinutes": 5},
        "messaging": {"quietFrom": "21:00", "quietTo": "08:00", "dailyLimit": 500, "dailyLimitPerNumber": 10,
                      "countries": [], "textBack": True},
        "escalation": {"userIds": [], "minutes": 5},
    }  # fmt: skip


async def test_answer_equals_the_stored_account(database: engine.Database) -> None:
    view = view_body(await created(await someone(), **FULL))
    assert view["phone"] == "+48221000200"
    assert view["businessHours"] == {day: HOURS.get(day, []) for day in defaults.DAYS}
    assert view["closedDays"] == ["2026-12-24", "2026-12-25"]
    assert view["booking"] == {**defaults.booking(), "slotMinutes": 30}
    assert view["address"] == FULL["address"]


async def test_a_patch_merges_objects_and_replaces_lists(database: engine.Database) -> None:
    person = await someone()
    row = await created(person, **FULL)
    row = await patched(
        person,
        row,
        businessHours={"mon": None, "tue": [{"open": "10:00", "close": "12:00"}]},
        address={"city": "Kraków", "street": None},
        booking={"holdMinutes": 10},
        closedDays=["2027-01-06"],
        phone=None,
    )
    view = view_body(row)
    assert view["businessHours"]["mon"] == []
    assert view["businessHours"]["tue"] == [{"open": "10:00", "close": "12:00"}]
    assert view["businessHours"]["sat"] == HOURS["sat"]
    assert view["address"] == {"street": None, "postalCode": "00-316", "city": "Kraków", "country": "PL"}
    assert view["booking"] == {**defaults.booking(), "slotMinutes": 30, "holdMinutes": 10}
    assert view["closedDays"] == ["2027-01-06"]
    assert (view["phone"], view["email"], view["version"]) == (None, "kontakt@lawenda.example", 2)
    assert view_body(await patched(person, row, address=None))["address"] is None


async def test_patch_without_changes_keeps_the_version(database: engine.Database) -> None:
    person = await someone()
    row = await created(person, **FULL)
    bodies: list[dict[str, Any]] = [
        {},
        {"name": "Studio Lawenda"},
        {"booking": {}},
        {"businessHours": {}},
        {"closedDays": FULL["closedDays"]},
    ]
    for body in bodies:
        assert (await patched(person, row, **body)).version == 1


async def test_the_country_follows_the_address(database: engine.Database) -> None:
    person = await someone()
    row = await created(person)
    assert row.country == "PL"
    assert (await patched(person, row, address={"country": "DE"})).country == "DE"


BAD = [
    {"name": ""}, {"name": None}, {"name": "x" * 121}, {"phone": "112"}, {"email": "x"}, {"website": "javascript:x"},
    {"timezone": "Europe/Warszawa"}, {"timezone": None}, {"timezone": "../etc/passwd"}, {"currency": "PLN"},
    {"currency": "zł"}, {"address": {"country": "Polska"}}, {"address": {"planet": "Ziemia"}}, {"address": "Lipowa 7"},
    {"businessHours": None}, {"businessHours": {"monday": []}},
    {"businessHours": {"mon": [{"open": "9:00", "close": "17:00"}]}},
    {"businessHours": {"mon": [{"open": "17:00", "close": "09:00"}]}},
    {"businessHours": {"mon": [{"open": "09:00", "close": "09:00"}]}},
    {"businessHours": {"mon": [{"open": "24:00", "close": "24:00"}]}},
    {"businessHours": {"mon": [{"open": "09:00", "close": "25:00"}]}},
    {"businessHours": {"mon": [{"open": "09:60", "close": "17:00"}]}},
    {"businessHours": {"mon": [{"open": "٠٩:٠٠", "close": "17:00"}]}},
    {"businessHours": {"mon": [{"open": "0٩:0٠", "close": "17:00"}]}},
    {"businessHours": {"mon": [{"open": "09:00", "close": "13:00"}, {"open": "12:00", "close": "15:00"}]}},
    {"businessHours": {"mon": [{"open": "14:00", "close": "15:00"}, {"open": "09:00", "close": "12:00"}]}},
    {"businessHours": {"mon": [{"open": "09:00", "close": "17:00", "note": "x"}]}},
    {"closedDays": None}, {"closedDays": ["24.12.2026"]}, {"closedDays": ["2026-02-30"]}, {"closedDays": [20261224]},
    {"closedDays": ["2026-12-24T00:00:00Z"]}, {"closedDays": ["1969-12-31"]}, {"closedDays": ["2026-12-24"] * 401},
    {"observesPublicHolidays": "yes"}, {"observesPublicHolidays": 1}, {"booking": None},
    {"booking": {"slotMinutes": 0}},
    {"messaging": None}, {"messaging": {"quietFrom": "25:00"}}, {"messaging": {"dailyLimit": -1}},
    {"messaging": {"countries": ["Polska"]}}, {"messaging": {"textBack": 1}},
    {"booking": {"slotMinutes": 4}}, {"booking": {"slotMinutes": "15"}}, {"booking": {"slotMinutes": 15.5}},
    {"booking": {"minimumNoticeMinutes": -1}}, {"booking": {"maximumAdvanceDays": 731}},
    {"booking": {"holdMinutes": None}},
    {"id": str(UUID(int=7))}, {"role": "owner"}, {"deletedAt": None}, {"version": 7}, {"__proto__": {}},
]  # fmt: skip


@pytest.mark.parametrize("body", BAD, ids=str)
@pytest.mark.parametrize("model", [OrganizationCreate, OrganizationPatch])
def test_invalid_values_are_rejected(model: type[OrganizationCreate], body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate({"name": "Studio", **body})


def test_touching_blocks_and_midnight_are_fine() -> None:
    day = [{"open": "00:00", "close": "12:00"}, {"open": "12:00", "close": "24:00"}]
    patch = OrganizationPatch.model_validate({"businessHours": {"sun": day}})
    assert patch.business_hours.merge_into({})["sun"] == day


async def test_users_and_keys_see_their_own_organizations(database: engine.Database) -> None:
    person = await someone()
    first, second = await created(person, name="A"), await created(person, name="B")
    foreign = await created(await someone(), name="C")
    async with begin(person) as uow:
        assert [row.name for row in await organizations.find(uow)] == ["A", "B"]
    async with begin(key(second.id)) as uow:
        assert [row.name for row in await organizations.find(uow)] == ["B"]
        assert (await organizations.get(uow, second.id)).name == "B"
        for other in (first.id, foreign.id, uuid4()):
            with pytest.raises(NotFound):
                await organizations.get(uow, other)


def key(organization_id: UUID, *scopes: Any) -> Actor:
    return Actor("api_key", organization_id=organization_id, scopes=frozenset(scopes or KEY_SCOPES))


Operation = Callable[[UnitOfWork, UUID], Awaitable[object]]
OPERATIONS: dict[str, tuple[Operation, set[Role]]] = {
    "get": (organizations.get, set(Role)),
    "update": (
        lambda uow, row_id: organizations.update(uow, row_id, OrganizationPatch.model_validate({"name": "Nowa"})),
        {Role.OWNER, Role.ADMIN},
    ),
    "delete": (organizations.delete, {Role.OWNER}),
}


async def outcome(by: Actor, operation: Operation, organization_id: UUID) -> str:
    try:
        async with begin(by, write=True) as uow:
            await operation(uow, organization_id)
    except AppError as error:
        return error.code
    return "OK"


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("role", Role)
async def test_roles_decide_over_organization_settings(database: engine.Database, name: str, role: Role) -> None:
    """The role of the organization that is meant counts, not the one the session works for."""
    operation, allowed = OPERATIONS[name]
    home, row = await factories.organization(), await factories.organization()
    user = await factories.user()
    await joins(user, home.id, Role.OWNER)
    await joins(user, row.id, role)
    by = Actor("user", organization_id=home.id, user_id=user.id, role=Role.OWNER)
    assert await outcome(by, operation, row.id) == ("OK" if role in allowed else "FORBIDDEN")


@pytest.mark.parametrize("name", OPERATIONS)
async def test_foreign_organizations_are_not_found(database: engine.Database, name: str) -> None:
    operation, _ = OPERATIONS[name]
    row, deleted = await factories.organization(), await factories.organization()
    owner = await factories.member(deleted.id)
    stranger = await factories.member((await factories.organization()).id)
    assert await outcome(owner, organizations.delete, deleted.id) == "OK"
    assert await outcome(stranger, operation, row.id) == "NOT_FOUND"
    assert await outcome(stranger, operation, uuid4()) == "NOT_FOUND"
    assert await outcome(owner, operation, deleted.id) == "NOT_FOUND"
    assert await outcome(ANONYMOUS, operation, row.id) == "UNAUTHENTICATED"


async def test_keys_cannot_create_or_delete_organizations(database: engine.Database) -> None:
    row = await factories.organization()
    assert await outcome(key(row.id), organizations.delete, row.id) == "FORBIDDEN"
    with pytest.raises(Forbidden):
        await created(key(row.id))
    with pytest.raises(Unauthenticated):
        await created(ANONYMOUS)


async def signed_in(user: User, organization_id: UUID | None) -> tuple[str, Actor]:
    token = await session_of(user, organization_id)
    caller = await actor_of_session(token)
    assert caller is not None
    return token, caller


async def test_deleting_moves_sessions_to_another_organization(database: engine.Database) -> None:
    owner, member = await factories.user(), await factories.user()
    ending, other = await factories.organization(), await factories.organization()
    for user in (owner, member):
        await joins(user, ending.id)
    await joins(member, other.id, Role.STAFF)
    _, by = await signed_in(owner, ending.id)
    members_token, _ = await signed_in(member, ending.id)
    assert await outcome(by, organizations.delete, ending.id) == "OK"
    moved = await actor_of_session(members_token)
    assert moved is not None
    assert (moved.organization_id, moved.role) == (other.id, Role.STAFF)
    async with begin(actor.system()) as uow:
        stored = (await uow.execute(sa.select(Session))).scalars()
        assert {session.organization_id for session in stored} == {other.id, None}
        assert (await uow.execute(sa.select(Organization))).scalars().all()


async def test_session_without_organization_moves_to_the_created_one(database: engine.Database) -> None:
    token, by = await signed_in(await factories.user(), None)
    first = await created(by, name="A")
    caller = await actor_of_session(token)
    assert caller is not None
    assert (caller.organization_id, caller.role) == (first.id, Role.OWNER)
    await created(caller, name="B")
    assert await actor_of_session(token) == caller


async def test_switching_organization_rotates_the_session_token(database: engine.Database) -> None:
    user, first, second = await factories.user(), await factories.organization(), await factories.organization()
    await joins(user, first.id)
    await joins(user, second.id, Role.VIEWER)
    token, by = await signed_in(user, first.id)
    async with begin(by, write=True) as uow:
        renewed = await organizations.select_for_session(uow, second.id)
    assert await actor_of_session(token) is None
    caller = await actor_of_session(renewed)
    assert caller is not None
    assert (caller.organization_id, caller.role, caller.session_id) == (second.id, Role.VIEWER, by.session_id)


async def test_only_own_organizations_can_be_selected(database: engine.Database) -> None:
    user, home, foreign = await factories.user(), await factories.organization(), await factories.organization()
    await joins(user, home.id)
    token, by = await signed_in(user, home.id)
    for requested_id in (foreign.id, uuid4()):
        assert await outcome(by, organizations.select_for_session, requested_id) == "NOT_FOUND"
    assert await outcome(key(home.id), organizations.select_for_session, home.id) == "FORBIDDEN"
    assert await actor_of_session(token) == by
