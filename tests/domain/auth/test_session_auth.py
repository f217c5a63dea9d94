"""Who a session is, read from the database every time."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import ROLE_PERMISSIONS, Role
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts.models import User
from sekretarka.domain.auth.session_auth import actor_of_session, session_view
from sekretarka.domain.organizations.models import Membership, Organization
from tests import factories
from tests.support.accounts import joins, session_of


async def run(statement: sa.Executable) -> None:
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(statement)


@pytest.mark.parametrize("role", Role)
async def test_role_changes_apply_at_once(database: engine.Database, role: Role) -> None:
    user, business = await factories.user(), await factories.organization()
    await joins(user, business.id)
    token = await session_of(user, business.id)
    await run(sa.update(Membership).values(role=role))
    caller = await actor_of_session(token)
    assert caller is not None
    assert (caller.kind, caller.user_id, caller.organization_id, caller.role) == ("user", user.id, business.id, role)
    assert caller.permissions == ROLE_PERMISSIONS[role]
    assert caller.session_id is not None


async def test_removed_member_has_no_access(database: engine.Database) -> None:
    user, business = await factories.user(), await factories.organization()
    await joins(user, business.id)
    token = await session_of(user, business.id)
    await run(sa.delete(Membership))
    caller = await actor_of_session(token)
    assert caller is not None
    assert (caller.organization_id, caller.role, caller.permissions) == (None, None, frozenset())


async def test_deleted_organization_is_not_found(database: engine.Database) -> None:
    user, business = await factories.user(), await factories.organization()
    await joins(user, business.id)
    token = await session_of(user, business.id)
    await run(sa.update(Organization).values(deleted_at=clock.now()))
    caller = await actor_of_session(token)
    assert caller is not None
    assert caller.organization_id is None
    with pytest.raises(NotFound):
        await actor_of_session(token, business.id)


async def test_deleted_user_has_no_session(database: engine.Database) -> None:
    user = await factories.user()
    token = await session_of(user)
    await run(sa.delete(User).where(col(User.id) == user.id))
    assert await actor_of_session(token) is None
    assert await session_view(token) is None


async def test_member_acts_for_another_organization_for_one_request(database: engine.Database) -> None:
    user, home, other = await factories.user(), await factories.organization(), await factories.organization()
    await joins(user, home.id)
    await joins(user, other.id, Role.VIEWER)
    token = await session_of(user, home.id)
    caller = await actor_of_session(token, str(other.id).upper())
    assert caller is not None
    assert (caller.organization_id, caller.role) == (other.id, Role.VIEWER)
    again = await actor_of_session(token)
    assert again is not None
    assert (again.organization_id, again.role) == (home.id, Role.OWNER)


async def test_foreign_random_and_malformed_organizations_are_not_found(database: engine.Database) -> None:
    user, home, foreign = await factories.user(), await factories.organization(), await factories.organization()
    await joins(user, home.id)
    await factories.member(foreign.id)
    token = await session_of(user, home.id)
    for requested_id in (foreign.id, uuid4(), "x", "", "0" * 40, "\x00"):
        with pytest.raises(NotFound) as refused:
            await actor_of_session(token, requested_id)
        assert refused.value.details is None


async def test_session_of_a_foreign_organization_gives_no_access(database: engine.Database) -> None:
    user, foreign = await factories.user(), await factories.organization()
    await factories.member(foreign.id)
    caller = await actor_of_session(await session_of(user, foreign.id))
    assert caller is not None
    assert (caller.organization_id, caller.role) == (None, None)


async def test_session_view_has_the_shape_of_auth_js(database: engine.Database) -> None:
    user = await factories.user(email="iga@example.com", name="Iga", avatar_url="https://cdn.example/a.png")
    business = await factories.organization()
    await joins(user, business.id, Role.ADMIN)
    view = await session_view(await session_of(user, business.id))
    assert view is not None
    body = view.model_dump(mode="json", by_alias=True)
    assert body["user"] == {
        "id": str(user.id),
        "name": "Iga",
        "email": "iga@example.com",
        "image": "https://cdn.example/a.png",
        "organizationId": str(business.id),
        "role": "admin",
    }
    assert body["expires"].endswith("Z")
