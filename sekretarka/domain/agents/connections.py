"""Connections to voice providers: where they deliver, the secrets they sign with, the health of the connection."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.actor import Actor
from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.agents.models import Agent, AgentConnection
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.organizations.models import Organization

Problem = Literal["refused", "unreadable"]
ROTATION = timedelta(hours=24)


@dataclass(frozen=True)
class Endpoint:
    """What an entry point needs to verify a delivery. `secrets` are in clear, so it lives only as long as the
    request."""

    id: UUID
    organization_id: UUID
    agent_id: UUID
    provider: str
    country: str
    secrets: tuple[str, ...]

    @property
    def actor(self) -> Actor:
        """The actor of a verified delivery, with the permissions to write conversations and use tools."""
        scopes = frozenset({Permission.CONVERSATIONS_WRITE, Permission.TOOLS_USE})
        return Actor("endpoint", organization_id=self.organization_id, scopes=scopes, country=self.country)


@dataclass(frozen=True)
class ConnectionHealth:
    """The state of a connection: its public URL, when the newest delivery came (None: never), `problem` when the newest
    one was `refused` or those of some type are `unreadable`, and how many were rejected since the agent was created.
    The other counts are of the last seven days, `odd_fields` of the newest delivery with odd fields."""

    provider: str
    endpoint: str
    last_event_at: datetime | None
    problem: Problem | None
    refused_count: int
    unreadable_count: int
    odd_count: int
    odd_fields: tuple[inbox.OddField, ...]

    @property
    def healthy(self) -> bool:
        """Whether what is delivered is received and read."""
        return self.problem is None


def create(uow: UnitOfWork, agent: Agent) -> AgentConnection:
    """The connection of a new agent, with a new signing secret."""
    return uow.add(AgentConnection(agent_id=agent.id, secret=crypto.encrypt(crypto.new_webhook_secret())))  # type: ignore[call-arg]


async def get_by_agent(uow: UnitOfWork, agent_id: UUID, *, lock: bool = False) -> AgentConnection:
    """The connection of one of the organization's agents; `NotFound`."""
    statement = uow.select(AgentConnection).where(AgentConnection.agent_id == agent_id)
    connection = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if connection is None:
        raise NotFound
    return connection


async def agent_of(uow: UnitOfWork, endpoint_id: UUID) -> UUID:
    """The id of the agent of one of the organization's connections; `NotFound`."""
    return (await uow.get(AgentConnection, endpoint_id)).agent_id


async def health_of(uow: UnitOfWork, agent_ids: Collection[UUID]) -> dict[UUID, ConnectionHealth]:
    """By agent id, the state of the connections of several agents, in two queries."""
    statement = uow.select(AgentConnection).where(col(AgentConnection.agent_id).in_(agent_ids))
    rows = await uow.list(statement)
    receptions = await inbox.reception(uow, [row.id for row in rows])
    return {row.agent_id: _health(row, receptions[row.id]) for row in rows}


async def health(uow: UnitOfWork, connection: AgentConnection) -> ConnectionHealth:
    """The state of one connection."""
    return _health(connection, (await inbox.reception(uow, [connection.id]))[connection.id])


def _health(connection: AgentConnection, reception: inbox.Reception) -> ConnectionHealth:
    refused, last = connection.last_refused_at, reception.last_at
    is_refused = refused is not None and (last is None or last < refused)
    return ConnectionHealth(
        provider=connection.provider,
        endpoint=f"{settings.base_url.rstrip('/')}/api/webhooks/{connection.provider}/{connection.id}",
        last_event_at=last,
        problem="refused" if is_refused else "unreadable" if reception.is_broken else None,
        refused_count=connection.refused_count,
        unreadable_count=reception.unreadable,
        odd_count=reception.odd,
        odd_fields=reception.odd_fields,
    )


async def reveal_secret(uow: UnitOfWork, agent_id: UUID) -> str:
    """The signing secret in clear, `whsec_…`; `Forbidden` without `AGENTS_WRITE`."""
    uow.require(Permission.AGENTS_WRITE)
    return crypto.decrypt((await get_by_agent(uow, agent_id)).secret)


async def rotate_secret(uow: UnitOfWork, agent_id: UUID) -> str:
    """A new signing secret in clear; the old one verifies for `ROTATION` more. `Forbidden` without `AGENTS_WRITE`."""
    uow.require(Permission.AGENTS_WRITE)
    connection = await get_by_agent(uow, agent_id, lock=True)
    secret = crypto.new_webhook_secret()
    connection.previous_secret, connection.previous_until = connection.secret, uow.now + ROTATION
    connection.secret = crypto.encrypt(secret)
    uow.bump_version(connection)
    return secret


async def dead_letters(uow: UnitOfWork) -> dict[UUID, int]:
    """By agent id, how many deliveries failed too often and wait for a replay; agents without any are left out."""
    counts = await inbox.dead_letters(uow)
    if not counts:
        return {}
    rows = await uow.list(uow.select(AgentConnection))
    return {row.agent_id: counts[row.id] for row in rows if row.id in counts}


async def reencrypt(uow: UnitOfWork) -> int:
    """Encrypt the secrets of every organization with the present SECRET_KEY; for the system only. Returns how many
    connections there are."""
    rows = await uow.list(uow.unscoped(select(AgentConnection).with_for_update()))
    for connection in rows:
        connection.secret = crypto.encrypt(crypto.decrypt(connection.secret))
        if connection.previous_secret:
            connection.previous_secret = crypto.encrypt(crypto.decrypt(connection.previous_secret))
        uow.bump_version(connection)
    return len(rows)


async def find_endpoint(endpoint_id: UUID) -> Endpoint:
    """The endpoint of a connection's id in any organization; `NotFound`, also when its agent or organization was
    deleted. Runs before there is a caller."""
    return _endpoint(await BY_ID.fetch_row(wanted=endpoint_id))


async def endpoint_of_agent(agent_id: UUID) -> Endpoint:
    """The endpoint of an agent of any organization; `NotFound`, also when one of them was deleted. Runs before there is
    a caller."""
    return _endpoint(await BY_AGENT.fetch_row(wanted=agent_id))


def _lookup(column: Any) -> PreparedQuery:
    """A connection whose agent and organization were not deleted."""
    return PreparedQuery(
        sa.select(
            col(AgentConnection.id),
            col(AgentConnection.organization_id),
            col(AgentConnection.agent_id),
            col(AgentConnection.provider),
            col(Organization.country),
            col(AgentConnection.secret),
            col(AgentConnection.previous_secret),
            col(AgentConnection.previous_until),
        )
        .join(Agent, col(Agent.id) == col(AgentConnection.agent_id))
        .join(Organization, col(Organization.id) == col(Agent.organization_id))
        .where(col(Agent.deleted_at).is_(None), col(Organization.deleted_at).is_(None))
        .where(column == sa.bindparam("wanted", type_=sa.Uuid))
    )


BY_ID, BY_AGENT = _lookup(col(AgentConnection.id)), _lookup(col(AgentConnection.agent_id))


def _endpoint(row: Sequence[Any] | None) -> Endpoint:
    if row is None:
        raise NotFound
    connection_id, organization_id, agent_id, provider, country, *secrets = row
    return Endpoint(connection_id, organization_id, agent_id, provider, country, _active_secrets(*secrets))


def active_secrets(connection: AgentConnection) -> tuple[str, ...]:
    """The secrets that verify, in clear: the present one and, until `previous_until`, the previous one."""
    return _active_secrets(connection.secret, connection.previous_secret, connection.previous_until)


def _active_secrets(secret: str, previous: str | None, until: datetime | None) -> tuple[str, ...]:
    secrets = [crypto.decrypt(secret)]
    if previous and until and until > clock.now():
        secrets.append(crypto.decrypt(previous))
    return tuple(secrets)
