"""What conversations do with deliveries of voice providers."""

from collections import Counter
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.text import phone
from sekretarka.domain.agents import connections
from sekretarka.domain.conversations import service
from sekretarka.domain.inbox.models import WebhookEvent
from sekretarka.domain.inbox.service import OddField, odd_fields_of
from sekretarka.domain.organizations import days
from sekretarka.providers import registry
from sekretarka.providers.call_events import CallEvent
from sekretarka.providers.conversions import Oddity
from sekretarka.providers.errors import InvalidPayload, PayloadFault


async def on_call_event(uow: UnitOfWork, delivery: WebhookEvent) -> list[OddField]:
    """Merge a delivery's events into their calls; returns what was odd about it. `InvalidPayload` when it cannot be
    read or its agent is none of the organization's."""
    events = registry.voice_provider(delivery.provider).translate(delivery.payload, delivery.received_at)
    for number, event in enumerate(events):
        event.data.agent_id = event.data.agent_id or await agent_of(uow, delivery)
        # Of several events in one delivery the later wins a tie.
        event_id = f"{delivery.event_id}#{number:04d}" if number else delivery.event_id
        await _apply(uow, event, event_id, is_test=delivery.is_test)
    notes = sum((event.notes for event in events), start=Counter[tuple[str, Oddity]]())
    return odd_fields_of(notes)


async def _apply(uow: UnitOfWork, event: CallEvent, event_id: str, *, is_test: bool) -> None:
    region = phone.default_region.set(await _default_region(uow, event))
    try:
        await service.apply(uow, event, event_id, is_test=is_test)
    except NotFound:
        raise InvalidPayload(PayloadFault.UNKNOWN_AGENT) from None
    finally:
        phone.default_region.reset(region)


async def agent_of(uow: UnitOfWork, delivery: WebhookEvent) -> UUID:
    """The agent of the connection that the delivery came through; `InvalidPayload` when it came through none."""
    if delivery.endpoint_id is None:
        raise InvalidPayload(PayloadFault.NO_AGENT)
    return await connections.agent_of(uow, delivery.endpoint_id)


async def _default_region(uow: UnitOfWork, event: CallEvent) -> str:
    """Where a number without a country is from; most have theirs, so that nobody need be asked."""
    numbers = (event.data.caller_number, event.data.called_number)
    if all(number is None or number.startswith("+") for number in numbers):
        return phone.default_region.get()
    return (await days.current_organization(uow)).country
