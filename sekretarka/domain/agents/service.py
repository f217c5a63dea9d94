"""AI agents: made with an endpoint of their own, configured, switched on and off."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Conflict, Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text.i18n import Language, language
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.core.web.schemas import JsonObject
from sekretarka.core.web.validation import checked_value
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent, AgentStatus
from sekretarka.domain.agents.schemas import AgentCreate, AgentPatch, AgentView, SecretView
from sekretarka.domain.inbox import service as inbox

MERGED = {"personality_traits": "personalityTraits", "knowledge_base": "knowledgeBase"}
_FREE: TypeAdapter[dict[str, Any]] = TypeAdapter(JsonObject)


class AgentOff(Conflict):
    """The agent is switched off: nothing is booked in its name."""

    code, message = "AGENT_OFF", "This agent is switched off and books nothing"


async def create(uow: UnitOfWork, data: AgentCreate) -> Agent:
    """A new agent, inactive, with its connection."""
    uow.require(Permission.AGENTS_WRITE)
    agent = uow.add(Agent(organization_id=uow.organization_id, **data.model_dump()))
    await uow.flush()
    connections.create(uow, agent)
    await uow.flush()
    return agent


async def find(uow: UnitOfWork) -> Sequence[Agent]:
    """The organization's agents that were not deleted, the oldest first."""
    uow.require(Permission.AGENTS_READ)
    return await uow.list(_active(uow).order_by(col(Agent.created_at), col(Agent.id)))


async def names(uow: UnitOfWork) -> dict[UUID, str]:
    """By id, the name of every agent, also of deleted ones: their calls stay."""
    uow.require(Permission.AGENTS_READ)
    return {agent.id: agent.name for agent in await uow.list(uow.select(Agent))}


async def page(uow: UnitOfWork, query: PageQuery) -> Page[Agent]:
    """One page of the agents that were not deleted, the oldest first."""
    uow.require(Permission.AGENTS_READ)
    return await paginate(uow, _active(uow), SortKey(col(Agent.created_at), descending=False), query, {})


async def get(uow: UnitOfWork, agent_id: UUID, *, lock: bool = False) -> Agent:
    """One agent, locked with `lock`; `NotFound`, also for a deleted one."""
    uow.require(Permission.AGENTS_READ)
    return await _get(uow, agent_id, lock=lock)


async def lock(uow: UnitOfWork, agent_id: UUID) -> None:
    """Have others who lock this agent wait until the unit of work ends; rows that point at it may still be written."""
    await uow.one_or_none(uow.select(Agent).where(Agent.id == agent_id).with_for_update(key_share=True))


async def require_on(uow: UnitOfWork, agent_id: UUID) -> None:
    """`AgentOff` unless the organization's agent is switched on, `Invalid` when there is none; a deleted one is off."""
    agent = await uow.one_or_none(uow.select(Agent).where(Agent.id == agent_id))
    if agent is None:
        raise Invalid.field(["body", "agentId"], "unknown_agent", "There is no such agent")
    if agent.status is not AgentStatus.ACTIVE or agent.deleted_at is not None:
        raise AgentOff


async def language_of(uow: UnitOfWork, agent_id: UUID | None) -> Language:
    """What the agent speaks, also a deleted one; the default for an unknown one and for None."""
    agent = await uow.one_or_none(uow.select(Agent).where(Agent.id == agent_id)) if agent_id else None
    return language(agent.language[:2] if agent else None)


async def view(uow: UnitOfWork, *agents: Agent) -> list[AgentView]:
    """Agents with the health of their connections, as API and pages show them, in the same order."""
    health = await connections.health_of(uow, [agent.id for agent in agents])
    return [AgentView.of(agent, health[agent.id]) for agent in agents]


async def update(uow: UnitOfWork, agent_id: UUID, patch: AgentPatch) -> Agent:
    """Merge patch: objects merge recursively (RFC 7396), lists are replaced. `Invalid` when a merged object is too
    large or too deep."""
    uow.require(Permission.AGENTS_WRITE)
    agent = await _get(uow, agent_id, lock=True)
    changed = False
    for name in sorted(patch.model_fields_set):
        value = getattr(patch, name)
        if name in MERGED:
            value = _merged(getattr(agent, name), value, MERGED[name])
        changed |= getattr(agent, name) != value
        setattr(agent, name, value)
    return uow.bump_version(agent) if changed else agent


async def activate(uow: UnitOfWork, agent_id: UUID) -> Agent:
    """Set the status to active; repeating it changes nothing."""
    return await _switch(uow, agent_id, AgentStatus.ACTIVE)


async def deactivate(uow: UnitOfWork, agent_id: UUID) -> Agent:
    """Set the status to inactive; repeating it changes nothing."""
    return await _switch(uow, agent_id, AgentStatus.INACTIVE)


async def delete(uow: UnitOfWork, agent_id: UUID) -> None:
    """Mark the agent as deleted and inactive; its calls still show its name."""
    uow.require(Permission.AGENTS_WRITE)
    agent = await _get(uow, agent_id, lock=True)
    agent.status = AgentStatus.INACTIVE
    agent.deleted_at = uow.now
    uow.bump_version(agent)


async def reveal_secret(uow: UnitOfWork, agent_id: UUID) -> SecretView:
    """The signing secret in clear, and until when the previous one verifies as well (None: no longer)."""
    uow.require(Permission.AGENTS_WRITE)
    await _get(uow, agent_id)
    connection = await connections.get_by_agent(uow, agent_id)
    valid = connection.previous_until if (connection.previous_until or uow.now) > uow.now else None
    return SecretView(secret=await connections.reveal_secret(uow, agent_id), previous_until=valid)


async def rotate_secret(uow: UnitOfWork, agent_id: UUID) -> SecretView:
    """A new signing secret in clear, and until when the old one verifies as well."""
    uow.require(Permission.AGENTS_WRITE)
    await _get(uow, agent_id, lock=True)
    secret = await connections.rotate_secret(uow, agent_id)
    return SecretView(secret=secret, previous_until=uow.now + connections.ROTATION)


async def replay(uow: UnitOfWork, agent_id: UUID) -> int:
    """Make the agent's dead deliveries pending again. Returns how many there were."""
    uow.require(Permission.AGENTS_WRITE)
    await _get(uow, agent_id, lock=True)
    return await inbox.replay(uow, (await connections.get_by_agent(uow, agent_id)).id)


def _active(uow: UnitOfWork) -> SelectOfScalar[Agent]:
    return uow.select(Agent).where(col(Agent.deleted_at).is_(None))


async def _get(uow: UnitOfWork, agent_id: UUID, *, lock: bool = False) -> Agent:
    statement = _active(uow).where(Agent.id == agent_id)
    agent = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if agent is None:
        raise NotFound
    return agent


async def _switch(uow: UnitOfWork, agent_id: UUID, status: AgentStatus) -> Agent:
    """Repeating it changes nothing; any state may become active or inactive."""
    uow.require(Permission.AGENTS_WRITE)
    agent = await _get(uow, agent_id, lock=True)
    if agent.status == status:
        return agent
    agent.status = status
    return uow.bump_version(agent)


def _merged(present: Mapping[str, Any], patch: Mapping[str, Any], name: str) -> dict[str, Any]:
    merged: dict[str, Any] = checked_value(_FREE, merge(present, patch), ("body", name))
    return merged


def merge(present: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """`present` changed by a merge patch (RFC 7396): `null` removes, objects merge, everything else replaces."""
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
