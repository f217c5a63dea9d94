"""Who is signed in: the person the guard found for this event, scopes opened as that person, and the frame's state.

Pages declare handlers with `@secured(Permission.X)`, read in `async with reading() as scope` and change things by
`await write(service.function, …)`; nothing is ever authorised from a var of a state.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

import reflex as rx
from sqlmodel import col

from sekretarka.core import live, outages, phone
from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.events import LiveEvent
from sekretarka.core.permissions import Permission
from sekretarka.core.scope import Scope, open_scope
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Status
from sekretarka.domain.conversations.schemas import ConversationFilter
from sekretarka.domain.organizations import service as organizations
from sekretarka.ui.rules import Form as Form
from sekretarka.ui.rules import public as public
from sekretarka.ui.rules import secured as secured

P = ParamSpec("P")
T = TypeVar("T")

_actor: ContextVar[Actor] = ContextVar("dashboard_actor", default=ANONYMOUS)


def actor() -> Actor:
    """The caller of the event that is being handled, looked up in the database when the event arrived."""
    return _actor.get()


def act_as(found: Actor) -> None:
    """For the guard and the live loop: everything this task does from here on is done by `found`."""
    _actor.set(found)
    phone.home.set(found.country)


@asynccontextmanager
async def reading() -> AsyncIterator[Scope]:
    """A scope of the signed-in person that only reads."""
    async with open_scope(actor()) as scope:
        yield scope


async def write(act: Callable[Concatenate[Scope, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Act as the signed-in person in a transaction of its own; what stood in another's way is tried again.

    So `act` does nothing that a rollback does not undo: what a page shows and says comes after it.
    """

    async def once() -> T:
        async with open_scope(actor(), write=True) as scope:
            return await act(scope, *args, **kwargs)

    return await outages.again(once)


def belongs_to(found: Actor) -> str:
    """Whose a state tree is: it must not outlive a sign-out, another person or a change of organisation or role."""
    if found.kind == "anonymous":
        return "nobody"
    return f"{found.session_id}|{found.organization_id}|{found.role}"


class Session(rx.State):
    """What the frame shows about the person; names for display, `permissions` only to hide what would be refused."""

    signed_in: bool = False
    user_id: str = ""
    name: str = ""
    email: str = ""
    language: str = "pl"
    organization_id: str = ""
    organization: str = ""
    organizations: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    role: str = ""
    timezone: str = "Europe/Warsaw"
    currency: str = "pln"
    permissions: rx.Field[list[str]] = rx.field(default_factory=list)
    live_calls: int = 0
    begun_calls: int = 0

    _owner: str = ""
    _live_n: int = 0

    @secured(None)
    async def load(self) -> None:
        """First on every page behind sign-in (`live.on_load` puts it there)."""
        found = actor()
        async with reading() as scope:
            person = await accounts.me(scope)
            mine = await organizations.find(scope)
            if found.organization_id is not None:
                # Before the page reads anything: what happens from here on is told by `live`.
                self._live_n = await live.head(scope)
                self.live_calls = await _count_live_calls(scope)
        self.signed_in = True
        self.user_id, self.role = str(person.id), str(found.role or "")
        self.name, self.email, self.language = person.name, person.email, person.language
        self.permissions = sorted(found.permissions)
        self.organizations = [{"id": str(row.id), "name": row.name} for row in mine]
        for row in mine:
            if row.id == found.organization_id:
                self.organization_id, self.organization = str(row.id), row.name
                self.timezone, self.currency = row.timezone, row.currency

    async def _changed(self, changes: Sequence[LiveEvent]) -> None:
        new = {UUID(change.data["id"]) for change in changes if change.name == conversations.CREATED}
        async with reading() as scope:
            self.live_calls = await _count_live_calls(scope)
            self.begun_calls += await _count_live_calls(scope, new) if new else 0


async def _count_live_calls(scope: Scope, of: Collection[UUID] | None = None) -> int:
    if Permission.CONVERSATIONS_READ not in scope.actor.permissions:
        return 0
    active = await conversations.query(scope, ConversationFilter(status=Status.ACTIVE))
    return await scope.count(active if of is None else active.where(col(Conversation.id).in_(of)))
