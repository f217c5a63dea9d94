"""Phone numbers: E.164 for storage, readable for people; withheld and odd callers are kept as text."""

import re
from contextvars import ContextVar
from typing import Annotated, Any

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class InvalidPhone(ValueError):
    """The text is no valid number of any country."""


# Where numbers without a country are from: the country of the business whose work is done just now.
DEFAULT_REGION = "PL"
default_region: ContextVar[str] = ContextVar("home", default=DEFAULT_REGION)


def normalise(value: str) -> str:
    """E.164 of a number as people write it; national numbers are of `default_region`. Raises `InvalidPhone`,
    for numbers with an extension, too."""
    try:
        number = phonenumbers.parse(value, default_region.get())
    except phonenumbers.NumberParseException:
        raise InvalidPhone from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise InvalidPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_caller(value: str | None) -> tuple[str | None, str | None]:
    """`(E.164, raw)` of an inbound caller: the first is None when it is no valid number. `raw` is what came,
    without invisible characters and cut to 64; both are None for an empty value."""
    if not value:
        return None, None
    raw = _UNSEEN.sub("", value)[:64]
    try:
        return normalise(value), raw
    except InvalidPhone:
        return None, raw or None


def format_national(value: str) -> str:
    """National form for a number of `default_region`, else international; what is no number is returned as it is."""
    try:
        number = phonenumbers.parse(value, default_region.get())
    except phonenumbers.NumberParseException:
        return value
    at_home = phonenumbers.region_code_for_number(number) == default_region.get()
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _checked(value: str) -> str:
    try:
        return normalise(value)
    except InvalidPhone:
        raise PydanticCustomError("invalid_phone", "This is not a valid phone number") from None


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


Phone = Annotated[
    str, BeforeValidator(_text), Field(max_length=64, examples=["+48601000111"]), AfterValidator(_checked)
]
