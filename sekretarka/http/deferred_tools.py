"""Tools that take long: after `TOOL_TIMEOUT_SECONDS` the AI gets a sentence to hold the line, and the work goes on."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

from sekretarka.core.actor import Actor
from sekretarka.core.database import db_errors
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, Unavailable
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web.validation import checked
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.domain.receptionist.deferred_answers import Deferral
from sekretarka.domain.receptionist.schemas import ToolAnswer, ToolCall

T = TypeVar("T")

log = logging.getLogger(__name__)
pending: set[asyncio.Task[None]] = set()


async def use(actor: Actor, tool: Capability, fields: Mapping[str, Any]) -> ToolAnswer:
    """Use a tool in a transaction of its own; `fields` are those of `ToolCall` by their names in JSON.

    Raises an `AppError` when it could not be tried, as `Invalid` for wrong fields; `explain` has the sentence for that.
    """
    call = checked(ToolCall, fields)
    deferral = Deferral()

    async def run() -> ToolAnswer:
        async with begin(actor, write=True) as uow:
            return await receptionist.use(uow, tool, call, deferral)

    return await respond_within(actor, call, deferral, db_errors.retry_on_conflict(run))


async def explain(actor: Actor, agent_id: UUID | None, error: AppError) -> ToolAnswer | None:
    """As `receptionist.explain`; None when that cannot be read from the database either: then `receptionist.sentence`
    is all that can be said."""
    if isinstance(error, Unavailable):
        return None
    with suppress(AppError):
        async with begin(actor) as uow:
            return await receptionist.explain(uow, agent_id, error)
    return None


async def respond_within(
    actor: Actor, call: ToolCall, deferral: Deferral, work: Coroutine[Any, Any, T]
) -> T | ToolAnswer:
    """The result of the work, or after `TOOL_TIMEOUT_SECONDS` the sentence to hold the line with.

    The work then goes on, and the next use for the same finds what came of it. Raises what the work raises before that.
    """
    task = asyncio.create_task(work)
    holding = asyncio.create_task(_holding_answer(actor, call))
    try:
        await asyncio.wait({task, holding}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done() and holding.exception() is not None:
            await asyncio.wait({task})  # there is nothing to say, so there is nothing better than to wait
    except asyncio.CancelledError:
        task.cancel()
        raise
    finally:
        holding.cancel()
    if task.done():
        return task.result()
    deferral.is_held = True
    finishing = asyncio.create_task(_finish(task))
    pending.add(finishing)
    finishing.add_done_callback(pending.discard)
    return holding.result()


async def _holding_answer(actor: Actor, call: ToolCall) -> ToolAnswer:
    await asyncio.sleep(settings.tool_timeout_seconds)
    async with begin(actor) as uow:
        return await receptionist.hold(uow, call)


async def _finish(task: asyncio.Task[Any]) -> None:
    """See the work to its end."""
    try:
        await task
    except Exception as error:  # noqa: BLE001 - nobody waits for it any more, and what failed left nothing behind
        log.warning("a tool that took long has failed: %s", type(error).__name__)
