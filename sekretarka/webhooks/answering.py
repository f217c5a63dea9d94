"""What voice providers are answered at once: tools during a call, and who is calling before it begins."""

from starlette.responses import JSONResponse, Response

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, Invalid
from sekretarka.domain.agents.connections import Endpoint
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.http import deferred_tools
from sekretarka.providers.errors import InvalidPayload
from sekretarka.providers.ports import LookupProvider, ToolProvider, ToolResult, ToolUse, VoiceProvider


async def answer(provider: VoiceProvider, endpoint: Endpoint, body: bytes) -> Response | None:
    """The vendor's own JSON, or None for a delivery that asks nothing; `Invalid` when a question makes no sense.
    Runs in transactions of its own.
    """
    if not isinstance(provider, (ToolProvider, LookupProvider)):
        return None
    try:
        kind = provider.type_of(body)
    except InvalidPayload:
        return None
    try:
        if isinstance(provider, ToolProvider) and kind in provider.tool_types:
            results = [await _use_tool(endpoint, use) for use in provider.tool_uses(body)]
            return JSONResponse(provider.tool_reply(results))
        if isinstance(provider, LookupProvider) and kind in provider.lookup_types:
            lookup = provider.lookup(body)
            async with begin(endpoint.actor) as uow:
                profile = await receptionist.identify_caller(uow, lookup.caller_number)
            return JSONResponse(provider.lookup_reply(profile))
    except InvalidPayload as error:
        raise Invalid.field(["body"], "invalid_payload", str(error)) from None
    return None


async def _use_tool(endpoint: Endpoint, use: ToolUse) -> ToolResult:
    """Use one; what cannot be used is said as well, so that the caller on the line is not left in silence."""
    fields = {
        "agentId": str(endpoint.agent_id),
        "callId": use.call_id,
        "arguments": dict(use.arguments),
    }
    try:
        if use.tool not in set(Capability):
            raise Invalid.field(["body", "tool"], "unknown_tool", "There is no such tool")
        outcome = await deferred_tools.use(endpoint.actor, Capability(use.tool), fields)
    except AppError as error:
        explained = await deferred_tools.explain(endpoint.actor, endpoint.agent_id, error)
        if explained is None:
            return ToolResult(use, receptionist.sentence(error), {"code": error.code.lower()})
        outcome = explained
    return ToolResult(use, outcome.say, outcome.data)
