"""The list of conversations and the one that is open: read by the URL, refreshed whenever one changes."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents import service as agents
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, FollowUpState
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.organizations import members
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.list_state import PAGE_SIZE, ListState, SearchText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.conversations.query_params import Filter, UrlState
from sekretarka.ui.pages.conversations.view_models import (
    ConversationDetail,
    ConversationRow,
    booked_appointment,
    detail,
    row,
)
from sekretarka.ui.session import Form, secured, write_uow
from sekretarka.ui.undo import offer_to_reopen


@refresh_on("conversation.created", "conversation.updated", "appointment.updated", path=UrlState.PATH)
class ConversationsState(ListState, rx.State):
    """Rows of the list, what its filters offer, and the open conversation."""

    rows: rx.Field[list[ConversationRow]] = rx.field(default_factory=list)
    detail: rx.Field[ConversationDetail | None] = rx.field(default=None)
    agents: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    members: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)

    _url_type = UrlState
    _form_fields: ClassVar = ("outcome", "notes", "follow_up", "urgency", "follow_up_note", "assignee")

    @secured(Permission.CONVERSATIONS_READ)
    async def load(self) -> None:
        """Read what the URL asks for."""
        await self._load()

    @secured(Permission.CONVERSATIONS_READ)
    def set_filter(self, name: Filter, value: SearchText) -> EventSpec:
        """Change one filter: goes to the URL with it."""
        return self._filter(name, value)

    @secured(Permission.CONVERSATIONS_WRITE)
    @form_handler()
    async def save(self, conversation_id: UUID, form: Form) -> EventSpec:
        """Save the form of a conversation: only what differs, the rest stays the AI's to fill."""
        finished = await write_uow(_save, conversation_id, form)
        await self._refresh()
        return offer_to_reopen("overview.marked_done", finished) if finished else notify("form.saved", toast_id="saved")

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
        return detail(conversation, agent, [booked_appointment(view) for view in views], uow.now)


async def _save(uow: UnitOfWork, conversation_id: UUID, form: Form) -> Conversation | None:
    """The conversation if its follow-up was finished: that can be taken back."""
    before = await conversations.get(uow, conversation_id)
    was_open = before.follow_up_state is FollowUpState.OPEN
    row = await conversations.update(uow, conversation_id, ConversationPatch.model_validate(_changes(before, form)))
    return row if was_open and row.follow_up_state is FollowUpState.DONE else None


def _changes(before: Conversation, form: Form) -> dict[str, Any]:
    """The form as a merge patch against the stored conversation."""
    stored = {"outcome": before.outcome, "notes": before.notes}
    patch = {name: form[name] or None for name in stored if name in form and (form[name] or None) != stored[name]}
    submitted = {
        "state": form.get("state") or None,
        "urgency": form.get("urgency") or "normal",
        "note": form.get("note") or None,
        "assigneeId": form.get("assigneeId") or None,
    }
    follow_up = {
        "state": before.follow_up_state,
        "urgency": before.follow_up_urgency,
        "note": before.follow_up_note,
        "assigneeId": str(before.follow_up_assignee_id) if before.follow_up_assignee_id else None,
    }
    changed = {name: value for name, value in submitted.items() if name in form and value != follow_up[name]}
    return {**patch, "followUp": changed} if changed else patch
