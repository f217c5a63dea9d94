"""The forms of the selected agent: their stored values, and saving one section."""

from typing import ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent, Capability
from sekretarka.ui import edits, errors
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.page_state import EditFormState
from sekretarka.ui.pages.agents import values
from sekretarka.ui.pages.agents.state import AgentsState
from sekretarka.ui.pages.agents.values import AgentValues
from sekretarka.ui.session import Edit, read_uow, secured


class EditAgentState(EditFormState, rx.State):
    """The forms of the selected agent."""

    loading: bool = True
    failed: bool = False
    agent: rx.Field[AgentValues] = rx.field(default_factory=values.empty_values)

    _formats: ClassVar = {"phoneNumber": phone.format_national}

    @secured(Permission.AGENTS_READ)
    async def load(self) -> None:
        """Read the selected agent into the forms; none leaves them empty."""
        self.field_errors = {}
        selected = (await self.get_state(AgentsState)).selected
        if not selected:
            self.agent = values.empty_values()
            return
        with errors.loading(self):
            async with read_uow() as uow:
                self._show(await agents.get(uow, UUID(selected)))

    @secured(Permission.AGENTS_WRITE)
    async def save_voice(self, edit: Edit) -> EventSpec | None:
        """Save name, language, voice, number and tone."""
        return await self._save("voice", edit)

    @secured(Permission.AGENTS_WRITE)
    async def save_greeting(self, edit: Edit) -> EventSpec | None:
        """Save the first words of a call."""
        return await self._save("greeting", edit)

    @secured(Permission.AGENTS_WRITE)
    async def save_knowledge(self, edit: Edit) -> EventSpec | None:
        """Save facts, questions and answers."""
        return await self._save("knowledge", edit)

    @secured(Permission.AGENTS_WRITE)
    @form_handler()
    async def save_permissions(self, edit: Edit) -> EventSpec:
        """Save the capabilities of the agent that were switched."""
        return await self._stored(await edits.store(edit, {}, _grant, edit))

    async def _save(self, section: str, edit: Edit) -> EventSpec | None:
        draft = values.SECTIONS[section](edit.changes)
        return await form_handler(draft.explain)(EditAgentState._store)(self, edit, draft)

    async def _store(self, edit: Edit, draft: values.Draft) -> EventSpec:
        return await self._stored(await edits.store(edit, values.FIELDS, agents.update, edit.id, draft.patch()))

    async def _stored(self, row: Agent) -> EventSpec:
        self._show(row)
        await (await self.get_state(AgentsState))._refresh()
        return notify("form.saved", toast_id="saved")

    async def _reread(self) -> None:
        if self.record["id"]:
            async with read_uow() as uow:
                self._show(await agents.get(uow, UUID(self.record["id"])))

    def _show(self, row: Agent) -> None:
        granted = {values.CAPABILITY + code: code in row.capabilities for code in Capability}
        self.agent, self.record = values.from_agent(row), edits.record(row, values.FIELDS, **granted)


async def _grant(uow: UnitOfWork, edit: Edit) -> Agent:
    before = await agents.get(uow, edit.id, lock=True)
    return await agents.update(uow, edit.id, values.permissions(edit.changes, before.capabilities))
