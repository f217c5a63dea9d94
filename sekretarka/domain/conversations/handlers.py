"""What conversations do with deliveries of the AI service."""

import json

from pydantic import ValidationError

from sekretarka.core import phone
from sekretarka.core.errors import NotFound
from sekretarka.core.scope import Scope
from sekretarka.domain.conversations import service
from sekretarka.domain.conversations.intake import CallEvent
from sekretarka.domain.inbox.models import WebhookEvent
from sekretarka.domain.inbox.service import Unreadable
from sekretarka.domain.organizations import days


async def receive(scope: Scope, delivery: WebhookEvent) -> None:
    """Merge a delivery into its call; `Unreadable` names the fields that make no sense, never their values."""
    try:
        event = CallEvent.model_validate(json.loads(delivery.payload))
    except ValidationError as error:
        fields = sorted({".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)})
        raise Unreadable("fields: " + ", ".join(fields)) from None
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    home = phone.home.set((await days.here(scope)).country)
    try:
        await service.apply(scope, event, delivery.event_id)
    except NotFound:
        raise Unreadable("data.agentId: no agent of this organisation") from None
    finally:
        phone.home.reset(home)
