"""Twilio's side: messages of one account, made, read and listed, and its callbacks, which are signed POSTs."""

import base64
import re
import secrets
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from sekretarka.core.runtime import clock
from sekretarka.core.text import sms
from sekretarka.providers.twilio import signatures
from sekretarka.sandbox.sms.behavior import DELIVERED, UNDELIVERED, Behavior, Fault
from sekretarka.sandbox.sms.exchange import Callback, Reply, Request
from sekretarka.sandbox.sms.message_log import LoggedSms, MessageLog

VENDOR = "twilio"
ACCOUNT_SID = f"AC{1:032}"
AUTH_TOKEN = "sandbox-twilio-token"  # noqa: S105 - opens nothing but the sandbox
ACCOUNT = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
MAX_LENGTH = 1_600
PAGE_SIZE, MAX_PAGE_SIZE = 50, 1_000
STOP, START = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}, {"START", "YES", "UNSTOP"}
ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid From Number"),
    21602: (400, "Message body is required"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    30002: (400, "Account suspended"),
}
FAULTS = {
    Fault.THROTTLED: 20429,
    Fault.BROKEN: 20500,
    Fault.NO_CREDIT: 30002,
    Fault.BAD_SENDER: 21212,
    Fault.LANDLINE: 21614,
}


def answer(request: Request, log: MessageLog, behavior: Behavior) -> Reply:
    """What the vendor would answer; a message that it takes is in the log."""
    user = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {user}":
        return _error(20003)
    match request.method, request.path.removeprefix(ACCOUNT):
        case "GET", ".json":
            return Reply(200, {"sid": ACCOUNT_SID, "status": "active", "friendly_name": "Sandbox", "type": "Full"})
        case "POST", "/Messages.json":
            return _send(request, log, behavior)
        case "GET", "/Messages.json":
            return _list(request, log)
        case "GET", path if found := re.fullmatch(r"/Messages/(SM[0-9a-f]{32})\.json", path):
            message = log.get(found[1])
            return Reply(200, _resource(message)) if message else _error(20404)
        case _:
            return _error(20404)


def _send(request: Request, log: MessageLog, behavior: Behavior) -> Reply:
    client, line = request.form.get("To", ""), request.form.get("From", "")
    body = request.form.get("Body", "")
    if not re.fullmatch(r"\+[1-9]\d{7,14}", client):
        return _error(21211)
    if not body or len(body) > MAX_LENGTH:
        return _error(21617 if body else 21602)
    if not re.fullmatch(r"\+[1-9]\d{7,14}|[A-Za-z0-9 ]{1,11}", line):
        return _error(21212)
    if _has_opted_out(log, client, line):
        return _error(21610)
    fault = behavior.next_fault(client)
    if fault in FAULTS:
        return _error(FAULTS[fault])
    message = LoggedSms(
        id=f"SM{secrets.token_hex(16)}",
        vendor=VENDOR,
        client=client,
        line=line,
        body=body,
        at=clock.now(),
        callback_url=request.form.get("StatusCallback"),
    )
    log.accept(message)
    return Reply(201, _resource(message), (message.id,), fault)


def _list(request: Request, log: MessageLog) -> Reply:
    query = request.query
    size = max(1, min(int(query.get("PageSize", PAGE_SIZE)), MAX_PAGE_SIZE))
    page = int(query.get("Page", 0))
    wanted = log.newest(lambda message: message.vendor == VENDOR and all(fits(message) for fits in _filters(request)))
    rest = urlencode({**query, "Page": page + 1, "PageSize": size})
    more = f"{ACCOUNT}/Messages.json?{rest}" if len(wanted) > (page + 1) * size else None
    messages = [_resource(message) for message in wanted[page * size : (page + 1) * size]]
    return Reply(200, {"messages": messages, "page": page, "page_size": size, "next_page_uri": more})


def _filters(request: Request) -> list[Callable[[LoggedSms], bool]]:
    query = request.query
    filters: list[Callable[[LoggedSms], bool]] = []
    if to := query.get("To"):
        filters.append(lambda message: (message.line if message.is_inbound else message.client) == to)
    if sender := query.get("From"):
        filters.append(lambda message: (message.client if message.is_inbound else message.line) == sender)
    # A day alone, also with `<` and `>`; what is still queued was not sent on any day.
    for name, fits in {"": str.__eq__, "<": str.__le__, ">": str.__ge__}.items():
        if day := query.get(f"DateSent{name}"):
            filters.append(
                lambda message, fits=fits, day=day[:10]: (  # type: ignore[misc]
                    message.status != "queued" and fits(message.at.date().isoformat(), day)
                )
            )
    return filters


def _has_opted_out(log: MessageLog, client: str, line: str) -> bool:
    words = log.newest(
        lambda message: (
            message.is_inbound and (message.client, message.line) == (client, line) and opt_out_type(message.body) != ""
        )
    )
    return bool(words) and opt_out_type(words[0].body) == "STOP"


def opt_out_type(body: str) -> str:
    """What the vendor itself takes a text for: `STOP`, `START`, or nothing."""
    word = body.strip().upper()
    return "STOP" if word in STOP else "START" if word in START else ""


def _resource(message: LoggedSms) -> dict[str, Any]:
    at = format_datetime(message.at)
    sender, recipient = (message.client, message.line) if message.is_inbound else (message.line, message.client)
    return {
        "sid": message.id,
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": message.body,
        "from": sender,
        "to": recipient,
        "direction": "inbound" if message.is_inbound else "outbound-api",
        "status": "received" if message.is_inbound else message.status,
        "date_created": at,
        "date_updated": at,
        "date_sent": None if message.status == "queued" else at,
        "num_segments": str(sms.size(message.body).parts),
        "num_media": "0",
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "messaging_service_sid": None,
        "subresource_uris": {},
        "uri": f"{ACCOUNT}/Messages/{message.id}.json",
    }


def _error(code: int) -> Reply:
    status, message = ERRORS[code]
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return Reply(status, {"code": code, "message": message, "more_info": more_info, "status": status})


def status_callback(message: LoggedSms, status: str) -> Callback | None:
    """What became of a message; None when nobody wants to know."""
    if not message.callback_url:
        return None
    fields = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "MessageSid": message.id,
        "SmsSid": message.id,
        "MessageStatus": status,
        "SmsStatus": status,
        "From": message.line,
        "To": message.client,
    }
    if status == UNDELIVERED:
        fields["ErrorCode"] = "30003"
    if status == DELIVERED:
        fields["RawDlrDoneDate"] = f"{clock.now():%y%m%d%H%M}"
    return _signed(message.callback_url, fields)


def inbound_callback(message: LoggedSms) -> Callback | None:
    """An SMS that a client wrote."""
    if not message.callback_url:
        return None
    fields = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "MessageSid": message.id,
        "SmsMessageSid": message.id,
        "SmsSid": message.id,
        "SmsStatus": "received",
        "From": message.client,
        "To": message.line,
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(sms.size(message.body).parts),
    }
    if word := opt_out_type(message.body):
        fields["OptOutType"] = word
    return _signed(urlsplit(message.callback_url)._replace(query="").geturl(), fields)


def new_inbound_id() -> str:
    """An id of an inbound message."""
    return f"SM{secrets.token_hex(16)}"


def _signed(url: str, fields: dict[str, str]) -> Callback:
    signature = signatures.sign(AUTH_TOKEN, url, fields.items())
    token = {"I-Twilio-Idempotency-Token": secrets.token_hex(16)}
    return Callback("POST", url, fields, {"X-Twilio-Signature": signature, **token})
