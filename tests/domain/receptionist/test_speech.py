"""Spoken times, prices and durations: tables checked by hand, and promises over everything that can be said."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekretarka.core.text.i18n import LANGUAGES, Language
from sekretarka.domain.receptionist import speech

SUNDAY = date(2026, 11, 22)
LANGUAGE = st.sampled_from(LANGUAGES)


@pytest.mark.parametrize(
    ("moment", "polish", "english"),
    [
        ("2026-11-22 18:00", "dzisiaj o osiemnastej", "today at six PM"),
        ("2026-11-23 09:00", "jutro o dziewiątej", "tomorrow at nine AM"),
        ("2026-11-24 08:15", "w najbliższy wtorek o ósmej piętnaście", "this coming Tuesday at eight fifteen AM"),
        ("2026-11-25 12:45", "w najbliższą środę o dwunastej czterdzieści pięć", None),
        ("2026-11-26 00:00", "w najbliższy czwartek o zerowej", "this coming Thursday at twelve AM"),
        ("2026-11-27 14:30", "w najbliższy piątek o czternastej trzydzieści", None),
        (
            "2026-11-28 11:05",
            "w najbliższą sobotę o jedenastej zero pięć",
            "this coming Saturday at eleven oh five AM",
        ),
        ("2026-11-29 10:00", "w niedzielę dwudziestego dziewiątego listopada o dziesiątej", None),
        ("2026-11-30 20:20", "w poniedziałek trzydziestego listopada o dwudziestej dwadzieścia", None),
        ("2026-12-08 09:00", "we wtorek ósmego grudnia o dziewiątej", "on Tuesday the eighth of December at nine AM"),
        (
            "2026-12-31 23:59",
            "w czwartek trzydziestego pierwszego grudnia o dwudziestej trzeciej pięćdziesiąt dziewięć",
            None,
        ),
        ("2027-01-02 21:01", "w sobotę drugiego stycznia o dwudziestej pierwszej zero jeden", None),
        ("2027-05-03 22:10", "w poniedziałek trzeciego maja o dwudziestej drugiej dziesięć", None),
    ],
)
def test_times(moment: str, polish: str, english: str | None) -> None:
    at = datetime.fromisoformat(moment)
    assert speech.when("pl", at, SUNDAY) == polish
    assert english is None or speech.when("en", at, SUNDAY) == english


@pytest.mark.parametrize(
    ("amount", "currency", "polish", "english"),
    [
        (0, "pln", "zero złotych", "zero zlotys"),
        (1, "pln", "jeden grosz", "one grosz"),
        (100, "pln", "jeden złoty", "one zloty"),
        (250, "pln", "dwa złote pięćdziesiąt groszy", "two zlotys and fifty groszes"),
        (500, "pln", "pięć złotych", "five zlotys"),
        (1_299, "pln", "dwanaście złotych dziewięćdziesiąt dziewięć groszy", None),
        (2_100, "pln", "dwadzieścia jeden złotych", "twenty-one zlotys"),
        (2_204, "pln", "dwadzieścia dwa złote cztery grosze", None),
        (11_200, "pln", "sto dwanaście złotych", "one hundred and twelve zlotys"),
        (12_000, "pln", "sto dwadzieścia złotych", "one hundred and twenty zlotys"),
        (100_000, "pln", "tysiąc złotych", "one thousand zlotys"),
        (234_300, "pln", "dwa tysiące trzysta czterdzieści trzy złote", None),
        (1_500_000, "pln", "piętnaście tysięcy złotych", None),
        (100_000_000, "pln", "milion złotych", "one million zlotys"),
        (300, "eur", "trzy euro", "three euros"),
        (202, "usd", "dwa dolary dwa centy", "two dollars and two cents"),
        (501, "gbp", "pięć funtów jeden pens", "five pounds and one penny"),
    ],
)
def test_prices(amount: int, currency: str, polish: str, english: str | None) -> None:
    assert speech.price("pl", amount, currency) == polish
    assert english is None or speech.price("en", amount, currency) == english


@pytest.mark.parametrize(
    ("minutes", "polish", "english"),
    [
        (1, "minutę", "one minute"),
        (2, "dwie minuty", "two minutes"),
        (12, "dwanaście minut", "twelve minutes"),
        (15, "piętnaście minut", "fifteen minutes"),
        (21, "dwadzieścia jeden minut", "twenty-one minutes"),
        (22, "dwadzieścia dwie minuty", "twenty-two minutes"),
        (45, "czterdzieści pięć minut", "forty-five minutes"),
        (60, "godzinę", "one hour"),
        (90, "godzinę i trzydzieści minut", "one hour and thirty minutes"),
        (120, "dwie godziny", "two hours"),
        (300, "pięć godzin", "five hours"),
        (1_342, "dwadzieścia dwie godziny i dwadzieścia dwie minuty", None),
    ],
)
def test_durations(minutes: int, polish: str, english: str | None) -> None:
    assert speech.duration("pl", minutes) == polish
    assert english is None or speech.duration("en", minutes) == english


def test_unknown_currency_is_formatted_not_spelled() -> None:
    assert speech.price("pl", 12_050, "chf") == "120,50\xa0CHF"


def test_a_choice_names_each_day_once() -> None:
    moments = list(map(datetime.fromisoformat, ("2026-11-23 09:00", "2026-11-23 11:30", "2026-11-27 08:00")))
    text = speech.times("pl", moments, SUNDAY)
    assert text == "jutro o dziewiątej, o jedenastej trzydzieści albo w najbliższy piątek o ósmej"
    assert speech.times("en", moments[:2], SUNDAY) == "tomorrow at nine AM or at eleven thirty AM"
    assert speech.times("pl", moments[:1], SUNDAY) == "jutro o dziewiątej"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_minute_of_a_day_is_said_differently(lang: Language) -> None:
    texts = [speech.clock(lang, time(hour, minute)) for hour in range(24) for minute in range(60)]
    assert len(set(texts)) == 24 * 60
    assert all(only_words(text) for text in texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_day_of_a_year_is_said_differently(lang: Language) -> None:
    texts = [speech.day(lang, SUNDAY + timedelta(days=n), SUNDAY) for n in range(365)]
    assert len(set(texts)) == 365
    assert all(only_words(text) for text in texts)
    assert not any(re.search(r"\bw wtorek\b|\bwe (?!wtorek)", text) for text in texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_up_to_ten_thousand_are_said_differently(lang: Language) -> None:
    assert len({speech.number(lang, n) for n in range(10_001)}) == 10_001


@given(LANGUAGE, st.integers(0, 2**31 - 1), st.sampled_from(["pln", "eur", "usd", "gbp"]))
def test_every_price_is_words_only(lang: Language, amount: int, currency: str) -> None:
    assert only_words(speech.price(lang, amount, currency))


@given(st.integers(0, 10**7))
def test_the_last_digits_choose_the_form_of_zloty(zlotys: int) -> None:
    last = speech.price("pl", zlotys * 100, "pln").split()[-1]
    few = zlotys % 10 in (2, 3, 4) and zlotys % 100 not in (12, 13, 14)
    assert last == ("złoty" if zlotys == 1 else "złote" if few else "złotych")


@given(LANGUAGE, st.integers(1, 24 * 60))
def test_every_duration_is_words_only(lang: Language, minutes: int) -> None:
    assert only_words(speech.duration(lang, minutes))


def only_words(text: str) -> bool:
    """Nothing but words with single spaces: no digits, no gaps, no placeholders."""
    return re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)*", text) is not None
