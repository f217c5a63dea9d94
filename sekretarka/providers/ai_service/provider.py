"""The neutral webhook as a voice provider: signed by Standard Webhooks, its events are ours already."""

import json
import math
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sekretarka.core.web import standard_webhooks
from sekretarka.providers import call_events
from sekretarka.providers.call_events import CallData, CallEvent, CallEventType
from sekretarka.providers.errors import InvalidPayload, PayloadFault
from sekretarka.providers.message_events import MessageEvent
from sekretarka.providers.ports import WebhookRequest

MAX_TYPE = 64
MAX_DIGITS = 1_000


class AgentCallData(CallData):
    """`data` of an event that must name its agent."""

    agent_id: UUID


class AgentEvent(CallEvent):
    """An event of any agent, sent to no connection in particular."""

    data: AgentCallData


class AiService:
    """An AI service that sends what we ask for."""

    event_types = frozenset(get_args(CallEventType))
    message_types = frozenset({"message_sent"})

    def verify(self, request: WebhookRequest) -> str:
        return standard_webhooks.verify(request.secrets, request.headers, request.body, request.received_at)

    def type_of(self, body: bytes) -> str:
        event = _decode(body)
        kind = event.get("type") if isinstance(event, dict) else None
        if not isinstance(kind, str) or not kind.isascii() or not kind.isprintable() or not 0 < len(kind) <= MAX_TYPE:
            raise InvalidPayload(PayloadFault.NO_TYPE)
        return kind

    def translate(self, body: bytes, received_at: datetime) -> list[CallEvent]:
        return [call_events.read(CallEvent, _decode(body), received_at)]

    def message(self, body: bytes, received_at: datetime) -> MessageEvent:
        return call_events.read_event(MessageEvent, _decode(body), received_at)


def agent_of(body: bytes) -> UUID | None:
    """The agent that a delivery names; None when it names none."""
    try:
        return UUID(_decode(body)["data"]["agentId"])
    except (InvalidPayload, ValueError, KeyError, TypeError, AttributeError):
        return None


def _decode(body: bytes) -> Any:
    """What JSON the bytes are, also where a text in them is not UTF-8 or holds bare control characters, or a number is
    endless."""
    try:
        text = body.decode("utf-8-sig", "replace") if b"\0" not in body[:4] else body
        return json.loads(text, parse_int=_int, strict=False)
    except (ValueError, RecursionError):
        raise InvalidPayload(PayloadFault.NOT_JSON) from None


def _int(digits: str) -> int | float:
    return int(digits) if len(digits) < MAX_DIGITS else math.inf
