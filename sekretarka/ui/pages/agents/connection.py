"""How the selected agent is connected: its endpoint, its secret and the latest deliveries."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.inbox.models import WebhookEvent
from sekretarka.domain.inbox.service import OddField
from sekretarka.providers.errors import PayloadFault
from sekretarka.ui.components.clipboard import reveal
from sekretarka.ui.errors import notify
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.agents.state import PATH, AgentsState, health_word
from sekretarka.ui.session import read_uow, secured, write_uow


class EventRow(TypedDict):
    """A delivery, `at` RFC 3339; `reason` is a code of `REASONS`, `fields`, `odd` or `other` (empty: none), `detail`
    what it is about, `test` whether the dashboard sent it."""

    id: str
    type: str
    at: str
    state: str
    reason: str
    detail: str
    test: bool


class ConnectionInfo(TypedDict):
    """The connection: times are RFC 3339 or empty, `refused`, `failed`, `unreadable` and `odd` are numbers of
    deliveries, `oddFields` names those of the newest odd one; `previousUntil` while an older secret still verifies."""

    endpoint: str
    health: str
    lastEventAt: str
    refused: int
    failed: int
    unreadable: int
    odd: int
    oddFields: str
    previousUntil: str


def _no_connection() -> ConnectionInfo:
    return ConnectionInfo(
        endpoint="",
        health="none",
        lastEventAt="",
        refused=0,
        failed=0,
        unreadable=0,
        odd=0,
        oddFields="",
        previousUntil="",
    )


@refresh_on("conversation.created", "conversation.updated", inbox.DEAD_LETTERED, path=PATH, polls=True)
class AgentConnectionState(rx.State):
    """The section Połączenie; the secret itself is never a var."""

    loaded: bool = False
    connection: rx.Field[ConnectionInfo] = rx.field(default_factory=_no_connection)
    events: rx.Field[list[EventRow]] = rx.field(default_factory=list)

    @secured(Permission.AGENTS_READ)
    async def load(self) -> None:
        """Read the selected agent's connection, if its section is open."""
        self.connection, self.events, self.loaded = _no_connection(), [], False
        await self._read()

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        await self._read()

    async def _read(self) -> None:
        agent_id = await self._agent_id()
        if agent_id is None:
            return
        async with read_uow() as uow:
            connection, events = await _connection(uow, agent_id)
        # Asked every few seconds: only what is different travels.
        if connection != self.connection:
            self.connection = connection
        if events != self.events:
            self.events = events
        self.loaded = True

    async def _agent_id(self) -> UUID | None:
        agents_state = await self.get_state(AgentsState)
        return UUID(agents_state.selected) if agents_state.selected and agents_state.tab == "connection" else None

    async def _required_agent_id(self) -> UUID:
        agent_id = await self._agent_id()
        if agent_id is None:
            raise NotFound
        return agent_id

    @secured(Permission.AGENTS_WRITE)
    async def show_secret(self) -> EventSpec:
        """Hand the signing secret to the browser that asks. `NotFound` without a selected agent."""
        agent_id = await self._required_agent_id()
        async with read_uow() as uow:
            return reveal(str(agent_id), (await agents.reveal_secret(uow, agent_id)).secret)

    @secured(Permission.AGENTS_WRITE)
    async def rotate(self) -> Sequence[EventSpec]:
        """Make a new secret, shown at once; the old one verifies for another day. `NotFound` without a selected
        agent."""
        agent_id = await self._required_agent_id()
        fresh = await write_uow(agents.rotate_secret, agent_id)
        await self._read()
        return [reveal(str(agent_id), fresh.secret), notify("agents.rotated", toast_id="rotated")]

    @secured(Permission.AGENTS_WRITE)
    async def replay(self) -> EventSpec:
        """Make the dead deliveries pending again. `NotFound` without a selected agent."""
        agent_id = await self._required_agent_id()
        count = await write_uow(agents.replay, agent_id)
        await self._read()
        agents_state = await self.get_state(AgentsState)
        await agents_state._refresh()
        return notify("agents.replayed", n=count, toast_id="replayed")


async def _connection(uow: UnitOfWork, agent_id: UUID) -> tuple[ConnectionInfo, list[EventRow]]:
    await agents.get(uow, agent_id)
    row = await connections.get_by_agent(uow, agent_id)
    health = await connections.health(uow, row)
    failed = (await connections.dead_letters(uow)).get(agent_id, 0)
    until = row.previous_until if row.previous_until and row.previous_until > uow.now else None
    connection = ConnectionInfo(
        endpoint=health.endpoint,
        health=health_word(health.last_event_at, problem=health.problem, failed=failed),
        lastEventAt=clock.to_json(health.last_event_at) if health.last_event_at else "",
        refused=health.refused_count,
        failed=failed,
        unreadable=health.unreadable_count,
        odd=health.odd_count,
        oddFields=_names(health.odd_fields),
        previousUntil=clock.to_json(until) if until else "",
    )
    return connection, [_event(event) for event in await inbox.recent(uow, row.id)]


REASONS: dict[str, str] = {
    PayloadFault.NOT_JSON: "not_json",
    PayloadFault.NO_TYPE: "no_type",
    PayloadFault.NO_AGENT: "no_agent",
    PayloadFault.UNKNOWN_AGENT: "no_agent",
    PayloadFault.AGENT_OF_NOBODY: "no_agent",
}


def _names(fields: Sequence[OddField]) -> str:
    """The fields' paths, each once."""
    return ", ".join(dict.fromkeys(odd.field for odd in fields))


def _event(row: WebhookEvent) -> EventRow:
    stored, odd = row.reason or "", _names(inbox.odd_fields(row))
    fields = stored.removeprefix("fields: ") if stored.startswith("fields: ") else ""
    return EventRow(
        id=str(row.id),
        type=row.type,
        at=clock.to_json(row.received_at),
        state=str(row.state),
        reason="fields" if fields else REASONS.get(stored, "other" if stored else "odd" if odd else ""),
        detail=fields or stored or odd,
        test=row.is_test,
    )
