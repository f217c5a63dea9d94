"""Answers by the id of a use: the same use sent again has no further effect and gets the same answer for a day."""

from sekretarka.core.runtime import crypto
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse, Request
from sekretarka.domain.receptionist.schemas import ToolAnswer
from sekretarka.domain.receptionist.tool_context import ToolContext


async def find(context: ToolContext) -> ToolAnswer | None:
    """The answer that this use (`toolCallId`) had before, or None; `IdempotencyKeyReused` when the id came with another
    tool or other arguments."""
    stored = await idempotency.find(context.uow, _request(context))
    return ToolAnswer.model_validate_json(stored.body) if stored else None


async def store(context: ToolContext, answer: ToolAnswer) -> None:
    """Store the answer for the same use sent again."""
    body = answer.model_dump_json(by_alias=True).encode()
    await idempotency.store(context.uow, _request(context), ReplayableResponse(200, body, {}))


def _request(context: ToolContext) -> Request:
    call = context.call
    name = ("tool", str(context.uow.organization_id), str(call.agent_id), call.call_id)
    return idempotency.identify(
        [*name, crypto.hmac_hex("tool call", call.tool_call_id)], [context.tool, call.arguments]
    )
