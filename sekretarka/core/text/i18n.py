"""The words of the product in both languages, with Polish plurals, dates and money."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

Language = Literal["pl", "en"]
Text = str | dict[str, str]

LANGUAGES: tuple[Language, ...] = ("pl", "en")
DEFAULT_LANGUAGE: Language = "pl"
NBSP = "\u00a0"
_FOLDER = Path(__file__).parents[2] / "locales"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SYMBOLS = {"pln": "zł", "eur": "€", "usd": "$", "gbp": "£"}


def language(value: object) -> Language:
    """`en` for "en", `DEFAULT_LANGUAGE` for everything else."""
    return "en" if value == "en" else DEFAULT_LANGUAGE


@cache
def texts(lang: Language) -> Mapping[str, Text]:
    """All texts of one language by key; a text with plural forms is a dict of `one`, `few`, `many`, `other`."""
    return cast(Mapping[str, Text], json.loads((_FOLDER / f"{lang}.json").read_text(encoding="utf-8")))


def under(prefix: str) -> list[str]:
    """What follows the prefix in every key that begins with it."""
    return [key.removeprefix(prefix) for key in texts(DEFAULT_LANGUAGE) if key.startswith(prefix)]


def plural(lang: Language, n: float) -> str:
    """The plural category of a number: one, few, many or other, as CLDR has it for Polish and English."""
    if lang == "en":
        return "one" if n == 1 else "other"
    if n != int(n):
        return "other"
    n = abs(int(n))
    if n == 1:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


def translate(lang: Language, key: str, **values: Any) -> str:
    """The text of a key with `{name}` replaced by the value; the value `n` chooses the plural form.
    `KeyError` for an unknown key, or when a text with plural forms gets no `n`.
    """
    text = texts(lang)[key]
    if isinstance(text, dict):
        text = text.get(plural(lang, values["n"])) or text["many" if lang == "pl" else "other"]
    formatted = {name: format_number(lang, value) if name == "n" else str(value) for name, value in values.items()}
    return _PLACEHOLDER.sub(lambda match: formatted.get(match[1], match[0]), text)


def format_number(lang: Language, value: float, digits: int = 0) -> str:
    """`1 234,5` in Polish (grouped from 10 000 on), `1,234.5` in English; `digits` decimals."""
    text = f"{value:,.{digits}f}"
    if lang == "en":
        return text
    text = text.replace(",", " ").replace(".", ",").replace(" ", NBSP)
    return text.replace(NBSP, "") if abs(value) < 10_000 else text


def format_money(lang: Language, amount: int, currency: str) -> str:
    """An amount of minor units (hundredths) of an ISO 4217 currency: 12000 is `120,00 zł`, in English `PLN 120.00`."""
    symbol = _SYMBOLS.get(currency.lower(), currency.upper())
    number = format_number(lang, amount / 100, 2)
    if lang == "pl":
        return f"{number}{NBSP}{symbol}"
    return f"{currency.upper()}{NBSP}{number}" if len(symbol) > 1 else f"{symbol}{number}"


def local(moment: datetime, zone: str) -> datetime:
    """An instant in an IANA zone; naive values are UTC. `ZoneInfoNotFoundError` when there is no such zone."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone))


def format_date(lang: Language, day: date) -> str:
    """`22 listopada 2026` or `22 November 2026`."""
    return f"{day.day} {translate(lang, f'date.month.{day.month}')} {day.year}"


def format_time(moment: datetime, zone: str) -> str:
    """`14:05`, by the 24-hour clock in both languages, in an IANA zone."""
    return local(moment, zone).strftime("%H:%M")


def format_datetime(lang: Language, moment: datetime, zone: str) -> str:
    """`22 listopada 2026, 14:05` in an IANA zone."""
    return f"{format_date(lang, local(moment, zone).date())}, {format_time(moment, zone)}"
