"""AI agents: made with an endpoint of their own, configured, switched on and off."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.errors import NotFound
from sekretarka.core.paging import Order, Page, PageQuery, paginate
from sekretarka.core.permissions import Permission
from sekretarka.core.schemas import FreeObject
from sekretarka.core.scope import Scope
from sekretarka.core.validation import checked_value
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent, AgentStatus
from sekretarka.domain.agents.schemas import AgentCreate, AgentPatch, AgentView, SecretView
from sekretarka.domain.inbox import service as inbox

MERGED = {"personality_traits": "personalityTraits", "knowledge_base": "knowledgeBase"}
_FREE: TypeAdapter[dict[str, Any]] = TypeAdapter(FreeObject)


async def create(scope: Scope, data: AgentCreate) -> Agent:
    """A new agent, inactive, with its connection."""
    scope.require(Permission.AGENTS_WRITE)
    agent = scope.add(Agent(organization_id=scope.organization_id, **data.model_dump()))
    await scope.flush()
    connections.connect(scope, agent)
    await scope.flush()
    return agent


async def find(scope: Scope) -> Sequence[Agent]:
    """Every agent of the organisation, the oldest first."""
    scope.require(Permission.AGENTS_READ)
    return await scope.all(_living(scope).order_by(col(Agent.created_at), col(Agent.id)))


async def names(scope: Scope) -> dict[UUID, str]:
    """What every agent is called, also the deleted ones: their calls stay."""
    scope.require(Permission.AGENTS_READ)
    return {agent.id: agent.name for agent in await scope.all(scope.select(Agent))}


async def page(scope: Scope, query: PageQuery) -> Page[Agent]:
    """The same, page by page."""
    scope.require(Permission.AGENTS_READ)
    return await paginate(scope, _living(scope), Order(col(Agent.created_at), descending=False), query, {})


async def get(scope: Scope, agent_id: UUID) -> Agent:
    """One agent or `NotFound`."""
    scope.require(Permission.AGENTS_READ)
    return await _get(scope, agent_id)


async def view(scope: Scope, *agents: Agent) -> list[AgentView]:
    """Agents with how their connections fare, as API and screens show them."""
    fares = await connections.health_of(scope, [agent.id for agent in agents])
    return [AgentView.of(agent, fares[agent.id]) for agent in agents]


async def update(scope: Scope, agent_id: UUID, patch: AgentPatch) -> Agent:
    """Merge patch; objects merge recursively (RFC 7396), lists are replaced."""
    scope.require(Permission.AGENTS_WRITE)
    agent = await _get(scope, agent_id, lock=True)
    changed = False
    for name in sorted(patch.model_fields_set):
        value = getattr(patch, name)
        if name in MERGED:
            value = _merged(getattr(agent, name), value, MERGED[name])
        changed |= getattr(agent, name) != value
        setattr(agent, name, value)
    return scope.touch(agent) if changed else agent


async def activate(scope: Scope, agent_id: UUID) -> Agent:
    """Let it answer; repeating it changes nothing."""
    return await _switch(scope, agent_id, AgentStatus.ACTIVE)


async def deactivate(scope: Scope, agent_id: UUID) -> Agent:
    """Let it rest; repeating it changes nothing."""
    return await _switch(scope, agent_id, AgentStatus.INACTIVE)


async def delete(scope: Scope, agent_id: UUID) -> None:
    """Take it away for good; its calls keep its name."""
    scope.require(Permission.AGENTS_WRITE)
    agent = await _get(scope, agent_id, lock=True)
    agent.status = AgentStatus.INACTIVE
    agent.deleted_at = scope.now
    scope.touch(agent)


async def reveal_secret(scope: Scope, agent_id: UUID) -> SecretView:
    """The secret that its AI service signs with."""
    scope.require(Permission.AGENTS_WRITE)
    await _get(scope, agent_id)
    connection = await connections.of_agent(scope, agent_id)
    valid = connection.previous_until if (connection.previous_until or scope.now) > scope.now else None
    return SecretView(secret=await connections.reveal_secret(scope, agent_id), previous_until=valid)


async def rotate_secret(scope: Scope, agent_id: UUID) -> SecretView:
    """A new secret, and until when the old one verifies as well."""
    scope.require(Permission.AGENTS_WRITE)
    await _get(scope, agent_id, lock=True)
    secret = await connections.rotate_secret(scope, agent_id)
    return SecretView(secret=secret, previous_until=scope.now + connections.ROTATION)


async def replay(scope: Scope, agent_id: UUID) -> int:
    """Have the agent's deliveries that were given up worked off again. Returns how many."""
    scope.require(Permission.AGENTS_WRITE)
    await _get(scope, agent_id, lock=True)
    return await inbox.replay(scope, (await connections.of_agent(scope, agent_id)).id)


def _living(scope: Scope) -> SelectOfScalar[Agent]:
    return scope.select(Agent).where(col(Agent.deleted_at).is_(None))


async def _get(scope: Scope, agent_id: UUID, *, lock: bool = False) -> Agent:
    statement = _living(scope).where(Agent.id == agent_id)
    agent = await scope.first(statement.with_for_update() if lock else statement)
    if agent is None:
        raise NotFound
    return agent


async def _switch(scope: Scope, agent_id: UUID, status: AgentStatus) -> Agent:
    """Repeating it changes nothing; any state may become active or inactive."""
    scope.require(Permission.AGENTS_WRITE)
    agent = await _get(scope, agent_id, lock=True)
    if agent.status == status:
        return agent
    agent.status = status
    return scope.touch(agent)


def _merged(present: Mapping[str, Any], patch: Mapping[str, Any], name: str) -> dict[str, Any]:
    merged: dict[str, Any] = checked_value(_FREE, merge(present, patch), ("body", name))
    return merged


def merge(present: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 7396: `null` removes, objects merge, everything else replaces."""
    result = dict(present)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            inner = result.get(key)
            result[key] = merge(inner if isinstance(inner, Mapping) else {}, value)
        else:
            result[key] = value
    return result
