"""What is due by the clock; every task may run twice or on two machines at once without harm."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sekretarka.core import actor, idempotency, live, queue
from sekretarka.core.scope import open_scope
from sekretarka.domain.accounts import sessions, throttles, tokens
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.organizations import invitations


@dataclass(frozen=True)
class Task:
    """Run `call` every `seconds`."""

    seconds: int
    call: Callable[[], Awaitable[None]]


async def give_up_silent_calls() -> None:
    """Calls without an end for four hours become `failed`."""
    async with open_scope(actor.system()) as scope:
        organizations = await conversations.organizations_with_silent_calls(scope)
    for organization_id in organizations:
        async with open_scope(actor.system(organization_id), write=True) as scope:
            await conversations.give_up_silent(scope)


async def forget_what_is_old() -> None:
    """Live events, kept answers, throttles after a day, bodies of deliveries after 30, ended sessions, links, jobs."""
    async with open_scope(actor.system(), write=True) as scope:
        await live.forget(scope)
        await idempotency.forget(scope)
        await sessions.forget_old(scope)
        await throttles.forget_old(scope)
        await invitations.forget_old(scope)
        await tokens.forget_old(scope)
        await queue.forget_old(scope)
    forgotten = 1
    while forgotten:
        async with open_scope(actor.system(), write=True) as scope:
            forgotten = await inbox.forget_payloads(scope)


SCHEDULE = (Task(60, give_up_silent_calls), Task(3_600, forget_what_is_old))
