"""The forms of the selected agent: their stored values, and saving one section."""

from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.domain.agents import service as agents
from sekretarka.ui import errors
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.page_state import EditFormState
from sekretarka.ui.pages.agents import values
from sekretarka.ui.pages.agents.state import AgentsState
from sekretarka.ui.pages.agents.values import AgentValues
from sekretarka.ui.session import Form, read_uow, secured, write_uow


class EditAgentState(EditFormState, rx.State):
    """The forms of the selected agent."""

    loading: bool = True
    failed: bool = False
    agent: rx.Field[AgentValues] = rx.field(default_factory=values.empty_values)
    revision: int = 0

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
                self._show(values.from_agent(await agents.get(uow, UUID(selected))))

    @secured(Permission.AGENTS_WRITE)
    async def save_voice(self, form: Form) -> EventSpec | None:
        """Save name, language, voice, number and tone. `NotFound` without a selected agent, like every section."""
        return await self._save("voice", form)

    @secured(Permission.AGENTS_WRITE)
    async def save_greeting(self, form: Form) -> EventSpec | None:
        """Save the first words of a call."""
        return await self._save("greeting", form)

    @secured(Permission.AGENTS_WRITE)
    async def save_knowledge(self, form: Form) -> EventSpec | None:
        """Save facts, questions and answers."""
        return await self._save("knowledge", form)

    @secured(Permission.AGENTS_WRITE)
    async def save_permissions(self, form: Form) -> EventSpec | None:
        """Save the capabilities of the agent."""
        return await self._save("permissions", form)

    async def _save(self, section: str, form: Form) -> EventSpec | None:
        draft = values.SECTIONS[section](form)
        return await form_handler(draft.explain)(EditAgentState._store)(self, draft)

    async def _store(self, draft: values.Draft) -> EventSpec | None:
        agents_state = await self.get_state(AgentsState)
        if not agents_state.selected:
            raise NotFound
        row = await write_uow(agents.update, UUID(agents_state.selected), draft.patch())
        self.agent = values.from_agent(row)
        self.revision += 1
        await agents_state._refresh()
        return notify("form.saved", toast_id="saved")

    def _show(self, fresh: AgentValues) -> None:
        if fresh != self.agent:
            self.agent = fresh
            self.revision += 1
