"""The list of calls and the one that is open: read by the address, refreshed whenever a call changes."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents import service as agents
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.organizations import members
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.conversations.query_params import PAGE_SIZE, PATH, TABS, Address, Filter
from sekretarka.ui.pages.conversations.view_models import Call, Row, detail, row, visit
from sekretarka.ui.session import Form, read_uow, secured, write_uow

Searched = Annotated[str, Field(max_length=200)]


@refresh_on("conversation.created", "conversation.updated", "appointment.updated", path=PATH)
class ConversationsState(rx.State):
    """View rows of the list and the open call; `revision` and `attempt` are explained by `edit_form`."""

    loading: bool = True
    failed: bool = False
    rows: rx.Field[list[Row]] = rx.field(default_factory=list)
    total: int = 0
    first: int = 0
    last: int = 0
    previous_href: str = PATH
    next_href: str = PATH
    has_previous: bool = False
    has_next: bool = False

    filters: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    agents: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    people: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    list_href: str = PATH

    open_id: str = ""
    tab: str = "transcript"
    tab_hrefs: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    call: rx.Field[Call | None] = rx.field(default=None)
    missing: bool = False
    revision: int = 0
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.CONVERSATIONS_READ)
    async def load(self) -> None:
        """What the address asks for."""
        address = self._address()
        self._show_address(address)
        try:
            async with read_uow() as uow:
                await self._read(uow, address)
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    @secured(Permission.CONVERSATIONS_READ)
    def narrow(self, name: Filter, value: Searched) -> EventSpec:
        """One filter changes: the address changes, and with it the list. Typing leaves no trail to go back through."""
        return rx.redirect(self._address().narrowed(name, value).href, replace=name == "search")

    @secured(Permission.CONVERSATIONS_WRITE)
    async def save(self, conversation_id: UUID, form: Form) -> EventSpec | None:
        """Store what a person says about the call; only what differs, so that the rest stays the AI's to fill."""
        self.attempt += 1
        try:
            await write_uow(_save, conversation_id, form)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        async with read_uow() as uow:
            await self._read(uow, self._address())
        return success_toast(errors.toast_text("form.saved"), id="saved")

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        async with read_uow() as uow:
            await self._read(uow, self._address())

    def _address(self) -> Address:
        return Address.read(self.router.url.query_parameters)

    def _show_address(self, address: Address) -> None:
        filters = {str(name): value for name, value in address.filters.items()}
        if filters != self.filters:
            self.filters = filters
        self.list_href = address.opened("").href
        self.tab, self.tab_hrefs = address.tab, {tab: address.opened(address.id, tab).href for tab in TABS}
        if address.id != self.open_id:
            self.open_id, self.call, self.missing, self.field_errors = address.id, None, False, {}
            self.revision += 1

    async def _read(self, uow: UnitOfWork, address: Address) -> None:
        names = await agents.names(uow)
        living = await agents.find(uow)
        self.agents = [{"id": str(agent.id), "name": agent.name} for agent in living]
        self.people = [{"id": str(user_id), "name": name} for user_id, name in await members.names(uow)]
        page = await conversations.page(uow, address.wanted(), PageQuery(page=address.page, limit=PAGE_SIZE))
        self.rows = [row(call, names.get(call.agent_id, "")) for call in page.rows]
        self._show_position(address, page.total)
        if address.id:
            await self._read_call(uow, UUID(address.id), names)

    def _show_position(self, address: Address, total: int) -> None:
        here = Address(address.filters, address.page)
        before = (address.page - 1) * PAGE_SIZE
        self.total = total
        self.first, self.last = (before + 1 if self.rows else 0), before + len(self.rows)
        self.has_previous, self.has_next = address.page > 1, self.last < total and bool(self.rows)
        self.previous_href = Address(here.filters, max(1, here.page - 1)).href
        self.next_href = Address(here.filters, here.page + 1).href

    async def _read_call(self, uow: UnitOfWork, conversation_id: UUID, names: dict[UUID, str]) -> None:
        try:
            found = await conversations.get(uow, conversation_id)
        except NotFound:
            self.call, self.missing = None, True
            return
        booked = await appointments.find_by_conversation(uow, conversation_id)
        visits = [visit(view) for view in await appointments.view(uow, *booked)]
        fresh = detail(found, names.get(found.agent_id, ""), visits)
        if self.call is None or _edited(self.call) != _edited(fresh):
            self.revision += 1
        self.call, self.missing = fresh, False


def _edited(call: Call) -> tuple[Any, ...]:
    """What the form shows of a call."""
    follow_up = call["follow_up"], call["urgency"], call["follow_up_note"], call["assignee"]
    return call["outcome"], call["notes"], *follow_up


async def _save(uow: UnitOfWork, conversation_id: UUID, form: Form) -> None:
    before = await conversations.get(uow, conversation_id)
    await conversations.update(uow, conversation_id, ConversationPatch.model_validate(_changes(before, form)))


def _changes(before: Conversation, form: Form) -> dict[str, Any]:
    """The form as a merge patch against the stored call."""
    wanted = {
        "outcome": form.get("outcome") or None,
        "notes": form.get("notes") or None,
    }
    stored = {"outcome": before.outcome, "notes": before.notes}
    patch = {name: value for name, value in wanted.items() if name in form and value != stored[name]}
    state = form.get("state") or None
    follow_up = {
        "state": state,
        "urgency": form.get("urgency") or "normal",
        "note": form.get("note") or None,
        "assigneeId": form.get("assigneeId") or None,
    }
    known = {
        "state": before.follow_up_state,
        "urgency": before.follow_up_urgency,
        "note": before.follow_up_note,
        "assigneeId": str(before.follow_up_assignee_id) if before.follow_up_assignee_id else None,
    }
    changed = {name: value for name, value in follow_up.items() if name in form and value != known[name]}
    return {**patch, "followUp": changed} if changed else patch
