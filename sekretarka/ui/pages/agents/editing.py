"""The chosen agent's sections: what is saved, and saving one of them."""

from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import AppError, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.domain.agents import service as agents
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.pages.agents import values
from sekretarka.ui.pages.agents.state import AgentsState
from sekretarka.ui.pages.agents.values import AgentValues
from sekretarka.ui.session import Form, read_uow, secured, write_uow


class AgentEditing(rx.State):
    """The forms of the chosen agent; `revision` and `attempt` are explained by `edit_form`."""

    failed: bool = False
    agent: rx.Field[AgentValues] = rx.field(default_factory=values.nothing)
    revision: int = 0
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.AGENTS_READ)
    async def load(self) -> None:
        """The agent of the address, as stored now."""
        self.field_errors = {}
        chosen = (await self.get_state(AgentsState)).selected
        if not chosen:
            self.agent = values.nothing()
            return
        try:
            async with read_uow() as uow:
                self._show(values.of(await agents.get(uow, UUID(chosen))))
        except AppError:
            self.failed = True
        else:
            self.failed = False

    @secured(Permission.AGENTS_WRITE)
    async def save_voice(self, form: Form) -> EventSpec | None:
        """Name, language, voice, number and tone."""
        return await self._save("voice", form)

    @secured(Permission.AGENTS_WRITE)
    async def save_greeting(self, form: Form) -> EventSpec | None:
        """The first words of a call."""
        return await self._save("greeting", form)

    @secured(Permission.AGENTS_WRITE)
    async def save_knowledge(self, form: Form) -> EventSpec | None:
        """Facts, questions and answers."""
        return await self._save("knowledge", form)

    @secured(Permission.AGENTS_WRITE)
    async def save_permissions(self, form: Form) -> EventSpec | None:
        """What the agent may do during a call."""
        return await self._save("permissions", form)

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    async def _save(self, section: str, form: Form) -> EventSpec | None:
        self.attempt += 1
        list_state = await self.get_state(AgentsState)
        if not list_state.selected:
            raise NotFound
        draft = values.SECTIONS[section](form)
        try:
            row = await write_uow(agents.update, UUID(list_state.selected), draft.patch())
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error, draft.named)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        self.agent = values.of(row)
        self.revision += 1
        await list_state._read()
        return success_toast(errors.toast_text("form.saved"), id="saved")

    def _show(self, fresh: AgentValues) -> None:
        if fresh != self.agent:
            self.agent = fresh
            self.revision += 1
