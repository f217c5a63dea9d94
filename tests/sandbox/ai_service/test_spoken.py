"""Polish days, dates and hours in the cases that sentences need."""

from datetime import date, datetime

import pytest

from sekretarka.sandbox.ai_service import demo_organization, spoken

FRIDAY = datetime(2026, 11, 27, tzinfo=demo_organization.ZONE)


@pytest.mark.parametrize(
    ("hour", "minute", "nominative", "at", "towards", "english"),
    [
        (14, 30, "czternasta trzydzieści", "o czternastej trzydzieści", "na czternastą trzydzieści", "2:30 pm"),
        (9, 0, "dziewiąta", "o dziewiątej", "na dziewiątą", "9 am"),
        (12, 15, "dwunasta piętnaście", "o dwunastej piętnaście", "na dwunastą piętnaście", "12:15 pm"),
    ],
)
def test_hours(hour: int, minute: int, nominative: str, at: str, towards: str, english: str) -> None:
    moment = FRIDAY.replace(hour=hour, minute=minute)
    assert spoken.hour(moment) == nominative
    assert spoken.at_hour(moment) == at
    assert spoken.for_hour(moment) == towards
    assert spoken.english_hour(moment) == english


def test_dates() -> None:
    assert spoken.on_date(date(2026, 11, 27)) == "dwudziestego siódmego listopada"
    assert spoken.on_date(date(2026, 12, 1)) == "pierwszego grudnia"
    assert spoken.on_date(date(2026, 10, 31)) == "trzydziestego pierwszego października"
    tuesday = date(2026, 11, 24)
    assert (spoken.day_in(tuesday), spoken.day_on(tuesday), spoken.day_to(tuesday)) == (
        "we wtorek",
        "na wtorek",
        "wtorku",
    )
