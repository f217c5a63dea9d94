"""Days and times as language models write them: `2026-12-1`, `4.12.2026 9:5`, `jutro o 9`, last year's December."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sekretarka.core.runtime import clock
from sekretarka.core.text.i18n import LANGUAGES, translate
from sekretarka.core.text.search_text import normalize
from sekretarka.domain.receptionist.said_values import INDIFFERENT

HALF_A_YEAR = 183  # days: a past date whose next anniversary is nearer than that was written with a wrong year
CENTURY = 2000
PREFIX = 3  # letters that tell months and weekdays apart, whatever their case

RELATIVE = {"dzis": 0, "dzisiaj": 0, "today": 0, "jutro": 1, "tomorrow": 1, "pojutrze": 2}
ANY_DAY = INDIFFERENT | {
    "anytime", "any day", "whenever", "asap", "as soon as possible", "earliest", "earliest available", "soonest",
    "dowolny dzien", "kiedykolwiek", "obojetnie kiedy", "jak najszybciej", "najszybciej", "najblizszy",
    "najblizszy termin", "najblizszy wolny termin", "pierwszy wolny termin",
}  # fmt: skip
FILLERS = frozenset(
    {"w", "we", "na", "on", "this", "najblizszy", "najblizsza", "najblizsze", "dnia", "the", "of", "r", "roku"}
)
MONTHS = {
    normalize(translate(lang, f"date.month.{month}"))[:PREFIX]: month for lang in LANGUAGES for month in range(1, 13)
}
WEEKDAYS = {
    normalize(translate(lang, f"date.weekday.{weekday}"))[:PREFIX]: weekday
    for lang in LANGUAGES
    for weekday in range(1, 8)
}

# A minus is an offset only after seconds, as machines write it; `9:00-10:00` is from then until then.
_TIME = (
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{1,2}))?(?P<seconds>:\d{1,2}(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"(?:\s*(?P<offset>z|\+\d{2}(?::?\d{2})?|(?(seconds)-\d{2}:?\d{2}|(?!)))(?:\[[\w/]+\])?"
    r"|\s*-\s*\d{1,2}[:.]\d{2})?"
)
_BEFORE = r"(?:o |at |godz\.? ?|godzina |godzinie )*"
_CLOCK = re.compile(rf"(?:t|{_BEFORE}){_TIME}")
_DAY_AND_CLOCK = re.compile(rf"(?P<day>.*?\w\.?)(?:t|[\s,]+{_BEFORE}){_TIME}")
_CLOCK_AND_DAY = re.compile(rf"{_BEFORE}{_TIME}[\s,]+(?P<day>\w.*)")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-./ ](?P<month>\d{1,2})[-./ ](?P<day>\d{1,2})")
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[-./ ](?P<month>\d{1,2})(?:[-./ ](?P<year>\d{4}|\d{2}))?\.?")
_DAY_AND_WORD = re.compile(r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?\s+(?P<word>[a-z]+)(?:\s+(?P<year>\d{4}))?")
_WORD_AND_DAY = re.compile(r"(?P<word>[a-z]+)\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s+(?P<year>\d{4}))?")


@dataclass(frozen=True, slots=True)
class SaidTime:
    """What a text says of a time, to the minute; None: nothing. `offset` as written, empty for the clock there."""

    day: date | None = None
    at: time | None = None
    offset: str = ""

    def written(self, day: date) -> str:
        """RFC 3339 on that day, without an offset where none was said."""
        return f"{datetime.combine(day, self.at or time()).isoformat()}{self.offset}"


def read(text: str, today: date) -> SaidTime:
    """The day and the time of day that a text says; a day that is past in the year that is meant (see `_in_year`)."""
    plain = " ".join(normalize(text).split())
    day = _day(plain, today)
    if day is not None:
        return SaidTime(day)
    match = _CLOCK.fullmatch(plain)
    if match:
        return SaidTime(None, *_clock(match))
    for pattern in (_DAY_AND_CLOCK, _CLOCK_AND_DAY):
        match = pattern.fullmatch(plain)
        day = _day(match["day"], today) if match else None
        if match and day:
            return SaidTime(day, *_clock(match))
    return SaidTime()  # a day that is not understood leaves the time of no other day


def means_any_day(text: str) -> bool:
    """Whether a text says that the day does not matter, or the sooner the better."""
    return normalize(text) in ANY_DAY


def read_day(text: str, today: date, timezone: str) -> date | None:
    """The local day that a text says; None when it says none. A time of day is passed over, unless it is one elsewhere:
    23:00 in London is the next day in Warsaw."""
    said = read(text, today)
    if said.day is None or not said.offset or not said.at or said.at == time():
        return said.day
    return clock.local_day(datetime.fromisoformat(said.written(said.day)), timezone)


def _clock(match: re.Match[str]) -> tuple[time | None, str]:
    hour, afternoon = int(match["hour"]), (match["half"] or "").startswith("p")
    if match["half"] and 1 <= hour <= 12:
        hour = hour % 12 + 12 * afternoon
    try:
        at = time(hour, int(match["minute"] or 0))
    except ValueError:
        return None, ""
    offset = (match["offset"] or "").upper()
    return at, f"{offset}:00" if len(offset) == len("+01") else offset


def _day(text: str, today: date) -> date | None:
    said = [word for word in text.replace(",", " ").split() if word.rstrip(".") not in FILLERS]
    if len(said) > 1 and said[0].isalpha() and said[0][:PREFIX] in WEEKDAYS:
        del said[0]  # the date beside it says more
    text = " ".join(said)
    if text in RELATIVE:
        return today + timedelta(days=RELATIVE[text])
    for pattern in (_YEAR_FIRST, _COMPACT, _DAY_FIRST, _DAY_AND_WORD, _WORD_AND_DAY):
        match = pattern.fullmatch(text)
        if match:
            return _dated(match.groupdict(), today)
    if text.isalpha() and text[:PREFIX] in WEEKDAYS:
        ahead = (WEEKDAYS[text[:PREFIX]] - today.isoweekday()) % 7
        return today + timedelta(days=ahead) if ahead else None  # today's, or in a week: who knows
    return None


def _dated(said: dict[str, str | None], today: date) -> date | None:
    month = MONTHS.get((said.get("word") or "")[:PREFIX]) or int(said.get("month") or 0)
    day, year = int(said["day"] or 0), int(said["year"] or today.year)
    if month > 12 and said["year"]:
        day, month = month, day
    try:
        return _in_year(date(year if year >= 100 else CENTURY + year, month, day), today)
    except ValueError:
        return None


def _in_year(day: date, today: date) -> date:
    """The day itself, or, where it is past, its next anniversary if that is near: models write the year that they were
    made in, and in December forget that January is next year's."""
    if day >= today:
        return day
    for year in (today.year, today.year + 1):
        try:
            anniversary = day.replace(year=year)
        except ValueError:  # 29 February
            continue
        if 0 <= (anniversary - today).days <= HALF_A_YEAR:
            return anniversary
    return day
