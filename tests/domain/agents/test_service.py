"""The agents service: owner, teammate, stranger for each operation, and merge patches as RFC 7396 has them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Forbidden, NotFound, Unauthenticated
from sekretarka.core.permissions import Role
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import AgentStatus
from sekretarka.domain.agents.schemas import AgentCreate, AgentPatch
from tests import factories

Operation = Callable[[UnitOfWork, Any], Awaitable[Any]]
READS: dict[str, Operation] = {
    "get": agents.get,
    "find": lambda uow, _: agents.find(uow),
    "page": lambda uow, _: agents.page(uow, PageQuery()),
}
WRITES: dict[str, Operation] = {
    "create": lambda uow, _: agents.create(uow, AgentCreate(name="Ewa", language="pl")),
    "update": lambda uow, agent_id: agents.update(uow, agent_id, AgentPatch(name="Ewa")),
    "activate": agents.activate,
    "deactivate": agents.deactivate,
    "delete": agents.delete,
    "reveal_secret": agents.reveal_secret,
    "rotate_secret": agents.rotate_secret,
    "replay": agents.replay,
}
BY_ID = sorted({**READS, **WRITES}.keys() - {"create", "find", "page"})


async def attempt(caller: Actor, name: str, agent_id: Any) -> Any:
    async with begin(caller, write=True) as uow:
        return await {**READS, **WRITES}[name](uow, agent_id)


@pytest.mark.parametrize("name", [*READS, *WRITES])
async def test_who_may_do_what(database: engine.Database, name: str) -> None:
    organization = await factories.organization()
    agent = await factories.agent(organization.id)
    for role in Role:
        caller = await factories.member(organization.id, role)
        if name in READS or role in (Role.OWNER, Role.ADMIN):
            await attempt(caller, name, agent.id)
            if name == "delete":
                agent = await factories.agent(organization.id)
        else:
            with pytest.raises(Forbidden):
                await attempt(caller, name, agent.id)
    with pytest.raises(Unauthenticated):
        await attempt(ANONYMOUS, name, agent.id)


@pytest.mark.parametrize("name", BY_ID)
async def test_another_organization_finds_no_agents(database: engine.Database, name: str) -> None:
    agent = await factories.agent((await factories.organization()).id)
    stranger = await factories.member((await factories.organization()).id)
    with pytest.raises(NotFound):
        await attempt(stranger, name, agent.id)
    async with begin(stranger) as uow:
        assert await agents.find(uow) == []


async def test_deleted_agent_stays_inactive(database: engine.Database) -> None:
    owner = await factories.member((await factories.organization()).id)
    assert owner.organization_id is not None
    agent = await factories.agent(owner.organization_id, status=AgentStatus.ACTIVE)
    await attempt(owner, "delete", agent.id)
    for name in BY_ID:
        with pytest.raises(NotFound):
            await attempt(owner, name, agent.id)


async def test_views_of_many_agents_take_two_queries(database: engine.Database) -> None:
    owner = await factories.member((await factories.organization()).id)
    assert owner.organization_id is not None
    created = [await factories.agent(owner.organization_id, name=str(number)) for number in range(5)]
    async with begin(owner) as uow:
        views = await agents.view(uow, *created)
        single = await connections.health(uow, await connections.get_by_agent(uow, created[0].id))
    assert [view.id for view in views] == [agent.id for agent in created]
    assert views[0].connection.endpoint == single.endpoint
    assert len({view.connection.endpoint for view in views}) == 5


leaves = st.none() | st.integers() | st.text(max_size=3)
trees: st.SearchStrategy[Any] = st.recursive(
    leaves, lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=2)
)
objects = st.dictionaries(st.sampled_from("abc"), trees, max_size=3)


def by_the_book(target: Any, patch: Any) -> Any:
    """RFC 7396 §2, word for word."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = by_the_book(target.get(name), value)
    return target


@given(objects, objects)
def test_merging_follows_the_rfc(present: dict[str, Any], patch: dict[str, Any]) -> None:
    merged = agents.merge(present, patch)
    assert merged == by_the_book(present, patch)
    assert agents.merge(merged, patch) == merged, "the same patch again changes nothing"
