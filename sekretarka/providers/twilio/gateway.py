"""Twilio Messaging as our SMS gateway: it takes a message as often as it is sent, so a repetition looks first."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from sekretarka.core.runtime.settings import settings
from sekretarka.providers.errors import InvalidPayload
from sekretarka.providers.ports import WebhookRequest
from sekretarka.providers.sms import (
    CallbackReply,
    Failure,
    InboundSms,
    Progress,
    Secret,
    SendingFailed,
    Sms,
    StatusReport,
)
from sekretarka.providers.sms_http import Answer, exchange, failure_of_status, form_texts, uuid_or_none
from sekretarka.providers.twilio import signatures

VENDOR = "twilio"
MESSAGE_ID = "message"  # our id in the query of the callback's address
CLOCKS_DIFFER = timedelta(minutes=1)
TRIAL = "Sent from your Twilio trial account - "  # before every text of an account that is not paid for
PAGE_SIZE = "100"
# Of refusals and of reports; whether waiting helps goes with each.
ERRORS: Mapping[int, tuple[Failure, bool]] = {
    20003: (Failure.CREDENTIALS, True),
    20404: (Failure.CREDENTIALS, True),  # unsure: no such account
    20429: (Failure.RATE_LIMITED, True),
    21211: (Failure.INVALID_RECIPIENT, False),
    21212: (Failure.SENDER_REJECTED, True),  # unsure, as the next two: a sender that is not the account's
    21606: (Failure.SENDER_REJECTED, True),
    21659: (Failure.SENDER_REJECTED, True),
    21408: (Failure.COUNTRY_NOT_ALLOWED, False),
    21610: (Failure.OPTED_OUT, False),
    21612: (Failure.UNREACHABLE, False),
    21614: (Failure.LANDLINE, False),
    21617: (Failure.TOO_LONG, False),  # unsure
    30001: (Failure.RATE_LIMITED, True),
    30002: (Failure.NO_CREDIT, True),
    30003: (Failure.UNREACHABLE, True),
    30004: (Failure.BLOCKED, False),
    30006: (Failure.LANDLINE, False),
    30007: (Failure.BLOCKED, False),
    30008: (Failure.UNREACHABLE, True),
    30410: (Failure.UNAVAILABLE, True),
}
STATUSES = {
    "sent": Progress.SENT,
    "delivered": Progress.DELIVERED,
    "read": Progress.DELIVERED,
    "undelivered": Progress.FAILED,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}


class TwilioCredentials(BaseModel):
    """The account, its token, and the shared key when its webhooks are signed with one."""

    model_config = ConfigDict(extra="forbid")

    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    auth_token: Secret
    shared_key: Secret | None = None


class Twilio:
    """One account at Twilio."""

    credentials_model = TwilioCredentials
    reply = CallbackReply("text/xml", '<?xml version="1.0" encoding="UTF-8"?><Response/>')

    def __init__(self, credentials: TwilioCredentials) -> None:
        self._token = credentials.auth_token.get_secret_value()
        self._shared_key = credentials.shared_key.get_secret_value() if credentials.shared_key else None
        self._account = f"/2010-04-01/Accounts/{credentials.account_sid}"
        user = base64.b64encode(f"{credentials.account_sid}:{self._token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {user}"}

    async def send(self, sms: Sms) -> str | None:
        if sms.first_tried_at is not None and (sent := await self._find(sms, sms.first_tried_at)):
            return sent
        joint = "&" if "?" in sms.callback_url else "?"
        form = {
            "To": sms.to,
            "From": sms.sender,
            "Body": sms.body,
            "StatusCallback": f"{sms.callback_url}{joint}{urlencode({MESSAGE_ID: sms.id.hex})}",
        }
        answer = await exchange(VENDOR, "POST", self._url("/Messages.json"), headers=self._headers, form=form)
        if answer.status in (200, 201) and isinstance(answer.body.get("sid"), str):
            return str(answer.body["sid"])
        raise _refusal(answer)

    async def check(self) -> None:
        answer = await exchange(VENDOR, "GET", self._url(".json"), headers=self._headers)
        if answer.status != 200 or not answer.body:
            raise _refusal(answer)
        if answer.body.get("status") in ("suspended", "closed"):
            raise SendingFailed(VENDOR, "the account is closed", Failure.NO_CREDIT, temporary=True)

    def verify(self, request: WebhookRequest) -> None:
        signatures.verify(request, self._token, self._shared_key)

    def reports(self, body: bytes) -> Sequence[StatusReport]:
        fields = form_texts(body)
        status = fields.get("MessageStatus")
        if status is None:
            return []
        if not fields.get("MessageSid"):
            raise InvalidPayload("no MessageSid")
        progress = STATUSES.get(status)
        if progress is None:
            return []
        failure, is_temporary = None, False
        if progress is Progress.FAILED:
            code = fields.get("ErrorCode", "")
            failure, is_temporary = ERRORS.get(int(code) if code.isdecimal() else 0, (Failure.REJECTED, False))
        message_id = uuid_or_none(fields.get(MESSAGE_ID, ""))
        return [StatusReport(progress, fields["MessageSid"], message_id, failure, temporary=is_temporary)]

    def inbound(self, body: bytes) -> Sequence[InboundSms]:
        fields = form_texts(body)
        if "MessageStatus" in fields:
            return []
        if not fields.get("MessageSid") or not fields.get("From"):
            raise InvalidPayload("neither a status nor a message")
        opts_out = {"STOP": True, "START": False}.get(fields.get("OptOutType", "").upper())
        return [
            InboundSms(
                fields["MessageSid"], fields["From"], fields.get("To", ""), fields.get("Body", ""), opts_out=opts_out
            )
        ]

    async def _find(self, sms: Sms, since: datetime) -> str | None:
        """The gateway's id of the message when it has it from an earlier try. Not asked by `DateSent`, which what is
        still queued has not."""
        query = {"To": sms.to, "PageSize": PAGE_SIZE}
        try:
            answer = await exchange(VENDOR, "GET", self._url("/Messages.json"), headers=self._headers, query=query)
            messages = answer.body.get("messages")
            if answer.status != 200 or not isinstance(messages, list):
                raise _refusal(answer)
        except SendingFailed as error:
            raise SendingFailed(
                VENDOR, "not known whether it was sent", error.failure, temporary=True, uncertain=True
            ) from None
        return next(_sent(messages, sms.body, since - CLOCKS_DIFFER), None)

    def _url(self, path: str) -> str:
        return settings.twilio_url.rstrip("/") + self._account + path


def _sent(messages: Iterable[Any], body: str, since: datetime) -> Iterator[str]:
    """The ids of outbound messages of this text that were made since then, and have not failed."""
    texts = {body.strip(), (TRIAL + body).strip()}
    for message in messages:
        try:
            is_it = str(message["direction"]).startswith("outbound") and str(message["body"]).strip() in texts
            has_failed = STATUSES.get(message["status"]) is Progress.FAILED
            if is_it and not has_failed and parsedate_to_datetime(message["date_created"]) >= since:
                yield str(message["sid"])
        except (KeyError, TypeError, ValueError):
            continue


def _refusal(answer: Answer) -> SendingFailed:
    code = answer.body.get("code")
    if not isinstance(code, int) or answer.status < 400 or answer.status == 429 or answer.status >= 500:
        return failure_of_status(VENDOR, answer.status)
    failure, is_temporary = ERRORS.get(code, (Failure.REJECTED, False))
    return SendingFailed(VENDOR, f"error {code}", failure, temporary=is_temporary)
