"""One's own profile."""

from uuid import uuid4

import pytest
from pydantic import ValidationError

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Forbidden, NotFound, Unauthenticated
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import UserPatch, UserView
from tests import factories


async def changed(user: User, **body: object) -> User:
    async with begin(Actor("user", user_id=user.id), write=True) as uow:
        return await accounts.update_me(uow, UserPatch.model_validate(body))


async def test_absent_keeps_null_clears_and_the_version_counts_changes(database: engine.Database) -> None:
    user = await factories.user(phone="+48601000111", avatar_url="https://cdn.example/a.png")
    user = await changed(user, name=" Iga Lis ", phone="512 345 678", language="en")
    assert (user.name, user.phone, user.language, user.version) == ("Iga Lis", "+48512345678", "en", 2)
    assert user.avatar_url == "https://cdn.example/a.png"
    user = await changed(user, phone=None, avatarUrl=None)
    assert (user.phone, user.avatar_url, user.version) == (None, None, 3)
    assert (await changed(user)).version == 3
    assert (await changed(user, name="Iga Lis")).version == 3


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""}, {"name": "   "}, {"name": None}, {"name": "x" * 121}, {"name": "a\x00b"}, {"name": "a\u202eb"},
        {"phone": "112"}, {"phone": "abc"}, {"avatarUrl": "javascript:alert(1)"}, {"avatarUrl": "http://x.pl/a.png"},
        {"language": "de"}, {"language": None}, {"email": "nowa@example.com"}, {"role": "owner"}, {"id": str(uuid4())},
        {"passwordHash": "x"}, {"organizationId": str(uuid4())},
    ],
)  # fmt: skip
def test_invalid_and_read_only_values_are_rejected(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        UserPatch.model_validate(body)


async def test_only_existing_users_have_a_profile(database: engine.Database) -> None:
    for caller, failure in (
        (ANONYMOUS, Unauthenticated),
        (Actor("api_key", organization_id=uuid4()), Forbidden),
        (Actor("user", user_id=uuid4()), NotFound),
    ):
        async with begin(caller) as uow:
            with pytest.raises(failure):
                await accounts.me(uow)


async def test_the_view_has_no_secret(database: engine.Database) -> None:
    user = await factories.user(password_hash="$argon2id$secret")
    view = UserView.of(user, None, Role.OWNER).model_dump(mode="json", by_alias=True)
    assert set(view) == {
        "id", "version", "createdAt", "updatedAt", "email", "name", "phone", "avatarUrl", "language", "emailVerifiedAt",
        "organizationId", "role",
    }  # fmt: skip
    assert "secret" not in str(view)
