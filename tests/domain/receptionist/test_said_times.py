"""Days and times as models write them, read on Saturday 28 November 2026 in Warsaw."""

from datetime import date, time

import pytest

from sekretarka.domain.receptionist import said_times

TODAY = date(2026, 11, 28)
FRIDAY = date(2026, 12, 4)


@pytest.mark.parametrize(
    "text",
    ["2026-12-04", "2026-12-4", "2026-12-04T00:00:00", "2026-12-04T00:00:00Z", "2026-12-04T00:00:00.000Z",
     "2026-12-04T14:30:00", "2026-12-03T23:00:00Z", "2026-12-04 00:00:00+00:00", "4.12.2026", "04.12.2026", "4.12",
     "4/12/2026", "12/4", "2026/12/4", "2026.12.04", "20261204", "4.12.26", "4 grudnia", "4 grudnia 2026 r.",
     "piątek, 4 grudnia", "December 4th, 2026", "4th of December", "w piątek", "Friday", "2025-12-04",
     "2023-12-04T00:00:00Z", " 2026-12-04 "],
)  # fmt: skip
def test_days(text: str) -> None:
    expected = date(2027, 4, 12) if text == "12/4" else FRIDAY
    assert said_times.read_day(text, TODAY, "Europe/Warsaw") == expected


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("dzisiaj", TODAY),
        ("jutro", date(2026, 11, 29)),
        ("pojutrze", date(2026, 11, 30)),
        ("tomorrow", date(2026, 11, 29)),
        ("2026-01-05", date(2027, 1, 5)),
        ("5 stycznia", date(2027, 1, 5)),
        ("2026-11-27", date(2026, 11, 27)),
        ("2025-11-28", TODAY),
        ("2025-11-27", date(2025, 11, 27)),
        ("2024-02-29", date(2024, 2, 29)),
        ("12/24/2026", date(2026, 12, 24)),
    ],
)
def test_years_and_days_from_today(text: str, day: date) -> None:
    assert said_times.read_day(text, TODAY, "Europe/Warsaw") == day


@pytest.mark.parametrize("text", ["", "kiedyś", "9", "9:30", "2026-02-30", "13.13.2026", "sobota", "0.0.2026", "31.11"])
def test_no_day(text: str) -> None:
    assert said_times.read_day(text, TODAY, "Europe/Warsaw") is None


@pytest.mark.parametrize(
    ("text", "at", "offset"),
    [
        ("2026-12-4T9:5", time(9, 5), ""),
        ("2026-12-04 9", time(9), ""),
        ("2026-12-04T09:00", time(9), ""),
        ("2026-12-04T09:00:27", time(9), ""),
        ("2026-12-04T09:00:00.000Z", time(9), "Z"),
        ("2026-12-04T09:00:00+01:00", time(9), "+01:00"),
        ("2025-12-04T09:00:00 +01:00", time(9), "+01:00"),
        ("4.12.2026 9:30", time(9, 30), ""),
        ("4 grudnia o 9", time(9), ""),
        ("4 grudnia 2026, godz. 9.30", time(9, 30), ""),
        ("piątek 14:00", time(14), ""),
        ("December 4 at 2:30 PM", time(14, 30), ""),
        ("2026-12-04 12 am", time(0), ""),
        ("2026-12-04T09:00+01", time(9), "+01:00"),
        ("2026-12-04T09:00:00-05:00", time(9), "-05:00"),
        ("2026-12-04T09:00:00+01:00[Europe/Warsaw]", time(9), "+01:00"),
        ("2026-12-04 9:00-10:00", time(9), ""),
        ("4.12.2026 14.00 – 15.30", time(14), ""),
        ("2026-12-04 o godzinie 9", time(9), ""),
        ("o 9 w piątek", time(9), ""),
        ("9:30 dnia 4.12.2026", time(9, 30), ""),
        ("at 2:30 pm on 2026-12-04", time(14, 30), ""),
    ],
)
def test_moments(text: str, at: time, offset: str) -> None:
    assert said_times.read(text, TODAY) == said_times.SaidTime(FRIDAY, at, offset)


@pytest.mark.parametrize("text", ["9", "9:00", "09:00:00", "o 9", "9 am", "T09:00", "9:00-10:00"])
def test_time_of_day_alone(text: str) -> None:
    assert said_times.read(text, TODAY) == said_times.SaidTime(None, time(9))


@pytest.mark.parametrize(
    "text",
    ["w następny wtorek o 10", "za tydzień o 9", "2026-12-04T09:00/2026-12-04T10:00", "9:00 kiedyś", "2026-02-30 9:00"],
)
def test_the_time_of_a_day_that_is_not_understood_is_none(text: str) -> None:
    assert said_times.read(text, TODAY) == said_times.SaidTime()


@pytest.mark.parametrize("text", ["25:00", "2026-12-04T25:00", "9:61", "o dziewiątej", "T"])
def test_no_time_of_day(text: str) -> None:
    assert said_times.read(text, TODAY).at is None
