"""SMSAPI.pl as our SMS gateway: a repeated message is refused by its `idx`, callbacks are not signed."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

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

VENDOR = "smsapi"
REPEATED = 53
# The vendor's list of errors could not be confirmed; whether waiting helps goes with each.
ERRORS: Mapping[int, tuple[Failure, bool]] = {
    11: (Failure.TOO_LONG, False),
    12: (Failure.TOO_LONG, False),
    13: (Failure.INVALID_RECIPIENT, False),
    14: (Failure.SENDER_REJECTED, True),
    94: (Failure.BLOCKED, False),  # a link in the text
    101: (Failure.CREDENTIALS, True),
    102: (Failure.CREDENTIALS, True),
    103: (Failure.NO_CREDIT, True),
    105: (Failure.CREDENTIALS, True),  # an address that the account does not allow
    201: (Failure.UNAVAILABLE, True),
    202: (Failure.RATE_LIMITED, True),
    203: (Failure.RATE_LIMITED, True),
}
UNCERTAIN = 201  # an error inside the vendor, so late that the message may have left
# 401 (not found), 408 (unknown), 409 (queued) and 410 (accepted) say nothing that we do not know.
STATUSES: Mapping[str, tuple[Progress, Failure | None]] = {
    "402": (Progress.FAILED, Failure.EXPIRED),
    "403": (Progress.SENT, None),
    "404": (Progress.DELIVERED, None),
    "405": (Progress.FAILED, Failure.UNREACHABLE),
    "406": (Progress.FAILED, Failure.UNREACHABLE),
    "407": (Progress.FAILED, Failure.REJECTED),
}


class SmsapiCredentials(BaseModel):
    """An OAuth token of the account."""

    model_config = ConfigDict(extra="forbid")

    token: Secret


class Smsapi:
    """One account at SMSAPI.pl."""

    credentials_model = SmsapiCredentials
    reply = CallbackReply("text/plain", "OK")

    def __init__(self, credentials: SmsapiCredentials) -> None:
        self._headers = {"Authorization": f"Bearer {credentials.token.get_secret_value()}"}

    async def send(self, sms: Sms) -> str | None:
        form = {
            "to": sms.to.removeprefix("+"),
            "from": sms.sender.removeprefix("+"),
            "message": sms.body,
            "encoding": "utf-8",
            "format": "json",
            "details": "1",
            "idx": sms.id.hex,
            "check_idx": "1",
            "notify_url": sms.callback_url,
        }
        answer = await exchange(VENDOR, "POST", _url("/sms.do"), headers=self._headers, form=form)
        listed = answer.body.get("list")
        message = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
        code = _error(answer.body) or _error(message)
        if code == REPEATED:
            return None
        if answer.status == 200 and code is None and message.get("id"):
            return str(message["id"])
        raise _refusal(answer, code)

    async def check(self) -> None:
        query = {"credits": "1", "details": "1", "format": "json"}
        answer = await exchange(VENDOR, "GET", _url("/user.do"), headers=self._headers, query=query)
        code = _error(answer.body)
        if answer.status != 200 or code is not None or not answer.body:
            raise _refusal(answer, code)

    def verify(self, request: WebhookRequest) -> None:
        """Nothing: who calls an address that only the vendor knows, and names a message of ours, is believed."""

    def reports(self, body: bytes) -> Sequence[StatusReport]:
        fields = _fields(body)
        if "status" not in fields:
            return []
        statuses, times = fields["status"].split(","), fields.get("donedate", "").split(",")
        names, gateway_ids = fields.get("idx", "").split(","), fields.get("msgid", "").split(",")
        reports = []
        for index, status in enumerate(statuses):
            message_id, gateway_id = uuid_or_none(_at(names, index)), _at(gateway_ids, index) or None
            if status.strip() in STATUSES and (message_id or gateway_id):
                progress, failure = STATUSES[status.strip()]
                at = _instant(_at(times, index))
                reports.append(StatusReport(progress, gateway_id, message_id, failure, at))
        return reports

    def inbound(self, body: bytes) -> Sequence[InboundSms]:
        fields = _fields(body)
        if "status" in fields:
            return []
        # Names of these could not be confirmed: they come with or without `sms_`.
        gateway_id, sender, text = fields.get("msgid", ""), fields.get("from", ""), fields.get("text", "")
        if not gateway_id or not sender:
            raise InvalidPayload("neither a status nor a message")
        recipient = _international(fields.get("to", ""))
        return [InboundSms(gateway_id, _international(sender), recipient, text, _instant(fields.get("date", "")))]


def _international(number: str) -> str:
    """It writes numbers of every country in digits alone; those of Poland may lack the country, and have nine then."""
    return f"+{number}" if re.fullmatch(r"[1-9]\d{9,14}", number, re.ASCII) else number


def _url(path: str) -> str:
    return settings.smsapi_url.rstrip("/") + path


def _error(body: Mapping[str, Any]) -> int | None:
    code = body.get("error")
    return int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdecimal()) else None


def _refusal(answer: Answer, code: int | None) -> SendingFailed:
    if code is None or answer.status == 429 or answer.status >= 500:
        return failure_of_status(VENDOR, answer.status)
    failure, is_temporary = ERRORS.get(code, (Failure.REJECTED, False))
    return SendingFailed(VENDOR, f"error {code}", failure, temporary=is_temporary, uncertain=code == UNCERTAIN)


def _fields(body: bytes) -> dict[str, str]:
    return {name.lower().removeprefix("sms_"): value for name, value in form_texts(body).items()}


def _at(values: Sequence[str], index: int) -> str:
    return values[index].strip() if index < len(values) else ""


def _instant(text: str) -> datetime | None:
    """Seconds since 1970; None for anything else."""
    return datetime.fromtimestamp(int(text), UTC) if text.isdecimal() and len(text) <= 10 else None
