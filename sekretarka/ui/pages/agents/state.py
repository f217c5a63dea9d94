"""The list of agents: their health, switched on and off, created and deleted."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import ClassVar, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.core.text.i18n import NBSP
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.connections import Problem
from sekretarka.domain.agents.models import Agent, AgentStatus
from sekretarka.domain.agents.schemas import AgentCreate, AgentView
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics.agents import AgentActivity, activity
from sekretarka.domain.analytics.metrics import Metric, Period
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.receptionist import knowledge
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.live import refresh_on
from sekretarka.ui.metrics import href_of
from sekretarka.ui.page_state import PageState
from sekretarka.ui.session import Form, secured, write_uow

PATH = "/dashboard/agents"
TABS = ("voice", "greeting", "knowledge", "permissions", "connection")


class AgentRow(TypedDict):
    """A card. `health` is from `health_word`; `calls` and `success` (percent; None: none completed) are as in `Metric`,
    their `…Href` is where the list of what they count is. Times are RFC 3339 or empty; `phoneWhileOff` is the number
    that callers get while it is off, empty when they are asked to call later."""

    id: str
    name: str
    phone: str
    language: str
    active: bool
    phoneWhileOff: str
    health: str
    lastEventAt: str
    lastCallAt: str
    calls: int
    callsHref: str
    success: int | None
    successHref: str


@refresh_on("conversation.created", "conversation.updated", inbox.DEAD_LETTERED, path=PATH)
class AgentsState(PageState, CreateDialogState, rx.State):
    """Cards, and which agent and section the URL asks for."""

    rows: rx.Field[list[AgentRow]] = rx.field(default_factory=list)
    selected: str = ""
    tab: str = TABS[0]

    _closed_path: ClassVar = PATH

    @secured(Permission.AGENTS_READ)
    async def load(self) -> None:
        """Read the cards; the URL says which agent and section are open."""
        query = self.router.url.query_parameters
        self.tab = query.get("tab", "") if query.get("tab") in TABS else TABS[0]
        self.creating, self.field_errors = query.get("new") == "1", {}
        with errors.loading(self):
            await self._refresh()
        ids = {row["id"] for row in self.rows}
        self.selected = query.get("agent", "") if query.get("agent") in ids else ""

    async def _read(self, uow: UnitOfWork) -> None:
        self.rows = await _cards(uow)

    @secured(Permission.AGENTS_WRITE)
    async def toggle(self, agent_id: UUID, on: bool) -> AsyncIterator[EventSpec | None]:
        """Activate or deactivate an agent; shown at once, taken back when it fails."""
        self.rows = [{**row, "active": on} if row["id"] == str(agent_id) else row for row in self.rows]
        yield None
        switch = agents.activate if on else agents.deactivate
        try:
            agent = await write_uow(switch, agent_id)
        except AppError as error:
            yield errors.toast(error)
        else:
            key = "agents.switched_on" if on else "agents.switched_off"
            yield notify(key, name=agent.name, toast_id="switched")
        await self._refresh()

    @secured(Permission.AGENTS_WRITE)
    @form_handler()
    async def create(self, form: Form) -> Sequence[EventSpec]:
        """Create an agent and open its connection."""
        data = AgentCreate.model_validate(errors.form_input(AgentCreate, form))
        agent = await write_uow(agents.create, data)
        return [
            rx.redirect(f"{PATH}?agent={agent.id}&tab=connection"),
            success_toast(errors.toast_text("agents.created", name=agent.name)),
        ]

    @secured(Permission.AGENTS_WRITE)
    async def delete(self, agent_id: UUID) -> Sequence[EventSpec]:
        """Delete an agent."""
        agent = await write_uow(_delete, agent_id)
        self.selected = ""  # so that its forms are gone before the page moves on
        return [rx.redirect(PATH), success_toast(errors.toast_text("agents.deleted", name=agent.name))]


async def _delete(uow: UnitOfWork, agent_id: UUID) -> Agent:
    agent = await agents.get(uow, agent_id)
    await agents.delete(uow, agent_id)
    return agent


async def _cards(uow: UnitOfWork) -> list[AgentRow]:
    views = await agents.view(uow, *await agents.find(uow))
    busy = await activity(uow)
    failed = await connections.dead_letters(uow)
    week, month = [await metrics.period(uow, metric) for metric in (Metric.AGENT_CALLS, Metric.AGENT_RESOLVED)]
    return [_card(view, busy.get(view.id, AgentActivity()), failed.get(view.id, 0), week, month) for view in views]


def health_word(heard: datetime | None, *, problem: Problem | None, failed: int) -> str:
    """`failed` while deliveries are given up, the connection's problem (`refused`, `unreadable`), `none` before the
    first delivery, or `ok`."""
    if failed:
        return "failed"
    if problem:
        return problem
    return "ok" if heard else "none"


def _card(view: AgentView, done: AgentActivity, failed: int, week: Period, month: Period) -> AgentRow:
    heard, called = view.connection.last_event_at, done.last_call_at
    _, instead = knowledge.find_target(view.knowledge_base, None) or ("", "")
    return AgentRow(
        id=str(view.id),
        name=view.name,
        phone=phone.format_national(view.phone_number or ""),
        language=view.language,
        active=view.status is AgentStatus.ACTIVE,
        phoneWhileOff=phone.format_national(instead).replace(" ", NBSP),
        health=health_word(heard, problem=view.connection.problem, failed=failed),
        lastEventAt=clock.to_json(heard) if heard else "",
        lastCallAt=clock.to_json(called) if called else "",
        calls=done.calls,
        callsHref=href_of(Metric.AGENT_CALLS, week, view.id),
        success=round(done.success_rate * 100) if done.success_rate is not None else None,
        successHref=href_of(Metric.AGENT_RESOLVED, month, view.id),
    )
