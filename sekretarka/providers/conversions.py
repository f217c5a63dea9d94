"""What a vendor means by a value of another type: numbers in text, times without offset or as numbers, words."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from sekretarka.core.text.characters import CONTROLS, DIRECTIONS, is_blank

NUMBER = re.compile(r"[+-]?\d{1,30}(?:[.,]\d{1,30})?", re.ASCII)
CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})", re.ASCII)
SECONDS = re.compile(rf"({NUMBER.pattern})\s*(?:s|secs?|seconds?)\.?", re.ASCII | re.IGNORECASE)
OFFSET = re.compile(r"\s*(?:([+-]\d{2}:?\d{2})|UTC|GMT)$", re.ASCII)
JAVASCRIPT_OFFSET = re.compile(r"GMT(?=[+-]\d{4})|\(.*\)$", re.ASCII)  # `GMT+0100 (CET)`
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
YES, NO = ("true", "yes", "1"), ("false", "no", "0")
_DURATION = TypeAdapter(timedelta)
# Seconds, milliseconds, microseconds and nanoseconds since 1970 are told apart by their size, from 2001 on.
EPOCHS = {10**9: 1, 10**12: 10**3, 10**15: 10**6, 10**18: 10**9}


class Oddity(StrEnum):
    """What was odd about a field; of `unreadable` and `missing` ones nothing could be kept."""

    UNREADABLE = "unreadable"
    MISSING = "missing"
    GUESSED = "guessed"
    CONVERTED = "converted"
    ROUNDED = "rounded"
    NO_OFFSET = "no_offset"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    CLEANED = "cleaned"


Read = tuple[Any, tuple[Oddity, ...]]


def clean(value: str) -> str:
    """A vendor's text without direction overrides; control characters but tab and newline become spaces, what is no
    Unicode `?`."""
    if value.isprintable():
        return value
    text = CONTROLS.sub(" ", DIRECTIONS.sub("", value.replace("\r", "")))
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class TruncatedStr:
    """`Annotated[str, TruncatedStr(120)]`: a vendor's text, cleaned, trimmed and cut to 120 characters, not rejected;
    empty when nothing of it can be seen."""

    maximum: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._cut, core_schema.str_schema())

    def _cut(self, value: str) -> str:
        text = clean(value).strip()[: self.maximum]
        return "" if is_blank(text) else text


def to_type(kind: type, marks: Sequence[Any]) -> Callable[[Any], Read]:
    """What reads a value as this type; `TypeError` for a type that nothing here reads. It raises `ValueError`,
    `TypeError` or `OverflowError` for a value that is none."""
    if kind is str:
        return partial(_text, longest=next((mark.maximum for mark in marks if isinstance(mark, TruncatedStr)), None))
    if issubclass(kind, Enum):
        return one_of(list(kind))
    return TYPES[kind]


def one_of(options: Sequence[Any]) -> Callable[[Any], Read]:
    """What reads one of these words, whatever its case, spaces and dashes."""
    exact = {str(option): option for option in options}
    by_word = {word(str(option)): option for option in options}

    def read(raw: Any) -> Read:
        if isinstance(raw, str) and raw in exact:
            return exact[raw], ()
        return by_word[word(raw)], (Oddity.CONVERTED,)

    return read


def word(raw: str) -> str:
    """A word to compare: `No-Answer`, `no_answer` and `noAnswer` are `noanswer`."""
    return "".join(character for character in raw.casefold() if character.isalnum())


def seconds(raw: str) -> float:
    """Seconds in `63s`, `1:03`, `00:01:03` or `PT1M3S`; `ValueError` for anything else."""
    text = raw.strip()
    spoken = CLOCK.fullmatch(text)
    if spoken:
        hours, minutes, rest = (int(part or 0) for part in spoken.groups())
        return hours * 3_600 + minutes * 60 + rest
    counted = SECONDS.fullmatch(text)
    return float(counted[1].replace(",", ".")) if counted else _DURATION.validate_python(text).total_seconds()


def _number(raw: Any) -> tuple[int | float, tuple[Oddity, ...]]:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise TypeError
    if isinstance(raw, str):
        if not NUMBER.fullmatch(raw.strip()):
            raise ValueError
        text = raw.strip().replace(",", ".")
        return float(text) if "." in text else int(text), (Oddity.CONVERTED,)
    if isinstance(raw, float) and not math.isfinite(raw):
        raise ValueError
    return raw, ()


def _whole(raw: Any) -> Read:
    number, oddities = _number(raw)
    if isinstance(number, int) or number.is_integer():
        return int(number), oddities
    return math.floor(number + 0.5), (*oddities, Oddity.ROUNDED)


def _text(raw: Any, longest: int | None) -> Read:
    if isinstance(raw, str):
        cleaned = clean(raw)
        oddities: tuple[Oddity, ...] = ()
        if UNKNOWN in raw or (cleaned != raw and cleaned != raw.replace("\r", "")):
            oddities += (Oddity.CLEANED,)
        if longest is not None and len(cleaned.strip()) > longest:
            oddities += (Oddity.TOO_LONG,)
        return cleaned, oddities
    number, _ = _number(raw)
    return str(int(number) if isinstance(number, float) and number.is_integer() else number), (Oddity.CONVERTED,)


def _yes(raw: Any) -> Read:
    if isinstance(raw, bool):
        return raw, ()
    answer = str(raw).strip().lower()
    if answer not in YES + NO:
        raise ValueError
    return answer in YES, (Oddity.CONVERTED,)


def _uuid(raw: Any) -> Read:
    return raw if isinstance(raw, UUID) else UUID(raw), ()


def _instant(raw: Any) -> Read:
    """RFC 3339 and what is close to it, the form of e-mails, or seconds since 1970; without offset UTC is meant."""
    if isinstance(raw, str) and not NUMBER.fullmatch(raw.strip()):
        moment, oddities = _written(raw.strip())
    elif isinstance(raw, datetime):
        moment, oddities = raw, ()
    else:
        number, _ = _number(raw)
        units = [unit for least, unit in EPOCHS.items() if least <= number < least * 10]
        if not units:
            raise ValueError
        moment, oddities = datetime.fromtimestamp(number / units[0], UTC), (Oddity.CONVERTED,)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC), (*oddities, Oddity.NO_OFFSET)
    return moment.astimezone(UTC), oddities


def _written(text: str) -> tuple[datetime, tuple[Oddity, ...]]:
    if ":" not in text:
        raise ValueError  # a day alone is no instant
    try:
        return datetime.fromisoformat(text.upper()), ()
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(OFFSET.sub(lambda found: found[1] or "+00:00", text.upper()))
    except ValueError:
        moment = parsedate_to_datetime(JAVASCRIPT_OFFSET.sub("", text).strip())
    return moment, (Oddity.CONVERTED,)


TYPES: dict[type, Callable[[Any], Read]] = {
    int: _whole,
    float: _number,
    bool: _yes,
    UUID: _uuid,
    AwareDatetime: _instant,
}
