"""What we ask of vendors, whoever they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sekretarka.providers.call_events import CallEvent
from sekretarka.providers.message_events import MessageEvent


@dataclass(frozen=True)
class Mail:
    """One email to one recipient. `key` identifies it: a repeated delivery carries the same Message-ID. One of an
    organization bears its name and its address for replies; `calendar` is an iCalendar file that comes with it."""

    key: str
    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    sender_name: str | None = None
    reply_to: str | None = None
    calendar: str | None = field(default=None, repr=False)


class Mailer(Protocol):
    """Sends e-mail."""

    async def send(self, mail: Mail) -> None:
        """Return once the server took it; `ProviderError` otherwise, `RuntimeError` inside a unit of work."""
        ...


@dataclass(frozen=True)
class WebhookRequest:
    """A delivery as it arrived, before anything of it is believed.

    `headers` finds its keys in lower case; `url` is the public one, which some vendors sign; `secrets` are those of the
    connection it was sent to: the current one and, while a rotation lasts, the previous one.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    received_at: datetime


@dataclass(frozen=True)
class ToolUse:
    """A tool (`Capability`) that the model wants to use during a call; `id` is the vendor's name of this use, for the
    reply only. `call_id` may be whatever the vendor sent: what names no call is none."""

    tool: str
    call_id: str
    id: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class ToolResult:
    """The result of a use: the sentence for the caller, and data for the model; `data["code"]` says why it failed."""

    use: ToolUse
    say: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class CallerLookup:
    """A question before a call is answered; the number is as the vendor writes it, None when withheld."""

    caller_number: str | None


@dataclass(frozen=True)
class CallerProfile:
    """What is known of a caller; all None for somebody unknown."""

    name: str | None = None
    language: str | None = None


class VoiceProvider(Protocol):
    """A voice platform: whether a delivery is genuine, and what it tells of calls.

    All but `verify` see verified bytes only.
    """

    event_types: frozenset[str]
    """Types of deliveries that `translate` understands; others are stored and ignored."""

    def verify(self, request: WebhookRequest) -> str:
        """The delivery's id (at most 255 characters), the same when it is repeated; `InvalidSignature` otherwise."""
        ...

    def type_of(self, body: bytes) -> str:
        """The delivery's type, at most 64 printable ASCII characters; `InvalidPayload` when it has none."""
        ...

    def translate(self, body: bytes, received_at: datetime) -> list[CallEvent]:
        """What a delivery of one of `event_types` tells of calls, read by `call_events.read`; `InvalidPayload` when it
        makes no sense."""
        ...


@runtime_checkable
class ToolProvider(VoiceProvider, Protocol):
    """A voice platform that uses the tools by webhook; the others use `/tools` or `/mcp`."""

    tool_types: frozenset[str]
    """Types of deliveries that ask for tools, answered in the request and not stored."""

    def tool_uses(self, body: bytes) -> Sequence[ToolUse]:
        """The tools to use, in their order; `InvalidPayload` when it makes no sense."""
        ...

    def tool_reply(self, results: Sequence[ToolResult]) -> Mapping[str, Any]:
        """The JSON answer, with one result for each use in the same order."""
        ...


@runtime_checkable
class MessageProvider(VoiceProvider, Protocol):
    """A voice platform that tells of messages, too."""

    message_types: frozenset[str]
    """Types of deliveries that `message` understands."""

    def message(self, body: bytes, received_at: datetime) -> MessageEvent:
        """The message of a delivery, read by `call_events.read_event`; `InvalidPayload` when it makes no sense."""
        ...


@runtime_checkable
class LookupProvider(VoiceProvider, Protocol):
    """A voice platform that asks who is calling before the call begins."""

    lookup_types: frozenset[str]
    """Types of deliveries that ask for it, answered in the request and not stored."""

    def lookup(self, body: bytes) -> CallerLookup:
        """Whom to look up; `InvalidPayload` when it makes no sense."""
        ...

    def lookup_reply(self, profile: CallerProfile) -> Mapping[str, Any]:
        """The JSON answer."""
        ...
