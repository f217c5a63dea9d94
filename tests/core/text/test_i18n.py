"""Polish and English as people write them: plurals, numbers, money, the organization's clock."""

from datetime import UTC, date, datetime

import pytest

from sekretarka.core.text.i18n import (
    format_date,
    format_datetime,
    format_money,
    format_number,
    format_time,
    language,
    plural,
    translate,
)


@pytest.mark.parametrize(
    ("n", "form"),
    [
        *((0, "many"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (11, "many"), (12, "many"), (14, "many")),
        *((21, "many"), (22, "few"), (24, "few"), (25, "many"), (101, "many"), (102, "few"), (112, "many")),
        (1.5, "other"),
    ],
)
def test_polish_has_three_forms(n: float, form: str) -> None:
    assert plural("pl", n) == form


@pytest.mark.parametrize(("n", "form"), [(0, "other"), (1, "one"), (2, "other"), (11, "other")])
def test_english_has_two_forms(n: int, form: str) -> None:
    assert plural("en", n) == form


def test_a_text_takes_its_plural_form_and_its_values() -> None:
    assert translate("pl", "shell.live", n=1) == "1 rozmowa"
    assert translate("pl", "shell.live", n=3) == "3 rozmowy"
    assert translate("pl", "shell.live", n=12) == "12 rozmów"
    assert translate("en", "shell.live", n=1) == "1 live call"
    assert translate("en", "shell.live", n=12) == "12 live calls"
    assert translate("pl", "overview.call_back_to", name="Iga {n}", n=3) == "Oddzwoń: Iga {n}"


def test_an_unknown_key_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(KeyError):
        translate("pl", "no.such.key")


@pytest.mark.parametrize("cookie", [None, "", "de", "EN", "en; DROP", 7])
def test_whatever_a_cookie_says_becomes_a_language_we_have(cookie: object) -> None:
    assert language(cookie) == "pl"
    assert language("en") == "en"


def test_numbers_and_money() -> None:
    assert format_number("pl", 1234.5, 1) == "1234,5"
    assert format_number("pl", 12345) == "12\u00a0345"
    assert format_number("en", 12345.6, 1) == "12,345.6"
    assert format_money("pl", 12000, "pln") == "120,00\u00a0zł"
    assert format_money("pl", 1234567, "pln") == "12\u00a0345,67\u00a0zł"
    assert format_money("en", 12000, "pln") == "PLN\u00a0120.00"
    assert format_money("en", 12000, "gbp") == "£120.00"


def test_times_are_on_the_organizations_clock_also_around_the_change_of_hour() -> None:
    winter, summer = datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert format_time(winter, "Europe/Warsaw") == "02:30"
    assert format_time(summer, "Europe/Warsaw") == "02:30"
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert format_datetime("pl", late, "Europe/Warsaw") == "23 listopada 2026, 00:30"
    assert format_datetime("en", late, "America/New_York") == "22 November 2026, 18:30"
    assert format_date("pl", date(2026, 11, 22)) == "22 listopada 2026"
