"""`/api/webhooks/ai-service` without an endpoint: the platform's own AI service, and programs with a key."""

from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.responses import Response

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Detail, Invalid, InvalidSignature, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import json as strict_json
from sekretarka.core.web import standard_webhooks
from sekretarka.domain.agents import connections
from sekretarka.domain.auth import api_key_auth
from sekretarka.http.bodies import read_body
from sekretarka.http.responses import Envelope
from sekretarka.providers import call_events
from sekretarka.providers.ai_service.provider import MAX_TYPE, AgentEvent, AiService, agent_of
from sekretarka.providers.errors import UnreadableFields
from sekretarka.providers.registry import AI_SERVICE
from sekretarka.webhooks.receiving import Receipt, Sender, check_rate, enqueue
from sekretarka.webhooks.route import WebhookRoute

router = APIRouter(route_class=WebhookRoute)
provider = AiService()


@router.post(f"/{AI_SERVICE}", summary="Deliver an event of any agent", response_model=Envelope[Receipt])
async def deliver(request: Request) -> Response:
    """Store an event signed with the platform's secret, or sent with an API key that may write conversations."""
    body = await read_body(request)
    key = request.headers.get("authorization", "")
    sender = await _authenticate_program(request, key, body) if key else await _authenticate_platform(request, body)
    await check_rate(request, sender.source)
    return await enqueue(provider, sender, body)


async def _authenticate_platform(request: Request, body: bytes) -> Sender:
    """The platform may speak for every agent; an event that names none of anyone's is stored for nobody."""
    secret = settings.ai_service_secret
    if secret is None:
        raise InvalidSignature
    message_id = standard_webhooks.verify([secret.get_secret_value()], request.headers, body, clock.now())
    agent_id = agent_of(body)
    endpoint = await _find_endpoint(agent_id) if agent_id else None
    if endpoint is None:
        return Sender(AI_SERVICE, message_id)
    return Sender(AI_SERVICE, message_id, endpoint.organization_id, endpoint.id)


async def _authenticate_program(request: Request, header: str, body: bytes) -> Sender:
    """A program with a key is told at once what is wrong with its event; it has no inbox to look into."""
    caller = await api_key_auth.actor_of_authorization(header)
    async with begin(caller) as uow:
        uow.require(Permission.CONVERSATIONS_WRITE)
        organization_id = uow.organization_id
    event = strict_json.decode(body)
    if not isinstance(event, dict):
        raise Invalid.field(["body"], "object_expected", "Send an object with type, timestamp and data")
    kind = event.get("type")
    if not isinstance(kind, str) or not 0 < len(kind) <= MAX_TYPE:
        raise Invalid.field(["body", "type"], "missing", "Say what happened")
    endpoint = None
    if kind in provider.event_types:
        endpoint = await _find_endpoint(_agent_of(event))
        if endpoint is None or endpoint.organization_id != organization_id:
            raise Invalid.field(["body", "data", "agentId"], "unknown_agent", "There is no such agent")
    message_id = request.headers.get(standard_webhooks.ID_HEADER) or str(uuid5(organization_id, body.hex()))
    source = f"{AI_SERVICE}:key:{organization_id}"
    return Sender(source, message_id[:255], organization_id, endpoint.id if endpoint else None)


async def _find_endpoint(agent_id: UUID) -> connections.Endpoint | None:
    try:
        return await connections.endpoint_of_agent(agent_id)
    except NotFound:
        return None


def _agent_of(event: dict[str, Any]) -> UUID:
    """The agent of an event that can be read; `Invalid` names the fields without which it cannot."""
    try:
        return call_events.read(AgentEvent, event, clock.now()).data.agent_id
    except UnreadableFields as error:
        paths = [("body", *path.split(".")) for path in error.fields]
        raise Invalid(
            details=[Detail(path, "unreadable", "Say this in a way that is understood") for path in paths]
        ) from None
