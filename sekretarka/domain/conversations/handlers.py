"""What conversations do with deliveries of the AI service."""

import json

from pydantic import ValidationError

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.text import phone
from sekretarka.domain.conversations import service
from sekretarka.domain.conversations.call_events import CallEvent
from sekretarka.domain.inbox.models import WebhookEvent
from sekretarka.domain.inbox.service import InvalidPayload
from sekretarka.domain.organizations import days


async def on_call_event(uow: UnitOfWork, delivery: WebhookEvent) -> None:
    """Merge a delivery into its call; `Unreadable` names the fields that make no sense, never their values."""
    try:
        event = CallEvent.model_validate(json.loads(delivery.payload))
    except ValidationError as error:
        fields = sorted({".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)})
        raise InvalidPayload("fields: " + ", ".join(fields)) from None
    except (ValueError, RecursionError):
        raise InvalidPayload("not JSON") from None
    home = phone.default_region.set(await _home(uow, event))
    try:
        await service.apply(uow, event, delivery.event_id)
    except NotFound:
        raise InvalidPayload("data.agentId: no agent of this organisation") from None
    finally:
        phone.default_region.reset(home)


async def _home(uow: UnitOfWork, event: CallEvent) -> str:
    """Where a number without a country is from; most have theirs, so that nobody need be asked."""
    numbers = (event.data.caller_number, event.data.called_number)
    if all(number is None or number.startswith("+") for number in numbers):
        return phone.default_region.get()
    return (await days.current_organization(uow)).country
