"""`/conversations/stream`: what happens in the organization, as events that can be resumed (api.md#live-events)."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from sekretarka.api import authentication
from sekretarka.api.route import AuthenticatedRoute, Caller, requires
from sekretarka.core.actor import Actor
from sekretarka.core.database import live
from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Throttled, Unavailable
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import shutdown, wakeup
from sekretarka.core.web.concurrency_limiter import ConcurrencyLimiter
from sekretarka.core.web.rate_policies import MAX_STREAMS
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.schemas import ConversationView
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.schemas import MessageView
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.lines import CREATED as TASK_CREATED
from sekretarka.domain.tasks.lines import UPDATED as TASK_UPDATED
from sekretarka.domain.tasks.schemas import TaskView

router = APIRouter(prefix="/conversations", tags=["conversations"], route_class=AuthenticatedRoute)
POLL_SECONDS = 5.0
LIFETIME_SECONDS = 3600
RETRY_MILLISECONDS = 3000
PRIVATE = requires(Permission.CONVERSATIONS_READ, no_store=True)
CONVERSATIONS = ("conversation.created", "conversation.updated")
MESSAGES = (messages.CREATED, messages.UPDATED)

_open = ConcurrencyLimiter()


@dataclass
class Subscription:
    """One stream: whose, and the number of the last event it was told."""

    actor: Actor
    request: Request
    n: int
    lost: bool
    """Whether events between the requested and the present one are no longer stored."""

    async def is_still_allowed(self) -> bool:
        """Whether the credential, looked up again, still allows this stream of the same organization."""
        caller = await authentication.authenticate(self.request.headers)
        same = caller.actor.organization_id == self.actor.organization_id
        return same and Permission.CONVERSATIONS_READ in caller.actor.permissions


async def subscribe(
    request: Request,
    actor: Caller,
    last_event_id: Annotated[str | None, Query(alias="lastEventId", max_length=32)] = None,
    last_event_id_header: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> AsyncIterator[Subscription]:
    """Before the 200: `Throttled` above `MAX_STREAMS` open streams of the caller, and where this one begins."""
    owner = actor.user_id or actor.api_key_id
    assert owner is not None  # noqa: S101 - only users and keys are authenticated
    if not _open.acquire(owner, MAX_STREAMS):
        raise Throttled("Too many streams at once", headers={"Retry-After": "3"})
    try:
        async with begin(actor) as uow:
            n, lost = await _start_of(uow, last_event_id_header or last_event_id)
        yield Subscription(actor, request, n, lost)
    finally:
        _open.release(owner)


async def _start_of(uow: UnitOfWork, last_event_id: str | None) -> tuple[int, bool]:
    head = await live.cursor(uow)
    if last_event_id is None:
        return head, False
    oldest = await live.oldest_available(uow)
    first_available = head if oldest is None else oldest - 1
    if (
        not last_event_id.isdecimal()
        or not last_event_id.isascii()
        or not first_available <= int(last_event_id) <= head
    ):
        return head, True
    return int(last_event_id), False


@router.get("/stream", response_class=EventSourceResponse, openapi_extra=PRIVATE)
async def stream_conversations(
    subscription: Annotated[Subscription, Depends(subscribe)],
) -> AsyncIterator[ServerSentEvent]:
    """`conversation.created` and `conversation.updated` with the whole conversation, in the order of commits; with
    `messages:read` also `message.created` with the whole message, with `tasks:read` `task.created` and `task.updated`
    with the whole task.

    Begins with `ready`. Reconnect with `Last-Event-ID` to miss nothing; `reset` says that too much was missed and lists
    should be read again; `bye` ends it: with the reason `rights` they have ended, with `restart` reconnect.
    """
    me = subscription
    yield ServerSentEvent(event="ready", id=str(me.n), retry=RETRY_MILLISECONDS, data={"id": me.n})
    if me.lost:
        yield ServerSentEvent(event="reset", id=str(me.n), data={"id": me.n})
    ends_at = time.monotonic() + LIFETIME_SECONDS * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, not a secret
    checked_at = time.monotonic()
    channel = wakeup.live_channel(me.actor.organization_id) if me.actor.organization_id else ""
    async with wakeup.current().listen(channel) as wakeups:
        while time.monotonic() < ends_at:
            if shutdown.is_requested():
                yield _end_event(me, "restart")
                return
            try:
                if time.monotonic() - checked_at >= POLL_SECONDS:
                    checked_at = time.monotonic()
                    if not await me.is_still_allowed():
                        yield _end_event(me, "rights")
                        return
                while news := await _next_events(me):
                    for event in news:
                        yield event
            except Unavailable:
                await asyncio.sleep(1)  # the database is away: go on from the same number when it is back
            # A wake-up never postpones the next check of rights.
            await wakeups.wait(max(0.0, checked_at + POLL_SECONDS - time.monotonic()))


def _end_event(me: Subscription, reason: str) -> ServerSentEvent:
    return ServerSentEvent(event="bye", data={"id": me.n, "reason": reason})


async def _next_events(me: Subscription) -> Sequence[ServerSentEvent]:
    """The next batch since the last number; empty when there is none."""
    organization_id = me.actor.organization_id
    assert organization_id is not None  # noqa: S101 - the permission is of an organization
    latest = await live.latest(organization_id)
    if latest <= me.n:
        return ()
    me.n, events = await _read_once(me.actor, organization_id, me.n, latest)
    return events


Batch = tuple[int, Sequence[ServerSentEvent]]
_batches: OrderedDict[tuple[UUID, int, int, frozenset[Permission]], asyncio.Task[Batch]] = OrderedDict()
MAX_BATCHES = 256


async def _read_once(actor: Actor, organization_id: UUID, n: int, latest: int) -> Batch:
    """One stream reads and renders for all streams of the organization that are at the same number and may read the
    same."""
    key = (organization_id, n, latest, actor.permissions & {Permission.MESSAGES_READ, Permission.TASKS_READ})
    task = _batches.get(key)
    if task is None or (task.done() and (task.cancelled() or task.exception())):
        task = _batches[key] = asyncio.create_task(_read(actor, n), name="stream-batch")
        if len(_batches) > MAX_BATCHES:
            _batches.popitem(last=False)
    return await asyncio.shield(task)


async def _read(actor: Actor, n: int) -> Batch:
    async with begin(actor) as uow:
        changes = await live.since(uow, n)
        views = await _views(uow, changes)
    # A row that is gone by now still moves the number on.
    events = [
        ServerSentEvent(event=change.name, id=str(change.sequence), raw_data=views[change.data["id"]])
        if change.data.get("id") in views
        else ServerSentEvent(comment=f"{change.sequence}", id=str(change.sequence))
        for change in changes
    ]
    return (changes[-1].sequence if changes else n), events


async def _views(uow: UnitOfWork, changes: Sequence[LiveEvent]) -> dict[str, str]:
    ids = {UUID(change.data["id"]) for change in changes if change.name in CONVERSATIONS}
    views: list[ConversationView | MessageView | TaskView] = [
        *await conversations.view(uow, *await conversations.find_by_ids(uow, ids))
    ]
    if Permission.MESSAGES_READ in uow.actor.permissions:
        ids = {UUID(change.data["id"]) for change in changes if change.name in MESSAGES}
        views += map(MessageView.of, await messages.find_by_ids(uow, ids))
    if Permission.TASKS_READ in uow.actor.permissions:
        ids = {UUID(change.data["id"]) for change in changes if change.name in (TASK_CREATED, TASK_UPDATED)}
        views += await tasks.view(uow, *await tasks.find_by_ids(uow, ids))
    return {str(view.id): view.model_dump_json(by_alias=True) for view in views}
