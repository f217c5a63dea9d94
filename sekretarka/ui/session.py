"""Who is signed in: the user of this event, units of work begun as that user, and the frame's state.

Pages declare handlers with `@secured(Permission.X)`, read in `async with read_uow() as uow` and change things by `await
write_uow(service.function, …)`; nothing is ever authorised from a var of a state.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

import reflex as rx
from sqlmodel import col

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database import db_errors, live
from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.domain.conversations.events import CREATED
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.messages import threads
from sekretarka.domain.organizations import service as organizations
from sekretarka.ui.rules import Edit as Edit
from sekretarka.ui.rules import Form as Form
from sekretarka.ui.rules import public as public
from sekretarka.ui.rules import secured as secured

P = ParamSpec("P")
T = TypeVar("T")

WHILE_LOADING = 50  # live events

_actor: ContextVar[Actor] = ContextVar("dashboard_actor", default=ANONYMOUS)


def actor() -> Actor:
    """The actor of the event that is being handled, looked up in the database when the event arrived."""
    return _actor.get()


def act_as(current: Actor) -> None:
    """For the guard and the live loop: from here on this task acts as `current`, and reads phone numbers of that
    country."""
    _actor.set(current)
    phone.default_region.set(current.country)


@asynccontextmanager
async def read_uow() -> AsyncIterator[UnitOfWork]:
    """A unit of work of the signed-in user that only reads; raises as `begin`, `Unavailable` among others."""
    async with begin(actor()) as uow:
        yield uow


async def write_uow(act: Callable[Concatenate[UnitOfWork, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `act` as the signed-in user in a transaction of its own and return what it returns; a serialization conflict
    is retried. So `act` does nothing that a rollback does not undo: what a page shows and says comes after it."""

    async def once() -> T:
        async with begin(actor(), write=True) as uow:
            return await act(uow, *args, **kwargs)

    return await db_errors.retry_on_conflict(once)


def owner_key(current: Actor) -> str:
    """Whose a state tree is: it must not outlive a sign-out, another user or a change of organization or role."""
    if current.kind == "anonymous":
        return "nobody"
    return f"{current.session_id}|{current.organization_id}|{current.role}"


class SessionState(rx.State):
    """What the frame shows about the user; names for display, `permissions` only to hide what would be rejected."""

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
    unread_threads: int = 0

    _owner: str = ""
    _live_n: int = 0

    @secured(None)
    async def load(self) -> None:
        """Read user and organizations; first on every page behind sign-in (`ui/layout.py` puts it there)."""
        current = actor()
        async with read_uow() as uow:
            user = await accounts.me(uow)
            rows = await organizations.find(uow)
            if current.organization_id is not None:
                # Before the page reads anything: what happens from here on is told by `live`, as is what happened while
                # the tab went from its page before to this one, unless it was away for long.
                latest = await live.cursor(uow)
                self._live_n = max(self._live_n, latest - WHILE_LOADING) if self._live_n else latest
                self.live_calls = await _count_live_calls(uow)
                self.unread_threads = await _count_unread_threads(uow)
        self.signed_in = True
        self.user_id, self.role = str(user.id), str(current.role or "")
        self.name, self.email, self.language = user.name, user.email, user.language
        self.permissions = sorted(current.permissions)
        self.organizations = [{"id": str(row.id), "name": row.name} for row in rows]
        for row in rows:
            if row.id == current.organization_id:
                self.organization_id, self.organization = str(row.id), row.name
                self.timezone, self.currency = row.timezone, row.currency

    async def _on_live_events(self, changes: Sequence[LiveEvent]) -> None:
        new = {UUID(change.data["id"]) for change in changes if change.name == CREATED}
        async with read_uow() as uow:
            self.live_calls = await _count_live_calls(uow)
            self.unread_threads = await _count_unread_threads(uow)
            self.begun_calls += await _count_live_calls(uow, new) if new else 0


async def _count_live_calls(uow: UnitOfWork, of: Collection[UUID] | None = None) -> int:
    if Permission.CONVERSATIONS_READ not in uow.actor.permissions:
        return 0
    live = await metrics.rows(uow, Metric.LIVE)
    return await uow.count(live if of is None else live.where(col(Conversation.id).in_(of)))


async def _count_unread_threads(uow: UnitOfWork) -> int:
    return await threads.count_unread(uow) if Permission.MESSAGES_READ in uow.actor.permissions else 0
