"""The neutral webhook as a voice provider: signed by Standard Webhooks, its events are ours already."""

import json
from typing import Any, get_args
from uuid import UUID

from pydantic import ValidationError

from sekretarka.core.web import standard_webhooks
from sekretarka.providers.call_events import CallData, CallEvent, CallEventType
from sekretarka.providers.errors import InvalidPayload, PayloadFault
from sekretarka.providers.ports import WebhookRequest

MAX_TYPE = 64


class AgentCallData(CallData):
    """`data` of a delivery: it always names the agent."""

    agent_id: UUID


class AiServiceEvent(CallEvent):
    """Body of a delivery about a call."""

    data: AgentCallData


class AiService:
    """An AI service that sends what we ask for."""

    event_types = frozenset(get_args(CallEventType))

    def verify(self, request: WebhookRequest) -> str:
        return standard_webhooks.verify(request.secrets, request.headers, request.body, request.received_at)

    def type_of(self, body: bytes) -> str:
        event = _decode(body)
        kind = event.get("type") if isinstance(event, dict) else None
        if not isinstance(kind, str) or not kind.isascii() or not kind.isprintable() or not 0 < len(kind) <= MAX_TYPE:
            raise InvalidPayload(PayloadFault.NO_TYPE)
        return kind

    def translate(self, body: bytes) -> list[CallEvent]:
        try:
            return [AiServiceEvent.model_validate(_decode(body), by_alias=True, by_name=False)]
        except ValidationError as error:
            # The fields that make no sense, never their values.
            fields = sorted({".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)})
            raise InvalidPayload("fields: " + ", ".join(fields)) from None


def agent_of(body: bytes) -> UUID | None:
    """The agent that a delivery names; None when it names none."""
    try:
        return UUID(_decode(body)["data"]["agentId"])
    except (InvalidPayload, ValueError, KeyError, TypeError, AttributeError):
        return None


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidPayload(PayloadFault.NOT_JSON) from None
