"""What messages do with deliveries of voice providers."""

import hashlib

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.text import phone
from sekretarka.domain.agents import service as agents
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.handlers import agent_of
from sekretarka.domain.inbox.models import WebhookEvent
from sekretarka.domain.inbox.service import OddField, odd_fields_of
from sekretarka.domain.messages import service
from sekretarka.domain.organizations import days
from sekretarka.providers import registry
from sekretarka.providers.errors import InvalidPayload, PayloadFault
from sekretarka.providers.ports import MessageProvider


async def on_message(uow: UnitOfWork, delivery: WebhookEvent) -> list[OddField]:
    """Store the message of a delivery, unless the delivery is a test; returns what was odd about it. `InvalidPayload`
    when it cannot be read or its agent is none of the organization's."""
    provider = registry.voice_provider(delivery.provider)
    assert isinstance(provider, MessageProvider)  # noqa: S101 - jobs/registry.py names no other
    event = provider.message(delivery.payload, delivery.received_at)
    message = event.data
    agent_id = message.agent_id or await agent_of(uow, delivery)
    try:
        await agents.get(uow, agent_id)
    except NotFound:
        raise InvalidPayload(PayloadFault.UNKNOWN_AGENT) from None
    if not delivery.is_test:
        call = await conversations.find_by_call_id(uow, agent_id, message.call_id) if message.call_id else None
        own_name = f"{agent_id}:{message.provider_message_id}" if message.provider_message_id else None
        key = hashlib.sha256((own_name or f"{delivery.source}:{delivery.event_id}").encode()).hexdigest()
        region = phone.default_region.set((await days.current_organization(uow)).country)
        try:
            await service.record(uow, message, message.sent_at or event.timestamp, key, call)
        finally:
            phone.default_region.reset(region)
    return odd_fields_of(event.notes)
