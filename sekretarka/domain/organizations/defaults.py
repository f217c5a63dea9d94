"""Settings of a new organization (product.md#organizations)."""

from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def business_hours() -> dict[str, Any]:
    """Monday to Friday 9 to 17, by weekday: `{"mon": [{"open": "09:00", "close": "17:00"}], …, "sun": []}`."""
    return {day: [{"open": "09:00", "close": "17:00"}] if day in DAYS[:5] else [] for day in DAYS}


def booking() -> dict[str, Any]:
    """The rules of booking: `slotMinutes` 15, `minimumNoticeMinutes` 120, `maximumAdvanceDays` 60, `holdMinutes` 5."""
    return {"slotMinutes": 15, "minimumNoticeMinutes": 120, "maximumAdvanceDays": 60, "holdMinutes": 5}


def messaging() -> dict[str, Any]:
    """The rules of messages to clients: nothing from 21 to 8 o'clock, `dailyLimit` 500 in all and `dailyLimitPerNumber`
    10, only to `countries` (none: the organization's own), and a text back after a missed call."""
    return {
        "quietFrom": "21:00",
        "quietTo": "08:00",
        "dailyLimit": 500,
        "dailyLimitPerNumber": 10,
        "countries": [],
        "textBack": True,
    }


def escalation() -> dict[str, Any]:
    """Whom urgent calls are told to: `userIds`, one after another, each `minutes` after the one before. Nobody until
    somebody is chosen."""
    return {"userIds": [], "minutes": 5}
