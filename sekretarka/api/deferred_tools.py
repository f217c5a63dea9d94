"""Nobody on the line waits in silence: after a second the AI has words to hold it with, and the work goes on."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import deferred_answers
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.domain.receptionist.schemas import ToolAnswer, ToolCall

T = TypeVar("T")

log = logging.getLogger(__name__)
pending: set[asyncio.Task[None]] = set()


async def respond_within(
    actor: Actor, tool: Capability, sent: ToolCall, work: Coroutine[Any, Any, T]
) -> T | ToolAnswer:
    """What comes of the work in time, else the words; the next use of the tool then gets what came of it."""
    with deferred_answers.watched() as watch:
        task = asyncio.create_task(work)
    words = asyncio.create_task(_holding_phrase(actor, sent))
    try:
        await asyncio.wait({task, words}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done() and words.exception() is not None:
            await asyncio.wait({task})  # there is nothing to say, so there is nothing better than to wait
    except asyncio.CancelledError:
        task.cancel()
        raise
    finally:
        words.cancel()
    if task.done():
        return task.result()
    watch.told = True
    finishing = asyncio.create_task(_finish(task, watch, actor, tool, sent))
    pending.add(finishing)
    finishing.add_done_callback(pending.discard)
    return words.result()


async def _holding_phrase(actor: Actor, sent: ToolCall) -> ToolAnswer:
    await asyncio.sleep(settings.tool_timeout_seconds)
    async with begin(actor) as uow:
        return await receptionist.hold(uow, sent)


async def _finish(
    task: asyncio.Task[Any], watch: deferred_answers.Deferral, actor: Actor, tool: Capability, sent: ToolCall
) -> None:
    """See the work to its end; an answer that was ready at the very moment when the line was held is kept, too."""
    try:
        await task
        if watch.answer is not None and not watch.kept:
            async with begin(actor, write=True) as uow:
                await deferred_answers.store(uow, tool, sent, watch.answer)
    except Exception as error:  # noqa: BLE001 - nobody waits for it any more, and what failed left nothing behind
        log.warning("a tool that took long has failed: %s", type(error).__name__)
