"""Answers that were not there in time: the caller was asked to hold, so they wait for the AI to ask the same again."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse as Kept
from sekretarka.core.web.idempotency import Request
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist.schemas import ToolAnswer, ToolCall

CHANGING_TOOLS = {Capability.BOOK, Capability.RESCHEDULE, Capability.CANCEL, Capability.TAKE_MESSAGE}
FRESH = timedelta(minutes=1)


@dataclass
class Deferral:
    """Whether the caller was asked to hold while a tool was at work, what came of it, and whether that is kept."""

    told: bool = False
    answer: ToolAnswer | None = None
    kept: bool = False


_watch: ContextVar[Deferral | None] = ContextVar("watch", default=None)


@contextmanager
def watched() -> Iterator[Deferral]:
    """What is started inside is watched."""
    watch = Deferral()
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)


async def record(uow: UnitOfWork, tool: Capability, sent: ToolCall, answer: ToolAnswer) -> None:
    """An answer is ready: in the same transaction it is kept for later when the caller is on hold already."""
    watch = _watch.get()
    if watch is not None:
        watch.answer, watch.kept = answer, watch.told
        if watch.told:
            await store(uow, tool, sent, answer)


async def store(uow: UnitOfWork, tool: Capability, sent: ToolCall, answer: ToolAnswer) -> None:
    """Let the next use of the tool with these arguments in this call have the answer, whatever its id is."""
    body = answer.model_dump_json(by_alias=True).encode()
    await idempotency.store(uow, _asked(uow, tool, sent), Kept(200, body, {}))


async def pop(uow: UnitOfWork, tool: Capability, sent: ToolCall) -> ToolAnswer | None:
    """The answer that waits for this use, once; what was free some time ago is no answer any more."""
    kept = await idempotency.pop(uow, _asked(uow, tool, sent))
    answer = ToolAnswer.model_validate_json(kept.body) if kept else None
    if answer is None or (tool not in CHANGING_TOOLS and uow.now - answer.now.instant > FRESH):
        return None
    return answer


def _asked(uow: UnitOfWork, tool: Capability, sent: ToolCall) -> Request:
    whose = (str(uow.organization_id), str(sent.agent_id), sent.call_id)
    asked = idempotency.request(["late"], ["late answer", *whose, tool, idempotency.plain(sent.arguments)], None)
    assert asked is not None  # noqa: S101 - a key was given
    return asked
