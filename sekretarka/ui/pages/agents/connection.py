"""How the chosen agent is connected: its endpoint, its secret and what came lately."""

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
from sekretarka.ui import errors
from sekretarka.ui.components.clipboard import reveal
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.agents.state import PATH, AgentsState, health_word
from sekretarka.ui.session import read_uow, secured, write_uow


class EventRow(TypedDict):
    """A delivery as it came; `reason` is a known one's code, `detail` what it is about."""

    id: str
    type: str
    at: str
    state: str
    reason: str
    detail: str


class Wire(TypedDict):
    """The connection itself; `previousUntil` while an older secret still verifies."""

    endpoint: str
    health: str
    lastEventAt: str
    refused: int
    failed: int
    previousUntil: str


def _no_wire() -> Wire:
    return Wire(endpoint="", health="none", lastEventAt="", refused=0, failed=0, previousUntil="")


@refresh_on("conversation.created", "conversation.updated", inbox.DEAD_LETTERED, path=PATH, polls=True)
class AgentConnection(rx.State):
    """The section Połączenie; the secret itself never is a var."""

    loaded: bool = False
    wire: rx.Field[Wire] = rx.field(default_factory=_no_wire)
    events: rx.Field[list[EventRow]] = rx.field(default_factory=list)

    @secured(Permission.AGENTS_READ)
    async def load(self) -> None:
        """The chosen agent's connection."""
        self.wire, self.events, self.loaded = _no_wire(), [], False
        await self._read()

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        await self._read()

    async def _read(self) -> None:
        chosen = await self._chosen()
        if chosen is None:
            return
        async with read_uow() as uow:
            wire, events = await _connection(uow, chosen)
        # Asked every few seconds: only what is different travels.
        if wire != self.wire:
            self.wire = wire
        if events != self.events:
            self.events = events
        self.loaded = True

    async def _chosen(self) -> UUID | None:
        listed = await self.get_state(AgentsState)
        return UUID(listed.selected) if listed.selected and listed.tab == "connection" else None

    @secured(Permission.AGENTS_WRITE)
    async def show_secret(self) -> EventSpec:
        """Hand the signing secret to the browser that asked."""
        chosen = await self._chosen()
        if chosen is None:
            raise NotFound
        async with read_uow() as uow:
            return reveal(str(chosen), (await agents.reveal_secret(uow, chosen)).secret)

    @secured(Permission.AGENTS_WRITE)
    async def rotate(self) -> Sequence[EventSpec]:
        """A new secret, shown at once; the old one verifies for another day."""
        chosen = await self._chosen()
        if chosen is None:
            raise NotFound
        fresh = await write_uow(agents.rotate_secret, chosen)
        await self._read()
        return [reveal(str(chosen), fresh.secret), success_toast(errors.toast_text("agents.rotated"), id="rotated")]

    @secured(Permission.AGENTS_WRITE)
    async def replay(self) -> EventSpec:
        """Work off again what was given up."""
        chosen = await self._chosen()
        if chosen is None:
            raise NotFound
        count = await write_uow(agents.replay, chosen)
        await self._read()
        listed = await self.get_state(AgentsState)
        await listed._read()
        return success_toast(errors.toast_text("agents.replayed", n=count), id="replayed")


async def _connection(uow: UnitOfWork, agent_id: UUID) -> tuple[Wire, list[EventRow]]:
    await agents.get(uow, agent_id)
    row = await connections.get_by_agent(uow, agent_id)
    fares = await connections.health(uow, row)
    failed = (await connections.dead_letters(uow)).get(agent_id, 0)
    until = row.previous_until if row.previous_until and row.previous_until > uow.now else None
    wire = Wire(
        endpoint=fares.endpoint,
        health=health_word(fares.last_event_at, healthy=fares.healthy, failed=failed),
        lastEventAt=clock.to_json(fares.last_event_at) if fares.last_event_at else "",
        refused=fares.refused_count,
        failed=failed,
        previousUntil=clock.to_json(until) if until else "",
    )
    return wire, [_event(event) for event in await inbox.recent(uow, row.id)]


REASONS = {
    "not JSON": "not_json",
    "no type": "no_type",
    "data.agentId: no agent of this organisation": "no_agent",
    "data.agentId: no agent of anyone": "no_agent",
}


def _event(row: WebhookEvent) -> EventRow:
    given = row.reason or ""
    fields = given.removeprefix("fields: ") if given.startswith("fields: ") else ""
    return EventRow(
        id=str(row.id),
        type=row.type,
        at=clock.to_json(row.received_at),
        state=str(row.state),
        reason="fields" if fields else REASONS.get(given, "other" if given else ""),
        detail=fields or given,
    )
