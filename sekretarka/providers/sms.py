"""What we ask of SMS gateways, and what they tell of messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import AfterValidator, BaseModel, SecretStr

from sekretarka.providers.errors import ProviderError
from sekretarka.providers.ports import WebhookRequest


class Failure(StrEnum):
    """Why a message did not arrive; each has a sentence in the locales. The first are the recipient's, then the text's
    and the sender's, then those of the organization's account, then ours."""

    INVALID_RECIPIENT = "invalid_recipient"
    LANDLINE = "landline"
    OPTED_OUT = "opted_out"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    TOO_LONG = "too_long"
    SENDER_REJECTED = "sender_rejected"
    COUNTRY_NOT_ALLOWED = "country_not_allowed"
    CREDENTIALS = "credentials"
    NO_CREDIT = "no_credit"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    NO_GATEWAY = "no_gateway"
    EXPIRED = "expired"
    DAILY_LIMIT = "daily_limit"
    NO_CONSENT = "no_consent"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


# What the owner has to mend; every message waits for it.
ACCOUNT_FAILURES = frozenset({Failure.CREDENTIALS, Failure.NO_CREDIT, Failure.SENDER_REJECTED})


class SendingFailed(ProviderError):
    """A gateway did not take a message. With `uncertain` it may have taken it at this try, as the answer was lost: only
    the same gateway can be asked again."""

    def __init__(self, vendor: str, reason: str, failure: Failure, *, temporary: bool, uncertain: bool = False) -> None:
        super().__init__(vendor, reason, temporary=temporary)
        self.failure = failure
        self.uncertain = uncertain


@dataclass(frozen=True)
class Sms:
    """One SMS. `id` is ours and the same at every try; `sender` is a number (E.164) or a name that the gateway allows;
    the gateway reports to `callback_url`. `first_tried_at` is when this gateway was first handed it, None before: from
    then on it may have it already."""

    id: UUID
    to: str
    sender: str
    body: str = field(repr=False)
    callback_url: str
    first_tried_at: datetime | None = None


class Progress(StrEnum):
    """How far a message has come at the gateway, in this order; a later one is never undone by an earlier one."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class StatusReport:
    """What became of a message: one of the two ids is known. `failure` goes with `Progress.FAILED` only, and so does
    `temporary`: the same message can be handed over again, as a new one of the gateway's."""

    progress: Progress
    gateway_id: str | None = None
    message_id: UUID | None = None
    failure: Failure | None = None
    at: datetime | None = None
    temporary: bool = False


@dataclass(frozen=True)
class InboundSms:
    """An SMS that somebody wrote to the organization's number; `sender` and `recipient` as the gateway writes them.
    `opts_out` is True or False when the gateway itself took it as STOP or START."""

    gateway_id: str
    sender: str
    recipient: str
    body: str = field(repr=False)
    at: datetime | None = None
    opts_out: bool | None = None


@dataclass(frozen=True)
class CallbackReply:
    """What the gateway wants to hear."""

    media_type: str
    body: str


def _one_word(secret: SecretStr) -> SecretStr:
    """A secret that can stand in a header."""
    value = secret.get_secret_value()
    if not (value.isascii() and value.isprintable() and value) or " " in value:
        raise ValueError("must be one word of ASCII characters")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_one_word)]


class SmsGateway(Protocol):
    """One account at a vendor of SMS; made by `registry.sms_gateway` from its sealed credentials."""

    credentials_model: type[BaseModel]
    """What the vendor wants to know of us; its secrets are `SecretStr`."""

    reply: CallbackReply
    """The answer to every genuine callback."""

    async def send(self, sms: Sms) -> str | None:
        """The gateway's id of the message, or None when it has it already from an earlier try and does not say which;
        `SendingFailed`."""
        ...

    async def check(self) -> None:
        """Return when the vendor accepts the credentials, without sending anything; `SendingFailed`."""
        ...

    def verify(self, request: WebhookRequest) -> None:
        """`InvalidSignature` for a callback that the vendor did not sign, where it signs them."""
        ...

    def reports(self, body: bytes) -> Sequence[StatusReport]:
        """What a callback (form-encoded: its query, and after it the body of a POST, joined by `&`) says of messages;
        empty for another kind, `InvalidPayload` when it makes no sense."""
        ...

    def inbound(self, body: bytes) -> Sequence[InboundSms]:
        """The SMS that a callback brings; empty for another kind, `InvalidPayload` when it makes no sense."""
        ...
