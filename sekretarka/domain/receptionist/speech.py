"""Times, prices and durations as a voice says them, cases right: "w najbliższy piątek o czternastej trzydzieści".

Every function is pure; the words themselves are texts (`speech.*`).
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from sekretarka.core.text.i18n import Language, format_money, plural, texts, translate

WEEK = 7


def when(lang: Language, moment: datetime, today: date) -> str:
    """A local time as said on `today`: `jutro o dziewiątej`, `we wtorek ósmego grudnia o dziewiątej trzydzieści`."""
    return f"{day(lang, moment.date(), today)} {clock(lang, moment.time())}"


def day(lang: Language, target: date, today: date) -> str:
    """A day as said on `today`: today, tomorrow, within a week the weekday, otherwise weekday and date."""
    ahead = (target - today).days
    if ahead in (0, 1):
        return translate(lang, ("speech.today", "speech.tomorrow")[ahead])
    if 1 < ahead < WEEK:
        return translate(lang, f"speech.nearest.{target.isoweekday()}")
    return translate(
        lang,
        "speech.date",
        weekday=translate(lang, f"speech.weekday.{target.isoweekday()}"),
        day=translate(lang, f"speech.day.{target.day}"),
        month=translate(lang, f"date.month.{target.month}"),
    )


def clock(lang: Language, moment: time) -> str:
    """A time of day, after "at": `o dziewiątej`, `o dziewiątej zero pięć`, `at nine thirty AM`."""
    form = "whole" if moment.minute == 0 else "early" if moment.minute < 10 else "full"
    text = translate(
        lang,
        f"speech.clock.{form}",
        hour=translate(lang, f"speech.hour.{moment.hour}"),
        minutes=number(lang, moment.minute),
    )
    half = "am" if moment.hour < 12 else "pm"
    return translate(lang, f"speech.at.{half}", clock=text)


def times(lang: Language, moments: Sequence[datetime], today: date) -> str:
    """A choice of one or more local times; a day is named once: `jutro o dziewiątej, o jedenastej albo w najbliższy
    piątek o ósmej`."""
    named: list[str] = []
    before: date | None = None
    for moment in moments:
        named.append(clock(lang, moment.time()) if moment.date() == before else when(lang, moment, today))
        before = moment.date()
    return either(lang, named)


def either(lang: Language, choices: Sequence[str]) -> str:
    """One or more choices: `pierwszy, drugi albo trzeci`."""
    if len(choices) == 1:
        return choices[0]
    return translate(lang, "speech.or", some=", ".join(choices[:-1]), last=choices[-1])


def price(lang: Language, amount: int, currency: str) -> str:
    """An amount in minor units (0 or more) in words: `sto dwadzieścia złotych`, `dwa złote pięćdziesiąt groszy`; in
    figures for a currency without words."""
    if f"speech.{currency}.one" not in texts(lang):
        return format_money(lang, amount, currency)  # the voice knows better how it is called
    whole, rest = divmod(amount, 100)
    if not rest:
        return _counted(lang, currency, whole)
    if not whole:
        return _counted(lang, f"{currency}.minor", rest)
    parts = {"whole": _counted(lang, currency, whole), "rest": _counted(lang, f"{currency}.minor", rest)}
    return translate(lang, "speech.money", **parts)


def duration(lang: Language, minutes: int) -> str:
    """Minutes in words: `godzinę i dwadzieścia dwie minuty`."""
    hours, rest = divmod(minutes, 60)
    if not rest and hours:
        return _counted(lang, "hours", hours, feminine=True)
    minutes_text = _counted(lang, "minutes", rest, feminine=True)
    if not hours:
        return minutes_text
    return translate(lang, "speech.duration", hours=_counted(lang, "hours", hours, feminine=True), minutes=minutes_text)


def number(lang: Language, value: int, *, feminine: bool = False) -> str:
    """A cardinal from 0 to below 10⁹: `dwadzieścia dwa`, of feminine things `dwadzieścia dwie`."""
    for key, size in (("million", 1_000_000), ("thousand", 1_000)):
        groups, rest = divmod(value, size)
        if groups:
            group = _counted(lang, key, groups)
            if not rest:
                return group
            return translate(lang, "speech.join.groups", group=group, rest=number(lang, rest, feminine=feminine))
    hundreds, rest = divmod(value, 100)
    if hundreds:
        hundreds_text = translate(lang, f"speech.number.{hundreds * 100}")
        if not rest:
            return hundreds_text
        below = _below_hundred(lang, rest, feminine=feminine)
        return translate(lang, "speech.join.hundreds", hundreds=hundreds_text, rest=below)
    return _below_hundred(lang, rest, feminine=feminine)


def _below_hundred(lang: Language, value: int, *, feminine: bool) -> str:
    tens, unit = (0, value) if value < 20 else divmod(value, 10)
    unit_text = translate(lang, "speech.number.two_feminine" if feminine and unit == 2 else f"speech.number.{unit}")
    if not tens:
        return unit_text
    round_tens = translate(lang, f"speech.number.{tens * 10}")
    return translate(lang, "speech.join.tens", tens=round_tens, unit=unit_text) if unit else round_tens


def _counted(lang: Language, unit: str, n: int, *, feminine: bool = False) -> str:
    """So many of something; Polish has three forms, English says the last for all but one."""
    form = plural(lang, n)
    form = "many" if form == "other" else form
    return translate(lang, f"speech.{unit}.{form}", number=number(lang, n, feminine=feminine))
