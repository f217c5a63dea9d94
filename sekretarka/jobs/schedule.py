"""What is due by the clock; every task may run twice or on two machines at once without harm."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sekretarka.core import actor
from sekretarka.core.database import live
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.web import idempotency
from sekretarka.domain.accounts import login_throttling, sessions, tokens
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.organizations import invitations
from sekretarka.jobs import queue


@dataclass(frozen=True)
class Task:
    """Run `call` every `seconds`."""

    seconds: int
    call: Callable[[], Awaitable[None]]


async def fail_stale_calls() -> None:
    """Calls without an end for four hours become `failed`."""
    async with begin(actor.system()) as uow:
        organizations = await conversations.organizations_with_stale_calls(uow)
    for organization_id in organizations:
        async with begin(actor.system(organization_id), write=True) as uow:
            await conversations.fail_stale_calls(uow)


async def purge_expired() -> None:
    """Live events, kept answers, throttles after a day, bodies of deliveries after 30, ended sessions, links, jobs."""
    async with begin(actor.system(), write=True) as uow:
        await live.purge(uow)
        await idempotency.purge(uow)
        await sessions.purge_expired(uow)
        await login_throttling.purge_expired(uow)
        await invitations.purge_expired(uow)
        await tokens.purge_expired(uow)
        await queue.purge(uow)
    forgotten = 1
    while forgotten:
        async with begin(actor.system(), write=True) as uow:
            forgotten = await inbox.purge_payloads(uow)


SCHEDULE = (Task(60, fail_stale_calls), Task(3_600, purge_expired))
