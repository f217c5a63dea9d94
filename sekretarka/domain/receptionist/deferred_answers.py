"""Answers to questions that came too late: the caller was asked to hold, so they are stored until the AI asks the same
once more. A change needs none: the next use finds what was done (0018-deferred-tool-answers.md)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sekretarka.core.runtime import clock
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse, Request
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist.schemas import ToolAnswer
from sekretarka.domain.receptionist.tool_context import ToolContext

CHANGING_TOOLS = {Capability.BOOK, Capability.RESCHEDULE, Capability.CANCEL, Capability.TAKE_MESSAGE}
MAX_AGE = timedelta(minutes=1)


@dataclass
class Deferral:
    """A tool at work since `asked_at`, shared with the entry point, which says when the caller was asked to hold
    meanwhile."""

    is_held: bool = False
    asked_at: datetime = field(default_factory=clock.now)


async def store(context: ToolContext, answer: ToolAnswer) -> None:
    """Store the answer for the next use of the tool with these arguments in this call; not what was rejected, as it
    may be possible by then."""
    request = _request(context)
    if request is not None and "code" not in answer.data:
        body = answer.model_dump_json(by_alias=True).encode()
        await idempotency.store(context.uow, request, ReplayableResponse(200, body, {}))


async def pop(context: ToolContext) -> ToolAnswer | None:
    """Take the answer that is stored for this use; None without one, and when it is older than `MAX_AGE`: what was
    free then may be taken."""
    request = _request(context)
    stored = await idempotency.pop(context.uow, request) if request else None
    answer = ToolAnswer.model_validate_json(stored.body) if stored else None
    return answer if answer and context.uow.now - answer.now.instant <= MAX_AGE else None


def _request(context: ToolContext) -> Request | None:
    if context.conversation_id is None or context.tool in CHANGING_TOOLS:
        return None
    arguments = idempotency.plain(context.call.arguments)
    return idempotency.identify(["late answer", str(context.conversation_id), context.tool, arguments], None)
