"""People who can sign in, with hashes cheap enough for tests that make many."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import passwords, sessions
from sekretarka.domain.accounts.models import User
from sekretarka.domain.organizations.models import Membership
from tests import factories

PASSWORD = "tajne hasło 77"


@pytest.fixture
def light_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at the least it takes; whoever tests its strength does without this."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 32)
    monkeypatch.setattr(passwords, "ITERATIONS", 1)
    monkeypatch.setattr(passwords, "DUMMY_HASH", passwords._derive("nobody knows"))


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """Noon, and no time passes: on a busy machine a second's wait would be over by itself."""
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False) as time:
        yield time


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords were really compared with, in order."""
    seen: list[str] = []
    compare = passwords._matches

    def watched(password: str, stored: str) -> bool:
        seen.append(stored)
        return compare(password, stored)

    monkeypatch.setattr(passwords, "_matches", watched)
    return seen


async def person(email: str = "iga@example.com", password: str = PASSWORD, **values: Any) -> User:
    """Someone with a password."""
    return await factories.user(email=email, password_hash=await passwords.derive(password), **values)


async def joins(user: User, organization_id: UUID, role: Role = Role.OWNER) -> None:
    """Make the person a member."""
    async with begin(actor.system(), write=True) as uow:
        uow.add(Membership(organization_id=organization_id, user_id=user.id, role=role))


async def session_of(user: User, organization_id: UUID | None = None) -> str:
    """The token of a new session."""
    async with begin(actor.system(), write=True) as uow:
        _, token = sessions.start(uow, user.id, organization_id, "a browser")
    return token
