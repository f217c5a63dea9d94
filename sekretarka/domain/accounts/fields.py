"""E-mail and web addresses as users type them, checked once for every feature."""

import re
import unicodedata
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sekretarka.core.text import domains
from sekretarka.core.text.characters import is_invisible

_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_UNSAFE = re.compile(r"[<>\"\\^`{|}]")


def email_key(address: str) -> str:
    """The form in which two addresses are compared: trimmed, NFC, casefolded, the domain in letters (not `xn--…`)."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    with suppress(ValueError):
        domain = domains.to_unicode(domain)
    return unicodedata.normalize("NFC", f"{local}{at}{domain}".casefold())


def _email(value: str) -> str:
    local, _, typed = unicodedata.normalize("NFC", value).rpartition("@")
    try:
        domain = domains.to_unicode(typed)
    except ValueError:
        domain = ""
    address = f"{local}@{domain}"
    fits = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and len(address.encode("utf-8", "replace")) <= 254
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    if not fits or dots or any(map(is_invisible, value)):
        raise PydanticCustomError("invalid_email", "This is not a valid e-mail address")
    return address


def email_of(value: str) -> str | None:
    """The e-mail address that a text is, as it is stored; None when it is none."""
    try:
        return _email(value.strip())
    except PydanticCustomError:
        return None


def _web(value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    unsafe = _UNSAFE.search(value) or any(map(is_invisible, value))
    if unsafe or parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
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
