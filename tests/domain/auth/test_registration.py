"""Accounts come into being whole or not at all, and nobody learns who has one."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Duplicate, LoginThrottled
from sekretarka.core.permissions import KEY_SCOPES, Role
from sekretarka.domain.accounts import passwords
from sekretarka.domain.accounts.models import User
from sekretarka.domain.auth import registration
from sekretarka.domain.auth.api_key_auth import actor_of_api_key
from sekretarka.domain.auth.registration import Registered, Registration, create_owner
from sekretarka.domain.auth.sign_in import Browser, sign_in
from sekretarka.domain.organizations import defaults, memberships
from sekretarka.domain.organizations.models import Membership, Organization
from tests.support.accounts import PASSWORD, person

IGA = {"email": "Iga@Example.com", "name": "Iga Nowak", "password": PASSWORD}
HERE = "203.0.113.7"

pytestmark = pytest.mark.usefixtures("light_hashes")


def wish(**values: Any) -> Registration:
    return Registration.model_validate({**IGA, **values})


async def register(data: Registration, network: str) -> Registered:
    """What the entry point does."""
    password_hash = await registration.prepare(data, network)
    async with begin(actor.system(), write=True) as uow:
        return await registration.register(uow, data, password_hash)


async def rows(model: type[Any]) -> list[Any]:
    async with begin(actor.system()) as uow:
        return list((await uow.execute(sa.select(model))).scalars())


async def test_user_organization_and_ownership_are_created_together(database: engine.Database) -> None:
    registered = await register(wish(organizationName=" Studio Lawenda "), HERE)
    [user], [business], [membership] = [await rows(model) for model in (User, Organization, Membership)]
    assert (registered.user_id, registered.email) == (user.id, "Iga@example.com")
    assert user.email_key == "iga@example.com"
    assert (membership.user_id, membership.organization_id, membership.role) == (user.id, business.id, Role.OWNER)
    assert business.name == "Studio Lawenda"
    assert (business.timezone, business.currency, business.country) == ("Europe/Warsaw", "pln", "PL")
    assert business.business_hours == defaults.business_hours()
    assert business.booking["slotMinutes"] == 15


async def test_organization_without_a_name_is_named_after_the_user(database: engine.Database) -> None:
    await register(wish(), HERE)
    assert (await rows(Organization))[0].name == "Iga Nowak"


async def test_a_failure_half_way_leaves_nothing(database: engine.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memberships, "Membership", lambda **values: Membership(**{**values, "user_id": None}))
    with pytest.raises(sa.exc.IntegrityError):
        await register(wish(), HERE)
    assert [await rows(model) for model in (User, Organization, Membership)] == [[], [], []]


async def test_second_account_of_an_address_gets_the_same_answer_and_changes_nothing(
    database: engine.Database, verified: list[str]
) -> None:
    first = await register(wish(), HERE)
    before = (await rows(User))[0].model_dump()
    second = await register(wish(email="IGA@example.COM", name="Mallory", password="inne hasło 88"), HERE)
    assert second.user_id != first.user_id
    assert (second.user_id.version, second.email) == (first.user_id.version, "IGA@example.com")
    assert [user.model_dump() for user in await rows(User)] == [before]
    assert len(await rows(Organization)) == 1
    await sign_in("iga@example.com", PASSWORD, Browser(HERE))


async def test_registration_hashes_for_known_and_unknown_addresses(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    derive = passwords._derive

    def watched(password: str) -> str:
        hashed.append(password)
        return derive(password)

    monkeypatch.setattr(passwords, "_derive", watched)
    await register(wish(), HERE)
    await register(wish(), HERE)
    assert hashed == [PASSWORD, PASSWORD]


async def test_fifty_concurrent_registrations_create_one_account(database: engine.Database) -> None:
    answers = await asyncio.gather(*(register(wish(), f"198.51.100.{n}") for n in range(50)))
    [user] = await rows(User)
    assert sum(answer.user_id == user.id for answer in answers) == 1
    assert len({answer.user_id for answer in answers}) == 50
    assert len(await rows(Organization)) == len(await rows(Membership)) == 1


async def test_a_network_opens_twenty_accounts_in_ten_minutes(database: engine.Database) -> None:
    for number in range(20):
        await register(wish(email=f"iga{number}@example.com"), HERE)
    with pytest.raises(LoginThrottled):
        await register(wish(email="iga20@example.com"), HERE)
    assert len(await rows(User)) == 20
    await register(wish(email="iga20@example.com"), "203.0.113.8")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("password", "krótkie", "string_too_short"),
        ("password", "x" * 129, "string_too_long"),
        ("password", "password1", "common_password"),
        ("password", "Sekretarka2026", "guessable_password"),
        ("password", "IgaNowak12", "guessable_password"),
        ("password", None, "string_type"),
        ("email", "iga", "invalid_email"),
        ("name", " ", "string_too_short"),
        ("organizationName", "x" * 121, "string_too_long"),
        ("role", "owner", "extra_forbidden"),
        ("emailVerifiedAt", "2026-01-01T00:00:00Z", "extra_forbidden"),
    ],
)
def test_invalid_values_name_their_field(field: str, value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        wish(**{field: value})
    assert [(fault["loc"][0], fault["type"]) for fault in refused.value.errors()] == [(field, code)]


@pytest.mark.parametrize("password", ["🔑" * 8, "x7" * 64, " mocne hasło "])
async def test_any_characters_from_eight_to_a_hundred_and_twenty_eight(
    database: engine.Database, password: str
) -> None:
    await register(wish(password=password), HERE)
    await sign_in("iga@example.com", password, Browser(HERE))


async def test_the_command_line_makes_an_owner_with_a_key(database: engine.Database) -> None:
    owner = await create_owner("szefowa@lawenda.example", "lawenda-demo-2026", "Studio Lawenda")
    [user] = await rows(User)
    assert (user.id, user.name) == (owner.user_id, "szefowa")
    assert user.email_verified_at is not None
    program = await actor_of_api_key(owner.api_key)
    assert program.organization_id == owner.organization_id
    assert program.scopes == frozenset(KEY_SCOPES)
    with pytest.raises(Duplicate):
        await create_owner("SZEFOWA@lawenda.example", "lawenda-demo-2026", "Inna")
    with pytest.raises(ValidationError):
        await create_owner("inna@lawenda.example", "password", "Inna")


async def test_the_command_line_rejects_an_existing_account(database: engine.Database) -> None:
    await person("szefowa@lawenda.example")
    with pytest.raises(Duplicate):
        await create_owner("szefowa@lawenda.example", "lawenda-demo-2026", "Studio Lawenda")
    assert await rows(Organization) == []
