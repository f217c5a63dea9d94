"""The list of agents: how each fares, switched on and off, made and taken away."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent, AgentStatus
from sekretarka.domain.agents.schemas import AgentCreate, AgentView
from sekretarka.domain.analytics.agents import AgentActivity, activity
from sekretarka.domain.inbox import service as inbox
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.session import Form, read_uow, secured, write_uow

PATH = "/dashboard/agents"
TABS = ("voice", "greeting", "knowledge", "permissions", "connection")


class AgentRow(TypedDict):
    """A card. `health` is a word of `health_word`; `success` is in percent."""

    id: str
    name: str
    phone: str
    language: str
    active: bool
    health: str
    lastEventAt: str
    lastCallAt: str
    calls: int
    success: int | None


@refresh_on("conversation.created", "conversation.updated", inbox.DEAD_LETTERED, path=PATH)
class AgentsState(rx.State):
    """Cards, and which agent and section the address asks for."""

    loading: bool = True
    failed: bool = False
    rows: rx.Field[list[AgentRow]] = rx.field(default_factory=list)
    selected: str = ""
    tab: str = TABS[0]
    creating: bool = False
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.AGENTS_READ)
    async def load(self) -> None:
        """The cards; the address says what is open."""
        asked = self.router.url.query_parameters
        self.tab = asked.get("tab", "") if asked.get("tab") in TABS else TABS[0]
        self.creating, self.field_errors = asked.get("new") == "1", {}
        try:
            await self._read()
        except AppError:
            self.failed = True
        else:
            self.failed = False
        known = {row["id"] for row in self.rows}
        self.selected = asked.get("agent", "") if asked.get("agent") in known else ""
        self.loading = False

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        await self._read()

    async def _read(self) -> None:
        async with read_uow() as uow:
            self.rows = await _cards(uow)

    @secured(Permission.AGENTS_WRITE)
    async def toggle(self, agent_id: UUID, on: bool) -> AsyncIterator[EventSpec | None]:
        """Let an agent answer or rest; shown at once, taken back when it fails."""
        self.rows = [{**row, "active": on} if row["id"] == str(agent_id) else row for row in self.rows]
        yield None
        switch = agents.activate if on else agents.deactivate
        try:
            agent = await write_uow(switch, agent_id)
        except AppError as error:
            yield errors.toast(error)
        else:
            key = "agents.switched_on" if on else "agents.switched_off"
            yield success_toast(errors.toast_text(key, name=agent.name), id="switched")
        await self._read()

    @secured(Permission.AGENTS_WRITE)
    async def create(self, form: Form) -> EventSpec | Sequence[EventSpec] | None:
        """A new agent, opened where it is connected."""
        self.attempt += 1
        try:
            data = AgentCreate.model_validate(errors.form_input(AgentCreate, form))
            agent = await write_uow(agents.create, data)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error)
            return None if self.field_errors else errors.toast(error)
        return [
            rx.redirect(f"{PATH}?agent={agent.id}&tab=connection"),
            success_toast(errors.toast_text("agents.created", name=agent.name)),
        ]

    @secured(Permission.AGENTS_WRITE)
    async def delete(self, agent_id: UUID) -> Sequence[EventSpec]:
        """Take an agent away for good."""
        agent = await write_uow(_delete, agent_id)
        self.selected = ""  # so that its forms are gone before the page moves on
        return [rx.redirect(PATH), success_toast(errors.toast_text("agents.deleted", name=agent.name))]

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """The dialog for a new agent was closed."""
        return None if is_open else rx.redirect(PATH)


async def _delete(uow: UnitOfWork, agent_id: UUID) -> Agent:
    agent = await agents.get(uow, agent_id)
    await agents.delete(uow, agent_id)
    return agent


async def _cards(uow: UnitOfWork) -> list[AgentRow]:
    views = await agents.view(uow, *await agents.find(uow))
    busy = await activity(uow)
    failed = await connections.dead_letters(uow)
    return [_card(view, busy.get(view.id, AgentActivity()), failed.get(view.id, 0)) for view in views]


def health_word(heard: datetime | None, *, healthy: bool, failed: int) -> str:
    """How a connection fares: failed while deliveries are given up, refused, none before the first event, or ok."""
    if failed:
        return "failed"
    if not healthy:
        return "refused"
    return "ok" if heard else "none"


def _card(view: AgentView, done: AgentActivity, failed: int) -> AgentRow:
    heard, called = view.connection.last_event_at, done.last_call_at
    return AgentRow(
        id=str(view.id),
        name=view.name,
        phone=phone.format_national(view.phone_number or ""),
        language=view.language,
        active=view.status is not AgentStatus.INACTIVE,
        health=health_word(heard, healthy=view.connection.healthy, failed=failed),
        lastEventAt=clock.to_json(heard) if heard else "",
        lastCallAt=clock.to_json(called) if called else "",
        calls=done.calls,
        success=round(done.success_rate * 100) if done.success_rate is not None else None,
    )
