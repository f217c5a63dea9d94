"""Random tokens, digests and encrypted values; thin names over `secrets`, `hashlib` and `cryptography`."""

import base64
import hashlib
import hmac
import secrets
import zlib
from contextlib import suppress
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from pydantic import SecretStr

from sekretarka.core.runtime.settings import settings

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NONCE_BYTES = 12


def random_token(size: int = 32) -> str:
    """`size` random bytes as `2 * size` lower-case hex digits."""
    return secrets.token_hex(size)


def sha256_hex(value: str) -> str:
    """SHA-256 in hex: enough for values that are themselves 256 random bits, never for passwords."""
    return hashlib.sha256(value.encode()).hexdigest()


def hmac_hex(purpose: str, value: str) -> str:
    """HMAC-SHA256 in hex with the application's secret; `purpose` keeps uses apart."""
    return _hmac_hex(_key("mac"), purpose, value)


def is_hmac_hex(purpose: str, value: str, mac: str) -> bool:
    """Whether `mac` is what `hmac_hex` gives, or gave under PREVIOUS_SECRET_KEY; in constant time."""
    secrets_known = filter(None, (settings.secret_key, settings.previous_secret_key))
    return any(equal(_hmac_hex(_derived("mac", secret), purpose, value), mac) for secret in secrets_known)


def equal(left: str, right: str) -> bool:
    """Whether two texts are equal, compared in constant time."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def random_base62(length: int) -> str:
    """`length` random characters of `BASE62`."""
    return "".join(secrets.choice(BASE62) for _ in range(length))


def checksum(value: str) -> str:
    """CRC-32 in base 62, six characters: finds typing errors and lets scanners tell a real key from noise."""
    number, out = zlib.crc32(value.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        out = BASE62[digit] + out
    return out


def new_webhook_secret() -> str:
    """`whsec_` and 32 random bytes in base 64 (Standard Webhooks)."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def encrypt(value: str) -> str:
    """Encrypt a secret that we show or use later (AES-256-GCM, key from SECRET_KEY): base64 of nonce and ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(_key("seal")).encrypt(nonce, value.encode(), None)).decode()


def decrypt(sealed: str) -> str:
    """The value given to `encrypt`, also under PREVIOUS_SECRET_KEY; `InvalidTag` when it was altered or no key fits,
    `ValueError` when it is no base64."""
    raw = base64.b64decode(sealed)
    nonce, inside = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
    try:
        return AESGCM(_key("seal")).decrypt(nonce, inside, None).decode()
    except InvalidTag:
        if settings.previous_secret_key is None:
            raise
        return AESGCM(_derived("seal", settings.previous_secret_key)).decrypt(nonce, inside, None).decode()


def encrypt_stable(value: str, context: str) -> str:
    """Encrypt what a client keeps for us (AES-SIV, key from SECRET_KEY), as text for a URL. The same value in the same
    context is the same text, so that an answer with it stays the same."""
    key = _derived_twice("stable", settings.secret_key)
    return base64.urlsafe_b64encode(AESSIV(key).encrypt(value.encode(), [context.encode()])).rstrip(b"=").decode()


def decrypt_stable(text: str, context: str) -> str:
    """The value given to `encrypt_stable`, also under PREVIOUS_SECRET_KEY; `ValueError` for what we never made in this
    context."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    for secret in filter(None, (settings.secret_key, settings.previous_secret_key)):
        with suppress(InvalidTag):
            return AESSIV(_derived_twice("stable", secret)).decrypt(raw, [context.encode()]).decode()
    raise ValueError("not encrypted here")


def _derived_twice(use: str, secret: SecretStr) -> bytes:
    return _derived(use, secret) + _derived(f"{use}-2", secret)


def _hmac_hex(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()


def _key(use: str) -> bytes:
    return _derived(use, settings.secret_key)


@lru_cache
def _derived(use: str, secret: SecretStr) -> bytes:
    return hashlib.sha256(f"{use}|{secret.get_secret_value()}".encode()).digest()
