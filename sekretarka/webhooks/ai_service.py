"""The AI service's door: `/api/webhooks/ai-service[/{endpointId}]` (api.md#webhooks)."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Invalid, InvalidSignature, NotFound, RequestTimeout, Throttled
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.batching import Batcher
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import json as strict_json
from sekretarka.core.web import rate_limiter, standard_webhooks
from sekretarka.core.web.schemas import Output
from sekretarka.core.web.validation import checked
from sekretarka.domain.agents import connections
from sekretarka.domain.auth import api_key_auth as api_key_auth
from sekretarka.domain.conversations.call_events import CALL_EVENTS, CallEvent
from sekretarka.domain.inbox import service as inbox
from sekretarka.webhooks.route import WebhookRoute

PATIENCE_SECONDS = 30
SOURCE = "ai-service"

router = APIRouter(route_class=WebhookRoute)


class Receipt(Output):
    """`duplicate` says that this delivery was kept before; nothing happens twice."""

    received: bool = True
    duplicate: bool


class ReceiptAnswer(Output):
    """The envelope of a receipt."""

    success: bool = True
    data: Receipt


RECEIPTS = {
    duplicate: ReceiptAnswer(data=Receipt(duplicate=duplicate)).model_dump_json(by_alias=True).encode()
    for duplicate in (False, True)
}


@dataclass(frozen=True)
class Sender:
    """Who delivered: an endpoint by its signature, the platform by its own, or a program by its key."""

    source: str
    message_id: str
    organization_id: UUID | None = None
    endpoint_id: UUID | None = None


@router.post(
    "/ai-service/{endpointId}",
    summary="Deliver an event of one agent's connection",
    response_model=ReceiptAnswer,
)
async def deliver_to_endpoint(request: Request, endpoint_id: Annotated[UUID, Path(alias="endpointId")]) -> Response:
    """Keep a signed event. Answered after it is durable; its effects follow within moments."""
    body = await _body(request)
    endpoint = await connections.find_endpoint(endpoint_id)
    message_id = standard_webhooks.verify(endpoint.secrets, request.headers, body, clock.now())
    sender = Sender(f"{SOURCE}:{endpoint.id}", message_id, endpoint.organization_id, endpoint.id)
    return await _enqueue(sender, body)


@router.post("/ai-service", summary="Deliver an event of any agent", response_model=ReceiptAnswer)
async def deliver(request: Request) -> Response:
    """Keep an event signed with the platform's secret, or sent with an API key that may write conversations."""
    body = await _body(request)
    key = request.headers.get("authorization", "")
    if key:
        return await _enqueue(await _authenticate_program(request, key, body), body)
    secret = settings.ai_service_secret
    if secret is None:
        raise InvalidSignature
    message_id = standard_webhooks.verify([secret.get_secret_value()], request.headers, body, clock.now())
    endpoint = await _endpoint_in(body)
    if endpoint is None:
        return await _enqueue(Sender(SOURCE, message_id), body)
    return await _enqueue(Sender(SOURCE, message_id, endpoint.organization_id, endpoint.id), body)


async def _body(request: Request) -> bytes:
    """The raw bytes; how many there may be is the outer layer's rule, how long they may take is ours."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await request.body()
    except TimeoutError:
        raise RequestTimeout from None


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
    if not isinstance(kind, str) or not 0 < len(kind) <= 64:
        raise Invalid.field(["body", "type"], "missing", "Say what happened")
    endpoint = None
    if kind in CALL_EVENTS:
        call = checked(CallEvent, event)
        endpoint = await _endpoint_of(call.data.agent_id)
        if endpoint is None or endpoint.organization_id != organization_id:
            raise Invalid.field(["body", "data", "agentId"], "unknown_agent", "There is no such agent")
    message_id = request.headers.get(standard_webhooks.ID_HEADER) or str(uuid5(organization_id, body.hex()))
    source = f"{SOURCE}:key:{organization_id}"
    return Sender(source, message_id[:255], organization_id, endpoint.id if endpoint else None)


async def _endpoint_in(body: bytes) -> connections.Endpoint | None:
    """Whose agent a delivery of the platform names; None keeps it in quarantine."""
    try:
        agent_id = UUID(json.loads(body)["data"]["agentId"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return await _endpoint_of(agent_id)


async def _endpoint_of(agent_id: UUID) -> connections.Endpoint | None:
    try:
        return await connections.endpoint_of_agent(agent_id)
    except NotFound:
        return None


async def _enqueue(sender: Sender, body: bytes) -> Response:
    verdict = await rate_limiter.current().acquire(
        rate_limiter.Policy.parse("webhook", settings.rate_limit_webhook), sender.source
    )
    if not verdict.allowed:
        raise Throttled(headers=verdict.headers)
    kind, fault = _type_of(body)
    if fault is None and sender.organization_id is None:
        fault = "data.agentId: no agent of anyone"
    delivery = inbox.Delivery(
        source=sender.source,
        event_id=sender.message_id,
        type=kind,
        payload=body,
        organization_id=sender.organization_id,
        endpoint_id=sender.endpoint_id,
        invalid_reason=fault,
    )
    is_fresh = await commits.submit(delivery)
    return Response(RECEIPTS[not is_fresh], media_type="application/json")


def _type_of(body: bytes) -> tuple[str, str | None]:
    """The event's type, or why there is none: genuine deliveries are kept even when they make no sense."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return "", "not JSON"
    kind = event.get("type") if isinstance(event, dict) else None
    if not isinstance(kind, str) or not kind.isascii() or not kind.isprintable() or not 0 < len(kind) <= 64:
        return "", "no type"
    return kind, None


async def _commit(deliveries: Sequence[inbox.Delivery]) -> list[bool]:
    """Store what came at once, each durable before its answer; False for what is kept already."""
    async with begin(actor.system(), write=True) as uow:
        return await inbox.store(uow, deliveries)


commits = Batcher(_commit, "webhooks")
