"""How Twilio signs its webhooks: the address it called and the form, or the hash of a body that is no form."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from sekretarka.core.errors import InvalidSignature
from sekretarka.providers.errors import InvalidPayload
from sekretarka.providers.ports import WebhookRequest
from sekretarka.providers.sms_http import form_fields

HEADER = "x-twilio-signature"
SETTINGS_HEADER = "x-twilio-webhooks-signature-settings"  # key=<its id>,algorithm=HMAC_SHA256
ALGORITHMS = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
PORTS = {"https": 443, "http": 80}


def sign(secret: str, url: str, fields: Iterable[tuple[str, str]], algorithm: str = "HMAC_SHA1") -> str:
    """The value of the header: each name with each of its values, once and sorted, after the address."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(secret.encode(), signed.encode(), ALGORITHMS[algorithm])).decode()


def verify(request: WebhookRequest, token: str, shared_key: str | None) -> None:
    """`InvalidSignature` unless the account's token signed it, or the shared key where the headers say so."""
    how = dict(part.strip().partition("=")[::2] for part in request.headers.get(SETTINGS_HEADER, "").split(","))
    algorithm = how.get("algorithm", "HMAC_SHA1").upper()
    secret = shared_key if how.get("key") else token
    if algorithm not in ALGORITHMS or not secret:
        raise InvalidSignature
    body_hash = parse_qs(urlsplit(request.url).query).get("bodySHA256")
    try:
        fields = [] if body_hash else form_fields(request.body)
    except InvalidPayload:
        raise InvalidSignature from None
    if body_hash and not hmac.compare_digest(hashlib.sha256(request.body).hexdigest(), body_hash[0]):
        raise InvalidSignature
    given = request.headers.get(HEADER, "").encode()
    expected = [sign(secret, url, fields, algorithm).encode() for url in _with_and_without_port(request.url)]
    if not any(hmac.compare_digest(given, signature) for signature in expected):
        raise InvalidSignature


def _with_and_without_port(url: str) -> tuple[str, str]:
    """Twilio signs sometimes the one and sometimes the other."""
    parts = urlsplit(url)
    host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
    port = parts.port or PORTS[parts.scheme]
    before, after = url.split(parts.netloc, 1)
    return f"{before}{host}{after}", f"{before}{host}:{port}{after}"
