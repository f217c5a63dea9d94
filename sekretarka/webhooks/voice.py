"""One route for each voice provider: `/api/webhooks/{provider}/{endpointId}` (api.md#webhooks)."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from sekretarka.core.errors import NotFound
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.agents import connections
from sekretarka.domain.inbox import test_deliveries
from sekretarka.http.bodies import read_body
from sekretarka.http.responses import Envelope
from sekretarka.providers import registry
from sekretarka.providers.ports import WebhookRequest
from sekretarka.webhooks.answering import answer
from sekretarka.webhooks.receiving import Receipt, Sender, check_rate, enqueue
from sekretarka.webhooks.route import WebhookRoute

router = APIRouter(route_class=WebhookRoute)


def _endpoint_of(name: str) -> Callable[..., Coroutine[Any, Any, Response]]:
    async def deliver_to_endpoint(request: Request, endpoint_id: Annotated[UUID, Path(alias="endpointId")]) -> Response:
        """Store a signed event. Answered after it is durable; its effects follow within moments."""
        return await receive(name, request, endpoint_id)

    return deliver_to_endpoint


async def receive(name: str, request: Request, endpoint_id: UUID) -> Response:
    """Verify a delivery to one connection of the provider, then answer what it asks, or store it.
    Raises `NotFound` for no endpoint of this provider, `InvalidSignature`, `Throttled`, and `Invalid` as `answer`.
    """
    body = await read_body(request)
    endpoint = await connections.find_endpoint(endpoint_id)
    if endpoint.provider != name:
        raise NotFound
    provider = registry.voice_provider(name)
    message_id = provider.verify(
        WebhookRequest(public_url(request), request.headers, body, endpoint.secrets, clock.now())
    )
    is_test = test_deliveries.is_test(request.headers)
    sender = Sender(f"{name}:{endpoint.id}", message_id, endpoint.organization_id, endpoint.id, is_test)
    await check_rate(request, sender.source)
    return await answer(provider, endpoint, body) or await enqueue(provider, sender, body)


def public_url(request: Request) -> str:
    """The address that the vendor called, which a proxy may have changed."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{settings.base_url.rstrip('/')}{request.url.path}{query}"


for _name in registry.VOICE_PROVIDERS:
    router.add_api_route(
        f"/{_name}/{{endpointId}}",
        _endpoint_of(_name),
        methods=["POST"],
        summary="Deliver an event of one agent's connection",
        response_model=Envelope[Receipt],
        include_in_schema=_name == registry.AI_SERVICE,  # the bodies of the others are their vendors'
    )
