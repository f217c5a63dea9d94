"""Signs and verifies HTTP messages as the Standard Webhooks specification 1.0.0 lays down."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from sekretarka.core.errors import InvalidSignature

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

_PREFIX = "whsec_"
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
# v1a is the specification's asymmetric scheme: a sender may add it, only v1 is checked here.
_PART = r"(?:v1,[A-Za-z0-9+/]{43}=|v1a,[A-Za-z0-9+/]{86}==)"
_SIGNATURES = re.compile(rf"{_PART}(?: {_PART}){{0,15}}")


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature` for these bytes; `timestamp` is in Unix seconds.
    `ValueError` for a message id or secret of another form.
    """
    if not _ID.fullmatch(message_id):
        raise ValueError("a message id is 1 to 255 letters, digits, _ or -")
    return "v1," + _digest(_key(secret), f"{message_id}.{timestamp}", body)


def verify(
    secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime, tolerance_seconds: int = 300
) -> str:
    """The id of a message signed with any of the secrets; raises `InvalidSignature` for everything else, also when
    its timestamp is more than `tolerance_seconds` off; `ValueError` when a secret of ours is malformed.

    `headers` finds its keys in lower case, as Starlette's and httpx's do.
    """
    message_id = _header(headers, ID_HEADER, _ID)
    timestamp = _header(headers, TIMESTAMP_HEADER, _TIMESTAMP)
    signatures = _header(headers, SIGNATURE_HEADER, _SIGNATURES).split(" ")
    offered = [part.removeprefix("v1,") for part in signatures if part.startswith("v1,")]
    if abs(now.timestamp() - int(timestamp)) > tolerance_seconds:
        raise InvalidSignature
    matched = False
    for secret in secrets:
        # The timestamp is signed as it was written: 0170… is not the same message as 170….
        expected = _digest(_key(secret), f"{message_id}.{timestamp}", body)
        for signature in offered:
            matched |= hmac.compare_digest(expected, signature)
    if not matched:
        raise InvalidSignature
    return message_id


def _header(headers: Mapping[str, str], name: str, grammar: re.Pattern[str]) -> str:
    value = headers.get(name)
    if not isinstance(value, str) or not grammar.fullmatch(value):
        raise InvalidSignature
    return value


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a webhook secret is whsec_ and base64") from None
    if not secret.startswith(_PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError("a webhook secret is whsec_ and the base64 of 24 to 64 bytes")
    return key


def _digest(key: bytes, prefix: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(key, prefix.encode() + b"." + body, hashlib.sha256)).decode()
