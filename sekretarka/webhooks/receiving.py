"""What every webhook does with a genuine delivery: store it with what came at the same time, then answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime.batching import Batcher
from sekretarka.core.web import rate_limiter, rate_policies
from sekretarka.core.web.schemas import Output
from sekretarka.domain.inbox import service as inbox
from sekretarka.http.responses import Envelope
from sekretarka.providers.errors import InvalidPayload, PayloadFault
from sekretarka.providers.ports import VoiceProvider


class Receipt(Output):
    """`duplicate` says that this delivery was stored before; nothing happens twice."""

    received: bool = True
    duplicate: bool


RECEIPTS = {
    duplicate: Envelope(data=Receipt(duplicate=duplicate)).model_dump_json(by_alias=True).encode()
    for duplicate in (False, True)
}


@dataclass(frozen=True)
class Sender:
    """Who delivered: an endpoint by its signature, the platform by its own, or a program by its key.

    `source` begins with the provider's name; `message_id` is the same when a delivery is repeated.
    """

    source: str
    message_id: str
    organization_id: UUID | None = None
    endpoint_id: UUID | None = None
    is_test: bool = False


async def check_rate(request: Request, source: str) -> None:
    """Count one delivery of this source, and say in the response what is left; `Throttled` when there are more than
    RATE_LIMIT_WEBHOOK."""
    await rate_limiter.check(rate_policies.webhook(), source, request.state.headers)


async def enqueue(provider: VoiceProvider, sender: Sender, body: bytes) -> Response:
    """Store a verified delivery and return its `Receipt` after the commit; `Unavailable` when it could not be stored.

    Genuine deliveries are stored even when they make no sense or belong to nobody, with the reason.
    """
    kind: str = ""
    reason: str | None = None
    try:
        kind = provider.type_of(body)
        if sender.organization_id is None:
            reason = PayloadFault.AGENT_OF_NOBODY
    except InvalidPayload as error:
        reason = str(error)
    delivery = inbox.Delivery(
        source=sender.source,
        event_id=sender.message_id,
        type=kind,
        payload=body,
        organization_id=sender.organization_id,
        endpoint_id=sender.endpoint_id,
        invalid_reason=reason,
        is_test=sender.is_test,
    )
    is_new = await commits.submit(delivery)
    return Response(RECEIPTS[not is_new], media_type="application/json")


async def _commit(deliveries: Sequence[inbox.Delivery]) -> list[bool]:
    """Store what came at once, each durable before its receipt; False for what is stored already."""
    async with begin(actor.system(), write=True) as uow:
        return await inbox.store(uow, deliveries)


commits = Batcher(_commit, "webhooks")
