"""E-mail and web addresses as users type them, checked once for every feature."""

import re
import unicodedata
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]{1,64}")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def email_key(address: str) -> str:
    """The form in which two addresses are compared: trimmed, NFC, casefolded."""
    return unicodedata.normalize("NFC", address.strip()).casefold()


def _email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    fits = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and len(value.encode("utf-8", "replace")) <= 254
    if not fits or local[0] == "." or local[-1] == "." or ".." in local:
        raise PydanticCustomError("invalid_email", "This is not a valid e-mail address")
    return f"{local}@{domain.lower()}"


def _web(value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if _UNSAFE.search(value) or parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
        raise PydanticCustomError("invalid_url", "This is not a valid web address")
    return value


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


EmailAddress = Annotated[
    str, BeforeValidator(_trimmed), Field(max_length=320, examples=["iga@example.com"]), AfterValidator(_email)
]
WebUrl = Annotated[
    str,
    BeforeValidator(_trimmed),
    Field(max_length=2048, examples=["https://lawenda.example"]),
    AfterValidator(lambda value: _web(value, ("https", "http"))),
]
ImageUrl = Annotated[
    str,
    BeforeValidator(_trimmed),
    Field(max_length=2048, examples=["https://cdn.example/iga.png"]),
    AfterValidator(lambda value: _web(value, ("https",))),
]
