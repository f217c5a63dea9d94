"""The tools as the Model Context Protocol's own library serves them; loaded by the first request that needs it."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from sekretarka.core.actor import Actor
from sekretarka.core.errors import AppError, Invalid
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import LANGUAGES
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.domain.receptionist.schemas import ToolAnswer
from sekretarka.domain.receptionist.tools import TOOLS
from sekretarka.http import deferred_tools

log = logging.getLogger(__name__)
logging.getLogger("mcp").setLevel(logging.WARNING)  # it says twice a request that it begins and ends

# What a connection may say once for all its tools, so that the model need not; else they are arguments.
HEADERS = {
    "agentId": "x-agent-id",
    "callId": "x-call-id",
    "language": "x-call-language",
}
NEEDED = ("agentId",)
WORDS = {
    "agentId": "Id of the agent that takes the call.",
    "callId": "Id of the call as the platform names it, the same from its first tool to its last; never a made-up one.",
    "language": "Language that the caller speaks.",
}
ID: dict[str, Any] = {"type": "string", "maxLength": 255}
SHAPES = {"language": {"type": "string", "enum": list(LANGUAGES)}}
INSTRUCTIONS = "Tools of an AI secretary for the caller on the line. Say `say` to the caller; `now` is the local time."

Context = ServerRequestContext[Any, Request]


async def respond(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond to one ASGI request with one MCP message; the caller was authorized before."""
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True, security_settings=_own_names())
    async with manager.run():
        await manager.handle_request(scope, receive, send)


def _own_names() -> TransportSecuritySettings:
    """Hosts and origins that we go by: a page elsewhere cannot reach us under a name of its own."""
    hosts = [urlsplit(origin).netloc for origin in settings.own_origins]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=list(settings.origins))


async def _list_tools(context: Context, _page: PaginatedRequestParams | None) -> ListToolsResult:
    """All tools; whether the agent may use one is checked when it is used."""
    provided = {name for name, header in HEADERS.items() if header in _headers(context)}
    return ListToolsResult(tools=[_described(tool, provided) for tool in Capability])


def _described(tool: Capability, provided: set[str]) -> Tool:
    schema = _plain(TOOLS[tool].arguments.model_json_schema())
    ids = {name: {**SHAPES.get(name, ID), "description": WORDS[name]} for name in HEADERS if name not in provided}
    schema["properties"] = {**ids, **schema.get("properties", {})}
    schema["required"] = [*(name for name in NEEDED if name in ids), *schema.get("required", ())]
    answer = _plain(ToolAnswer.model_json_schema(mode="serialization"))
    return Tool(name=tool, description=schema.pop("description"), input_schema=schema, output_schema=answer)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without the titles that are made of names."""
    return {
        key: _plain(value) if isinstance(value, dict) else value
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }


async def _use_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
    """Use a tool; whatever goes wrong is answered in words too, so that the caller on the line is not left in
    silence."""
    assert context.request is not None  # noqa: S101 - there is no other transport
    actor: Actor = context.request.state.caller.actor
    arguments = dict(params.arguments or {})
    ids = {name: _headers(context).get(HEADERS[name], arguments.pop(name, None)) for name in HEADERS}
    arguments.pop("toolCallId", None)  # some send it; the same wish is known without
    try:
        if params.name not in set(Capability):
            raise Invalid.field(["params", "name"], "unknown_tool", "There is no such tool")
        fields = {name: value for name, value in ids.items() if value is not None}
        return _result(await deferred_tools.use(actor, Capability(params.name), {**fields, "arguments": arguments}))
    except AppError as error:
        answer = await _explanation(actor, ids["agentId"], error)
        return _result(answer, is_error=True) if answer else _failure(error)
    except Exception:
        log.exception("a tool failed")
        return _failure(AppError())


async def _explanation(actor: Actor, agent_id: object, error: AppError) -> ToolAnswer | None:
    try:
        parsed_id = UUID(str(agent_id))
    except ValueError:
        parsed_id = None
    return await deferred_tools.explain(actor, parsed_id, error)


def _result(answer: ToolAnswer, *, is_error: bool = False) -> CallToolResult:
    data = answer.model_dump(mode="json", by_alias=True)
    text = TextContent(type="text", text=json.dumps(data, ensure_ascii=False))
    return CallToolResult(content=[text], structured_content=data, is_error=is_error)


def _failure(error: AppError) -> CallToolResult:
    """What can be said when nothing can be read from the database: no `now`, so no structured content."""
    data = {"say": receptionist.sentence(error), "data": {"code": error.code.lower()}}
    return CallToolResult(content=[TextContent(type="text", text=json.dumps(data, ensure_ascii=False))], is_error=True)


def _headers(context: Context) -> dict[str, str]:
    assert context.request is not None  # noqa: S101 - there is no other transport
    return dict(context.request.headers)


server: Server[Any] = Server(
    "ai-sekretarka",
    version="1",
    title="AI Sekretarka",
    instructions=INSTRUCTIONS,
    on_list_tools=_list_tools,
    on_call_tool=_use_tool,
)
server.middleware.clear()  # it would report arguments to whoever collects traces
