"""SMSAPI's side: `sms.do` and `user.do`, and its callbacks, which are unsigned GETs."""

import re
import secrets

from sekretarka.core.runtime import clock
from sekretarka.core.text import sms
from sekretarka.sandbox.sms.behavior import DELIVERED, SENT, UNDELIVERED, Behavior, Fault
from sekretarka.sandbox.sms.exchange import Callback, Reply, Request
from sekretarka.sandbox.sms.message_log import LoggedSms, MessageLog, Repeated

VENDOR = "smsapi"
TOKEN = "sandbox-smsapi-token"  # noqa: S105 - opens nothing but the sandbox
PART_POINTS = 0.16
MAX_NAME, MAX_PARTS = 11, 6
STATUSES = {SENT: "403", DELIVERED: "404", UNDELIVERED: "405"}
MESSAGES = {
    8: "Error in request",
    11: "The message is too long or there is no message",
    12: "Message has more parts than max_parts",
    13: "No valid phone numbers",
    14: "Sender name is not allowed",
    53: "Not unique idx",
    101: "Authorization failed",
    103: "No points",
    201: "Internal error",
    203: "Too many requests",
}
FAULTS = {Fault.NO_CREDIT: (200, 103), Fault.BAD_SENDER: (200, 14), Fault.LANDLINE: (200, 13)}
FAULTS |= {Fault.THROTTLED: (429, 203), Fault.BROKEN: (500, 201)}


def answer(request: Request, log: MessageLog, behavior: Behavior) -> Reply:
    """What the vendor would answer; a message that it takes is in the log."""
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return _error(request, 101)
    if (request.method, request.path) == ("GET", "/user.do"):
        return Reply(200, {"points": 1000.0, "proCount": 6250, "ecoCount": 0, "mmsCount": 0, "vmsGsmCount": 0})
    if (request.method, request.path) != ("POST", "/sms.do"):
        return Reply(404, {"error": "not_found", "message": "Not Found"})
    return _send(request, log, behavior)


def _send(request: Request, log: MessageLog, behavior: Behavior) -> Reply:
    form = request.form
    numbers = [_number(number) for number in form.get("to", "").split(",")]
    parts = sms.size(form.get("message", "")).parts
    sender, keys = form.get("from", "Test"), form.get("idx", "").split("|")
    if refused := _invalid(form.get("message", ""), parts, int(form.get("max_parts", MAX_PARTS)), sender):
        return _error(request, refused)
    valid = [number for number in numbers if number]
    if not valid:
        return _error(request, 13)
    fault = behavior.next_fault(valid[0])
    if fault in FAULTS:
        status, code = FAULTS[fault]
        return _error(request, code, status)
    now, listed = clock.now(), []
    for index, number in enumerate(valid):
        key = keys[index] if index < len(keys) and keys[index] else None
        message = LoggedSms(
            id=f"{secrets.randbelow(10**18):018}",
            vendor=VENDOR,
            client=number,
            line=_number(sender) or sender,
            body=form["message"],
            at=now,
            key=key if form.get("check_idx") == "1" else None,
            callback_url=form.get("notify_url"),
        )
        if form.get("test") != "1":
            try:
                log.accept(message)
            except Repeated:
                return _error(request, 53)
        listed.append(
            {"id": message.id, "points": PART_POINTS * parts, "number": number.removeprefix("+"), "status": "QUEUE"}
            | {"date_sent": int(now.timestamp()), "submitted_number": number.removeprefix("+"), "error": None}
            | {"idx": key, "parts": parts}
        )
    body = {"count": len(listed), "list": listed}
    if form.get("details") == "1":
        body |= {"message": form["message"], "length": len(form["message"]), "parts": parts}
    ids = tuple(str(message["id"]) for message in listed)
    if form.get("format") != "json":
        return Reply(200, f"OK:{ids[0]}:{PART_POINTS * parts}:{valid[0].removeprefix('+')}", ids, fault)
    return Reply(200, body, ids, fault)


def _invalid(text: str, parts: int, most: int, sender: str) -> int | None:
    """The number of the error of what may not be sent."""
    if not text or parts > MAX_PARTS:
        return 11
    if parts > most:
        return 12
    return None if _number(sender) or len(sender) <= MAX_NAME else 14


def _number(text: str) -> str | None:
    """E.164 of a Polish number or one with its country; None for what is none."""
    digits = re.sub(r"[ \-+]", "", text)
    if not digits.isdecimal() or not 9 <= len(digits) <= 15:
        return None
    return f"+48{digits}" if len(digits) == 9 else f"+{digits}"


def _error(request: Request, code: int, status: int = 200) -> Reply:
    if "json" not in (request.form.get("format"), request.query.get("format")):
        return Reply(status, f"ERROR:{code}")
    return Reply(status, {"error": code, "message": MESSAGES[code]})


def status_callback(*reports: tuple[LoggedSms, str]) -> Callback | None:
    """What became of one to five messages; None when nobody wants to know."""
    messages = [message for message, _ in reports]
    if not messages[0].callback_url:
        return None
    done = str(int(clock.now().timestamp()))
    fields = {
        "MsgId": ",".join(message.id for message in messages),
        "status": ",".join(STATUSES[status] for _, status in reports),
        "idx": ",".join(message.key or "" for message in messages),
        "donedate": ",".join(done for _ in messages),
        "username": "sandbox",
        "points": ",".join(f"{PART_POINTS * sms.size(message.body).parts:g}" for message in messages),
    }
    return Callback("GET", messages[0].callback_url, fields, {})


def inbound_callback(message: LoggedSms) -> Callback | None:
    """An SMS that a client wrote."""
    if not message.callback_url:
        return None
    fields = {
        "sms_to": message.line.removeprefix("+"),
        "sms_from": message.client.removeprefix("+"),
        "sms_text": message.body,
        "sms_date": str(int(message.at.timestamp())),
        "username": "sandbox",
        "MsgId": message.id,
    }
    return Callback("POST", message.callback_url, fields, {})


def new_inbound_id() -> str:
    """An id of an inbound message."""
    return secrets.token_hex(12)
