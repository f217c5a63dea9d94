"""What happens in the organization reaches the open page by itself: one loop per tab, from the database's live events.

A page's state says what it cares about and how it reads itself again; nothing else is needed:

    @refresh_on("conversation.created", "conversation.updated", path="/dashboard/conversations")
    class Conversations(rx.State):
        async def _on_live_events(self, changes: Sequence[LiveEvent]) -> None:
            async with read_uow() as uow: ...

and the page loads it (`ui/layout.py`). What it returns, events of the browser as toasts, happens in the tab.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import reflex as rx
from redis.exceptions import RedisError
from reflex.event import EventSpec

from sekretarka.core.database import live
from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.errors import AppError
from sekretarka.core.runtime import wakeup
from sekretarka.ui import event_guard
from sekretarka.ui.reflex_internals import root_of, router_data
from sekretarka.ui.session import SessionState, act_as, actor, owner_key, read_uow, secured

# Also how soon a tab whose session ended is sent away, at the latest (security.md#r4 asks for 15 s).
POLL_SECONDS = 5.0
# A burst of events is one refresh.
BATCH_SECONDS = 0.05

State = TypeVar("State", bound=type[rx.State])
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listener:
    """A state that refreshes itself when one of the live events `names` happens while the page `path` is open (None:
    any page). One that `polls` is also asked every `POLL_SECONDS`: it shows what no live event tells of."""

    state: type[rx.State]
    names: frozenset[str]
    path: str | None
    polls: bool = False


_listeners: list[Listener] = []


def refresh_on(*names: str, path: str | None, polls: bool = False) -> Callable[[State], State]:
    """Class decorator: call the state's `_on_live_events(changes)` when one of the live events `names` happened while
    the page `path` is open (None: any page). With `polls` also every `POLL_SECONDS`, perhaps with no changes."""

    def register(state: State) -> State:
        _listeners.append(Listener(state, frozenset(names), path, polls))
        return state

    return register


class LiveState(rx.State):
    """The loop. It is part of the page's load: leaving the page or closing the tab cancels it."""

    @secured(None, background=True)
    async def follow(self) -> AsyncIterator[EventSpec]:
        """Push changes to the open page until the tab goes or the session ends; then the event that sends the tab
        away."""
        first = actor()
        if first.organization_id is None:
            return
        path = router_data().get("pathname", "")
        async with self:
            session = await self.get_state(SessionState)
            n = session._live_n
        async with wakeup.current().listen(wakeup.live_channel(first.organization_id)) as subscription:
            while True:
                if await subscription.wait(POLL_SECONDS):
                    await asyncio.sleep(BATCH_SECONDS)
                try:
                    current = await event_guard.current_actor()
                    if owner_key(current) != owner_key(first):
                        yield await self._depart()
                        return
                    act_as(current)
                    reached, events = await self._catch_up(n, path)
                except (AppError, RedisError):
                    continue  # what we need is away: the next poll tries again from the same number
                for event in events:
                    yield event
                if reached is None:
                    return
                n = reached

    async def _catch_up(self, n: int, path: str) -> tuple[int | None, Sequence[EventSpec]]:
        """The sequence number reached and what is to happen in the tab; None when its state was lost with Redis and the
        page must begin afresh."""
        async with read_uow() as uow:
            changes = await live.since(uow, n)
        names = {change.name for change in changes}
        listening = [listener for listener in _listeners if listener.path in (None, path)]
        due = [listener for listener in listening if listener.polls or names & listener.names]
        last = changes[-1].sequence if changes else n
        events: list[EventSpec] = []
        if not changes and not due:
            return n, events
        async with self:
            session = await self.get_state(SessionState)
            if not session._owner:
                return None, [rx.call_script("window.location.reload()")]
            # A tree that was taken over by another user since must not be filled with this user's rows.
            if session._owner == owner_key(actor()):
                for listener in due:
                    events += await self._refresh(listener, changes)
                session._live_n = last
        return last, events

    async def _refresh(self, listener: Listener, changes: Sequence[LiveEvent]) -> Sequence[EventSpec]:
        state: Any = await self.get_state(listener.state)
        try:
            return await state._on_live_events([change for change in changes if change.name in listener.names]) or ()
        except AppError as error:
            if error.temporary:
                raise
            # As of rows that were deleted, or may no longer be read: this part stays as it is, the others go on.
            log.warning("live: %s was not refreshed: %s", listener.state.__name__, error.code)
            return ()

    async def _depart(self) -> EventSpec:
        current = await event_guard.current_actor()
        proxy: Any = self
        async with proxy:
            await event_guard.reset_if_owner_changed(root_of(proxy), current)
        return event_guard.redirect_event(current)


refresh_on("conversation.created", "conversation.updated", "message.created", "message_thread.updated", path=None)(
    SessionState
)
