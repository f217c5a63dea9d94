"""API keys: shown once, never more than their maker, dead at once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Forbidden, Invalid, InvalidApiKey, NotFound, Unauthenticated
from sekretarka.core.permissions import KEY_SCOPES, ROLE_PERMISSIONS, Permission, Role
from sekretarka.core.runtime import clock, crypto
from sekretarka.domain.auth.api_key_auth import actor_of_api_key, actor_of_authorization, flush_uses
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.organizations.key_schemas import ApiKeyCreate
from sekretarka.domain.organizations.models import ApiKey, Membership, Organization
from tests import factories

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FORM = re.compile(r"sk_test_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}")


async def owner() -> Actor:
    return await factories.member((await factories.organization()).id)


async def created_key(by: Actor, *scopes: Permission, **values: object) -> tuple[ApiKey, str]:
    data = ApiKeyCreate.model_validate({"name": "program", "scopes": scopes or KEY_SCOPES, **values})
    async with begin(by, write=True) as uow:
        return await api_keys.create(uow, data)


async def run(statement: sa.Executable) -> None:
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(statement)


async def test_a_key_is_shown_once_and_stored_as_a_digest(database: engine.Database) -> None:
    person = await owner()
    row, secret = await created_key(person)
    assert FORM.fullmatch(secret)
    assert secret.startswith(f"{row.prefix}_")
    async with begin(person) as uow:
        [stored] = await api_keys.find(uow)
    assert secret not in stored.model_dump_json()
    assert stored.key_hash == crypto.sha256_hex(secret)
    async with begin(person) as uow:
        [key_view] = await api_keys.view(uow, stored)
    assert "hash" not in key_view.model_dump_json().lower()
    program = await actor_of_api_key(secret)
    assert program == Actor(
        "api_key", organization_id=person.organization_id, api_key_id=row.id, scopes=frozenset(KEY_SCOPES)
    )
    assert await actor_of_authorization(f"bearer  {secret} ") == program


async def test_invalid_keys_are_rejected_alike(database: engine.Database) -> None:
    _, secret = await created_key(await owner())
    stem, check = secret[:-7], secret[-6:]
    other = ("a" if stem[-1] != "a" else "b").join([stem[:-1], ""])
    forged = [
        "", "x", stem, secret[:-1], secret + "x", secret.lower(), secret.replace("sk_test", "sk_live"), f" {secret}",
        f"{other}_{check}", f"{other}_{crypto.checksum(other)}", secret.replace(secret.split("_")[2], "zzzzzzzz"),
        f"{stem}_{'0' * 6}", "Ł" * 70, "\x00" * 70, secret + "\n",
    ]  # fmt: skip
    for key in forged:
        with pytest.raises(InvalidApiKey) as refused:
            await actor_of_api_key(key)
        assert (refused.value.text, refused.value.details) == (InvalidApiKey.message, None)
    for header in ("", "Bearer", f"Basic {secret}", secret, f"Bearer {secret} {secret}"):
        with pytest.raises(InvalidApiKey):
            await actor_of_authorization(header)


@pytest.mark.parametrize("role", Role)
async def test_key_permissions_are_its_scopes_within_its_makers_role(database: engine.Database, role: Role) -> None:
    person = await owner()
    keys = {scope: (await created_key(person, scope))[1] for scope in KEY_SCOPES}
    await run(sa.update(Membership).values(role=role))
    for scope, secret in keys.items():
        assert (await actor_of_api_key(secret)).permissions == {scope} & ROLE_PERMISSIONS[role]


@pytest.mark.parametrize("role", Role)
async def test_key_scopes_cannot_exceed_the_makers_permissions(database: engine.Database, role: Role) -> None:
    person = await factories.member((await factories.organization()).id, role)
    for scope in Permission:
        if Permission.API_KEYS_WRITE not in person.permissions:
            with pytest.raises(Forbidden):
                await created_key(person, scope)
        elif scope not in KEY_SCOPES or scope not in person.permissions:
            with pytest.raises(Invalid):
                await created_key(person, scope)
        else:
            row, _ = await created_key(person, scope)
            assert row.scopes == [scope]


async def test_only_users_create_keys(database: engine.Database) -> None:
    person = await owner()
    program = Actor("api_key", organization_id=person.organization_id, scopes=frozenset(Permission))
    for caller, failure in ((program, Forbidden), (ANONYMOUS, Unauthenticated)):
        with pytest.raises(failure):
            await created_key(caller)


async def test_a_revoked_key_is_dead_at_once(database: engine.Database) -> None:
    person = await owner()
    (row, secret), (_, other) = await created_key(person), await created_key(person)
    for _ in range(2):
        async with begin(person, write=True) as uow:
            version = (await api_keys.revoke(uow, row.id)).version
        assert version == 2
        with pytest.raises(InvalidApiKey):
            await actor_of_api_key(secret)
    assert (await actor_of_api_key(other)).kind == "api_key"


async def test_key_expires_at_its_time(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        person = await owner()
        _, secret = await created_key(person, expires_at=NOON + timedelta(hours=1))
        time.shift(timedelta(minutes=59, seconds=59))
        assert (await actor_of_api_key(secret)).kind == "api_key"
        time.shift(timedelta(seconds=1))
        with pytest.raises(InvalidApiKey):
            await actor_of_api_key(secret)
        with pytest.raises(Invalid):
            await created_key(person, expires_at=NOON)


@pytest.mark.parametrize(
    "statement",
    [sa.delete(Membership), sa.update(Organization).values(deleted_at=clock.now())],
    ids=["its maker left", "the organisation is gone"],
)
async def test_keys_end_with_their_maker_or_organization(database: engine.Database, statement: sa.Executable) -> None:
    _, secret = await created_key(await owner())
    await run(statement)
    with pytest.raises(InvalidApiKey):
        await actor_of_api_key(secret)


async def test_key_use_is_recorded_once_a_minute(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        _, secret = await created_key(await owner())
        await asyncio.gather(*(actor_of_api_key(secret) for _ in range(50)))
        assert await last_used() == NOON
        time.shift(timedelta(seconds=59))
        await actor_of_api_key(secret)
        assert await last_used() == NOON
        time.shift(timedelta(seconds=1))
        await actor_of_api_key(secret)
        assert await last_used() == NOON + timedelta(minutes=1)


async def last_used() -> datetime | None:
    await flush_uses()
    async with begin(actor.system()) as uow:
        statement = sa.select(col(ApiKey.last_used_at)).where(col(ApiKey.organization_id).is_not(None))
        used_at: datetime | None = (await uow.execute(statement)).scalar_one()
    return used_at


async def test_foreign_keys_are_not_found(database: engine.Database) -> None:
    own_owner, other_owner = await owner(), await owner()
    row, secret = await created_key(other_owner)
    async with begin(own_owner, write=True) as uow:
        assert await api_keys.find(uow) == []
        for key_id in (row.id, uuid4()):
            with pytest.raises(NotFound):
                await api_keys.revoke(uow, key_id)
    assert (await actor_of_api_key(secret)).kind == "api_key"
