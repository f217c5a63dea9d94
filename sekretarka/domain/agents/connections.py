"""Connections to the AI service: where it delivers, the secrets it signs with, how the connection fares."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core import clock, crypto
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.scope import Scope
from sekretarka.core.settings import settings
from sekretarka.domain.agents.models import Agent, AgentConnection
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.organizations.models import Organization

ROTATION = timedelta(hours=24)
COUNT_EVERY = timedelta(seconds=10)


@dataclass(frozen=True)
class Endpoint:
    """What a door needs to verify a delivery; lives only as long as the request."""

    id: UUID
    organization_id: UUID
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class ConnectionHealth:
    """How a connection fares: `healthy` unless the newest thing that came was refused."""

    provider: str
    endpoint: str
    last_event_at: datetime | None
    healthy: bool
    refused_count: int


def connect(scope: Scope, agent: Agent) -> AgentConnection:
    """Give a new agent its address and secret."""
    return scope.add(AgentConnection(agent_id=agent.id, secret=crypto.seal(crypto.new_webhook_secret())))  # type: ignore[call-arg]


async def of_agent(scope: Scope, agent_id: UUID) -> AgentConnection:
    """The connection of one of the organisation's agents."""
    found = await scope.first(scope.select(AgentConnection).where(AgentConnection.agent_id == agent_id))
    if found is None:
        raise NotFound
    return found


async def health_of(scope: Scope, agent_ids: Collection[UUID]) -> dict[UUID, ConnectionHealth]:
    """The state of several agents' connections by agent, in two queries."""
    mine = scope.select(AgentConnection).where(col(AgentConnection.agent_id).in_(agent_ids))
    found = await scope.all(mine)
    last = await inbox.last_received(scope, [connection.id for connection in found])
    return {connection.agent_id: _health(connection, last.get(connection.id)) for connection in found}


async def health(scope: Scope, connection: AgentConnection) -> ConnectionHealth:
    """The state of a connection as screens and the API show it."""
    return _health(connection, await inbox.last_received_at(scope, connection.id))


def _health(connection: AgentConnection, last_event_at: datetime | None) -> ConnectionHealth:
    refused = connection.last_refused_at
    return ConnectionHealth(
        provider=connection.provider,
        endpoint=f"{settings.base_url.rstrip('/')}/api/webhooks/ai-service/{connection.id}",
        last_event_at=last_event_at,
        healthy=refused is None or (last_event_at is not None and last_event_at >= refused),
        refused_count=connection.refused_count,
    )


async def reveal_secret(scope: Scope, agent_id: UUID) -> str:
    """The signing secret, for who may configure agents."""
    scope.require(Permission.AGENTS_WRITE)
    return crypto.unseal((await of_agent(scope, agent_id)).secret)


async def rotate_secret(scope: Scope, agent_id: UUID) -> str:
    """A new signing secret; the old one stays valid for a day so that nothing is lost meanwhile."""
    scope.require(Permission.AGENTS_WRITE)
    connection = await of_agent(scope, agent_id)
    secret = crypto.new_webhook_secret()
    connection.previous_secret, connection.previous_until = connection.secret, scope.now + ROTATION
    connection.secret = crypto.seal(secret)
    scope.touch(connection)
    return secret


async def find_endpoint(scope: Scope, *, endpoint_id: UUID | None = None, agent_id: UUID | None = None) -> Endpoint:
    """The endpoint of that public id, or of that agent, in any organisation; for the system's doors only."""
    statement = _living()
    if endpoint_id is not None:
        statement = statement.where(AgentConnection.id == endpoint_id)
    else:
        statement = statement.where(AgentConnection.agent_id == agent_id)
    found = await scope.first(scope.across(statement))
    if found is None:
        raise NotFound
    return Endpoint(found.id, found.organization_id, live_secrets(found, scope.now))


def live_secrets(connection: AgentConnection, now: datetime) -> tuple[str, ...]:
    """The secrets that verify: the present one and, while a rotation lasts, the previous one."""
    secrets = [crypto.unseal(connection.secret)]
    if connection.previous_secret and connection.previous_until and connection.previous_until > now:
        secrets.append(crypto.unseal(connection.previous_secret))
    return tuple(secrets)


async def organization_of_agent(scope: Scope, agent_id: UUID) -> UUID | None:
    """Whose agent this is; for deliveries signed with the platform's own secret."""
    statement = _living()
    found = await scope.first(scope.across(statement.where(AgentConnection.agent_id == agent_id)))
    return found.organization_id if found else None


def _living() -> SelectOfScalar[AgentConnection]:
    """Connections of agents and organisations that were not taken away."""
    return (
        select(AgentConnection)
        .join(Agent, col(Agent.id) == col(AgentConnection.agent_id))
        .join(Organization, col(Organization.id) == col(Agent.organization_id))
        .where(col(Agent.deleted_at).is_(None), col(Organization.deleted_at).is_(None))
    )


class RefusalCounter:
    """Counts refused deliveries in memory and lets them reach the database at most every ten seconds per endpoint,
    so that a forger cannot make us write."""

    def __init__(self) -> None:
        self._counts: Counter[UUID] = Counter()
        self._written: dict[UUID, datetime] = {}

    def add(self, endpoint_id: UUID) -> bool:
        """Count one; True when it is time to `write`."""
        self._counts[endpoint_id] += 1
        now = clock.now()
        due = now - self._written.get(endpoint_id, clock.EARLIEST) >= COUNT_EVERY
        if due:
            self._written[endpoint_id] = now
        return due

    async def write(self, scope: Scope, endpoint_id: UUID) -> None:
        """Add what was counted to the endpoint's row."""
        count = self._counts.pop(endpoint_id, 0)
        connection = await scope.get(AgentConnection, endpoint_id)
        connection.refused_count += count
        connection.last_refused_at = scope.now
        scope.touch(connection)
