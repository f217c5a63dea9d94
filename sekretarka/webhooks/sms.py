"""One route for each vendor of SMS: `/api/webhooks/{provider}/{callbackId}` (api.md#webhooks)."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from sekretarka.core.runtime import clock
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.messages import gateways
from sekretarka.domain.messages.callbacks import CALLBACK
from sekretarka.http.bodies import read_body
from sekretarka.providers import registry
from sekretarka.providers.ports import WebhookRequest
from sekretarka.webhooks.receiving import check_rate, commits
from sekretarka.webhooks.route import WebhookRoute
from sekretarka.webhooks.voice import public_url

router = APIRouter(route_class=WebhookRoute)


def _endpoint_of(name: str) -> Callable[..., Coroutine[Any, Any, Response]]:
    async def report(request: Request, callback_id: Annotated[UUID, Path(alias="callbackId")]) -> Response:
        """Store what the vendor reports of messages, or an SMS that came in."""
        return await receive(name, request, callback_id)

    return report


async def receive(name: str, request: Request, callback_id: UUID) -> Response:
    """Verify and store a callback, then answer what the vendor wants to hear; also when it is about nobody's message.
    Raises `NotFound` for an address that is nobody's, `InvalidSignature`, `Throttled`."""
    body = await read_body(request)
    gateway = await gateways.find_callback_target(name, callback_id)
    gateway.vendor.verify(WebhookRequest(public_url(request), request.headers, body, (), clock.now()))
    source = f"{name}:{gateway.id}"
    await check_rate(request, source)
    payload = b"&".join(filter(None, (request.url.query.encode(), body)))
    delivery = inbox.Delivery(
        source=source,
        event_id=hashlib.sha256(payload).hexdigest(),
        type=CALLBACK,
        payload=payload,
        organization_id=gateway.organization_id,
        endpoint_id=gateway.id,
    )
    await commits.submit(delivery)
    reply = gateway.vendor.reply
    return Response(reply.body, media_type=reply.media_type)


for _name in registry.SMS_GATEWAYS:
    for _method in ("GET", "POST"):  # SMSAPI reports by GET, whatever else is said of it
        router.add_api_route(
            f"/{_name}/{{callbackId}}",
            _endpoint_of(_name),
            methods=[_method],
            summary="Report how far a message came, or an SMS that came in",
            operation_id=f"{_method.lower()}_{_name}_callback",
            response_class=Response,
            include_in_schema=False,  # the bodies are the vendors'
        )
