"""The list of conversations and the one that is open: read by the URL, refreshed whenever one changes."""

from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents import service as agents
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import FollowUpState
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.escalations import service as escalations
from sekretarka.domain.organizations import members
from sekretarka.ui import edits
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.list_state import PAGE_SIZE, ListState, SearchText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.conversations.query_params import Filter, UrlState
from sekretarka.ui.pages.conversations.view_models import (
    ConversationDetail,
    ConversationRow,
    EscalationStep,
    booked_appointment,
    detail,
    escalation_steps,
    row,
)
from sekretarka.ui.session import Edit, Form, actor, secured, write_uow
from sekretarka.ui.undo import offer_to_reopen

FOLLOW_UP = {
    "state": "follow_up_state",
    "urgency": "follow_up_urgency",
    "note": "follow_up_note",
    "assigneeId": "follow_up_assignee_id",
}
FIELDS = {"outcome": "outcome", "notes": "notes", **FOLLOW_UP}


@refresh_on("conversation.created", "conversation.updated", "appointment.updated", path=UrlState.PATH)
class ConversationsState(ListState, rx.State):
    """Rows of the list, what its filters offer, and the open conversation."""

    rows: rx.Field[list[ConversationRow]] = rx.field(default_factory=list)
    detail: rx.Field[ConversationDetail | None] = rx.field(default=None)
    agents: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    members: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    waits_for_me: bool = False

    _url_type = UrlState

    @secured(Permission.CONVERSATIONS_READ)
    async def load(self) -> None:
        """Read what the URL asks for. Who is to be told of an urgent call and opens it takes it on."""
        before = self.open_id
        await self._load()
        if self.detail and self.open_id != before and self.waits_for_me:
            await write_uow(escalations.note_opened, UUID(self.open_id))
            await self._refresh()

    @secured(Permission.CONVERSATIONS_READ)
    def set_filter(self, name: Filter, value: SearchText) -> EventSpec:
        """Change one filter: goes to the URL with it."""
        return self._filter(name, value)

    @secured(Permission.CONVERSATIONS_WRITE)
    @form_handler()
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed of a conversation, the rest stays the AI's to fill."""
        row = await edits.store(edit, FIELDS, conversations.update, edit.id, _patch(edit.changes))
        was_open = edit.base.get("state") == FollowUpState.OPEN
        finished = row if was_open and row.follow_up_state is FollowUpState.DONE else None
        await self._refresh()
        return offer_to_reopen("overview.marked_done", finished) if finished else notify("form.saved", toast_id="saved")

    @secured(Permission.CONVERSATIONS_WRITE)
    @form_handler()
    async def take(self, conversation_id: UUID) -> EventSpec:
        """Take an urgent call on: nobody else is told of it."""
        row = await write_uow(escalations.acknowledge, conversation_id)
        await self._refresh()
        is_mine = row.acknowledged_by_id == actor().user_id
        return notify("escalation.taken_by_you" if is_mine else "escalation.not_yours", toast_id="taken")

    async def _read_rows(self, uow: UnitOfWork, url: UrlState) -> int:
        names = await agents.names(uow)
        self.agents = [{"id": str(agent.id), "name": agent.name} for agent in await agents.find(uow)]
        self.members = [{"id": str(user_id), "name": name} for user_id, name in await members.names(uow)]
        at = PageQuery(page=url.page, limit=PAGE_SIZE)
        page = await conversations.page(uow, url.criteria(), at, url.counted_as)
        self.rows = [row(conversation, names.get(conversation.agent_id, ""), uow.now) for conversation in page.rows]
        return page.total

    async def _read_detail(self, uow: UnitOfWork, item_id: UUID) -> ConversationDetail:
        conversation = await conversations.get(uow, item_id)
        booked = await appointments.find_by_conversation(uow, item_id)
        views = await appointments.view(uow, *booked)
        agent = (await agents.names(uow)).get(conversation.agent_id, "")
        self.record = edits.record(conversation, FIELDS)
        escalation = await self._read_escalation(uow, item_id)
        return detail(conversation, agent, [booked_appointment(view) for view in views], escalation, uow.now)

    async def _read_escalation(self, uow: UnitOfWork, item_id: UUID) -> tuple[str, list[EscalationStep]]:
        row = await escalations.find(uow, item_id)
        self.waits_for_me = row is not None and escalations.waits_for(row, uow.actor.user_id)
        if row is None:
            return "", []
        names = {member["id"]: member["name"] for member in self.members}
        return str(row.state), escalation_steps(await escalations.view(uow, row), names)


def _patch(form: Form) -> ConversationPatch:
    """The changes of the form as a merge patch."""
    values: dict[str, Any] = {name: form[name] or None for name in form if name in FIELDS}
    follow_up = {name: values.pop(name) for name in FOLLOW_UP if name in values}
    return ConversationPatch.model_validate({**values, **({"followUp": follow_up} if follow_up else {})})
