"""Answers that came too late: the caller was asked to hold, so they are stored until the AI asks the same once more."""

from dataclasses import dataclass
from datetime import timedelta

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse, Request
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist.schemas import ToolAnswer, ToolCall

CHANGING_TOOLS = {Capability.BOOK, Capability.RESCHEDULE, Capability.CANCEL, Capability.TAKE_MESSAGE}
MAX_AGE = timedelta(minutes=1)


@dataclass
class Deferral:
    """A tool at work, shared with the entry point: whether the caller was asked to hold meanwhile, the answer once
    there is one, and whether that is stored."""

    is_held: bool = False
    answer: ToolAnswer | None = None
    is_stored: bool = False


async def record(uow: UnitOfWork, tool: Capability, call: ToolCall, answer: ToolAnswer, deferral: Deferral) -> None:
    """Hand the answer to the entry point, and store it in the same transaction when the caller is on hold already."""
    deferral.answer, deferral.is_stored = answer, deferral.is_held
    if deferral.is_held:
        await store(uow, tool, call, answer)


async def store(uow: UnitOfWork, tool: Capability, call: ToolCall, answer: ToolAnswer) -> None:
    """Store the answer for the next use of the tool with these arguments in this call, whatever its `toolCallId` is."""
    body = answer.model_dump_json(by_alias=True).encode()
    await idempotency.store(uow, _request(uow, tool, call), ReplayableResponse(200, body, {}))


async def pop(uow: UnitOfWork, tool: Capability, call: ToolCall) -> ToolAnswer | None:
    """Take the answer that is stored for this use; None without one, and when it only reads and is older than
    `MAX_AGE`: what was free then may be taken."""
    stored = await idempotency.pop(uow, _request(uow, tool, call))
    answer = ToolAnswer.model_validate_json(stored.body) if stored else None
    if answer is None or (tool not in CHANGING_TOOLS and uow.now - answer.now.instant > MAX_AGE):
        return None
    return answer


def _request(uow: UnitOfWork, tool: Capability, call: ToolCall) -> Request:
    scope = (str(uow.organization_id), str(call.agent_id), call.call_id)
    return idempotency.identify(["late answer", *scope, tool, idempotency.plain(call.arguments), "late"], None)
