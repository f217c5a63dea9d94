"""Phone numbers: E.164 for storage, readable for people; withheld and odd callers are kept as text."""

import re
from contextvars import ContextVar
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import unquote

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sekretarka.core.text import characters

_QUOTED = re.compile(r'"[^"]*"')
_ENCLOSED = re.compile(r"<([^<>]*)")
_SIP = re.compile(r"\bsips?\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_ALPHABETIC = re.compile(r"[^\W\d_]")
_CONTEXT = re.compile(r"phone-context=(\+\d+)", re.ASCII)
_LABEL = re.compile(r"^[^+\d]+")
_EXTENSION = re.compile(r"(?<=\d)\W*wew\w*\W*\d.*", re.IGNORECASE | re.DOTALL)
# Withheld callers as networks spell them on a keypad: 266696687 is ANONYMOUS; only with +48 it is a number of Warsaw.
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_WITHHELD = frozenset(
    word.translate(_KEYPAD)
    for word in ("anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld")
)


class InvalidPhone(ValueError):
    """The text is no valid number of any country."""


# Where numbers without a country are from: the country of the business whose work is done just now.
DEFAULT_REGION = "PL"
default_region: ContextVar[str] = ContextVar("home", default=DEFAULT_REGION)


def normalise(value: str) -> str:
    """E.164 of a number as people and telephone systems write it: `058 677 44 78`, `+48 (0) 58…`,
    `"Anna" <sip:+4858…@host;user=phone>`. National numbers are of `default_region`, extensions are dropped. Raises
    `InvalidPhone`.
    """
    text = _EXTENSION.sub("", _dialled(value))
    if re.sub(r"\D", "", text) in _WITHHELD:
        raise InvalidPhone
    number = _parse(text)
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # The trunk prefix 0, which people still write where it is gone, and between a country's code and the number.
    without_zero = phonenumbers.PhoneNumber(country_code=number.country_code, national_number=number.national_number)
    if number.number_of_leading_zeros is None and phonenumbers.is_valid_number(without_zero):
        return phonenumbers.format_number(without_zero, phonenumbers.PhoneNumberFormat.E164)
    if text.startswith("00"):  # where abroad is another prefix
        return normalise(f"+{text[2:]}")
    raise InvalidPhone


def _dialled(value: str) -> str:
    """What of an address is dialled: `+48601000219` of `"Anna" <sip:+48601000219;ext=5@host:5060>`. Raises
    `InvalidPhone` for the address of a person or machine."""
    visible = characters.visible(unquote(value))
    text = _QUOTED.sub("", visible).strip() or visible
    enclosed = _ENCLOSED.search(text)
    text = enclosed[1] if enclosed else text
    sip = _SIP.search(text)
    user, at, _ = (sip[1] if sip else text).partition("@")
    number, _, parameters = user.partition(";")
    if at or sip:
        number = number.partition(":")[0]
        if _ALPHABETIC.search(number) or (not at and _IPV4.fullmatch(number)):
            raise InvalidPhone
    context = _CONTEXT.search(parameters)
    number = _LABEL.sub("", number)
    return f"{context[1]}{number}" if context and not number.startswith("+") else number


def _parse(text: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(text, default_region.get())
    except phonenumbers.NumberParseException:
        raise InvalidPhone from None


def parse_caller(value: str | None) -> tuple[str | None, str | None]:
    """`(E.164, raw)` of an inbound caller: the first is None when it is no valid number. `raw` is what came,
    without invisible characters and cut to 64; both are None for an empty value."""
    raw = characters.visible(value or "").strip()[:64] or None
    try:
        return normalise(value or ""), raw
    except InvalidPhone:
        return None, raw


def format_national(value: str) -> str:
    """National form for a number of `default_region`, else international; what is no number is returned as it is."""
    try:
        number = phonenumbers.parse(value, default_region.get())
    except phonenumbers.NumberParseException:
        return value
    at_home = phonenumbers.region_code_for_number(number) == default_region.get()
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


class LineKind(StrEnum):
    """What answers at a number: `special` ones cost more, or nothing, and are nobody's telephone."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SPECIAL = "special"


_KINDS = {
    phonenumbers.PhoneNumberType.MOBILE: LineKind.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: LineKind.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE: LineKind.LANDLINE,
    phonenumbers.PhoneNumberType.VOIP: LineKind.LANDLINE,
}


def line_of(number: str) -> tuple[LineKind, str]:
    """What a valid number (E.164) is, and its country as ISO 3166 has it; `ZZ` for a number of no country."""
    parsed = phonenumbers.parse(number)
    kind = _KINDS.get(phonenumbers.number_type(parsed), LineKind.SPECIAL)
    return kind, phonenumbers.region_code_for_number(parsed) or "ZZ"


def _checked(value: str) -> str:
    try:
        return normalise(value)
    except InvalidPhone:
        raise PydanticCustomError("invalid_phone", "This is not a valid phone number") from None


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


Phone = Annotated[
    str, BeforeValidator(_text), Field(max_length=255, examples=["+48601000111"]), AfterValidator(_checked)
]
