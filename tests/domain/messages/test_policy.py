"""When a message may be sent, and to which numbers: rules that need no database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.messages import callbacks, policy
from sekretarka.domain.messages.models import Channel, Failure, Message, MessageKind
from sekretarka.domain.organizations import defaults
from sekretarka.domain.organizations.models import Organization

WARSAW = "Europe/Warsaw"


def local(text: str) -> datetime:
    """`2026-11-20 22:15` in Warsaw, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone(WARSAW)).astimezone(UTC)


def quiet(start: str, end: str) -> dict[str, Any]:
    return {**defaults.messaging(), "quietFrom": start, "quietTo": end}


@pytest.mark.parametrize(
    ("start", "end", "now", "until"),
    [
        ("21:00", "08:00", "2026-11-20 20:59", None),
        ("21:00", "08:00", "2026-11-20 21:00", "2026-11-21 08:00"),
        ("21:00", "08:00", "2026-11-21 07:59", "2026-11-21 08:00"),
        ("21:00", "08:00", "2026-11-21 08:00", None),
        ("13:00", "14:30", "2026-11-20 14:00", "2026-11-20 14:30"),
        ("13:00", "14:30", "2026-11-20 22:00", None),
        ("22:00", "24:00", "2026-11-20 23:00", "2026-11-21 00:00"),
        ("00:00", "00:00", "2026-11-20 03:00", None),
        # both nights of a clock change: eight o'clock is eight o'clock
        ("21:00", "08:00", "2026-10-24 23:00", "2026-10-25 08:00"),
        ("21:00", "08:00", "2027-03-27 23:00", "2027-03-28 08:00"),
        ("21:00", "02:30", "2027-03-27 23:00", "2027-03-28 03:30"),  # 2:30 does not exist that night
    ],
)
def test_quiet_hours_end_at_the_local_time(start: str, end: str, now: str, until: str | None) -> None:
    assert policy.is_quiet_until(quiet(start, end), WARSAW, local(now)) == (local(until) if until else None)


def test_quiet_hours_end_in_the_hour_that_is_there_twice() -> None:
    """At half past two for the second time, when it is ten past two for the second time."""
    now = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert policy.is_quiet_until(quiet("21:00", "02:30"), WARSAW, now) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


HOURS = st.integers(0, 23).map("{:02}:00".format)


@given(HOURS, HOURS, st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001 - local times
def test_quiet_hours_are_over_when_they_end(start: str, end: str, wall: datetime) -> None:
    now = wall.replace(tzinfo=clock.zone(WARSAW)).astimezone(UTC)
    until = policy.is_quiet_until(quiet(start, end), WARSAW, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=26)
        assert policy.is_quiet_until(quiet(start, end), WARSAW, until) is None


def night_message(**values: Any) -> Message:
    return Message.model_construct(None, **{"channel": Channel.SMS, "kind": MessageKind.SERVICE, **values})


@pytest.mark.parametrize(
    ("about", "values", "waits"),
    [
        (None, {}, True),
        ("2026-11-21 01:00", {}, False),  # within three hours
        ("2026-11-21 07:00", {}, False),  # before the morning
        ("2026-11-21 08:01", {}, True),
        ("2026-11-20 21:00", {}, True),  # over already
        ("2026-11-21 01:00", {"kind": MessageKind.COMMERCIAL}, True),
        (None, {"channel": Channel.EMAIL}, False),
        (None, {"kind": MessageKind.INTERNAL}, False),
    ],
)
def test_what_may_disturb_at_night(about: str | None, values: dict[str, Any], waits: bool) -> None:
    organization = Organization(name="Studio Lawenda")
    appointment = Appointment(scheduled_at=local(about)) if about else None  # type: ignore[call-arg]
    now = local("2026-11-20 22:15")
    until = policy.postponed_until(night_message(**values), appointment, organization, now)
    assert until == (local("2026-11-21 08:00") if waits else None)


@pytest.mark.parametrize(
    ("number", "countries", "refused"),
    [
        ("+48601000111", [], None),
        ("+48221000200", [], Failure.LANDLINE),
        ("+48700200100", [], Failure.BLOCKED),  # premium
        ("+48800100100", [], Failure.BLOCKED),  # free
        ("+447400123456", [], Failure.COUNTRY_NOT_ALLOWED),
        ("+447400123456", ["GB", "PL"], None),
        ("+48601000111", ["GB"], Failure.COUNTRY_NOT_ALLOWED),
        ("+12125550123", ["US"], None),  # where mobile numbers look like others
    ],
)
def test_sms_go_to_mobile_numbers_of_listed_countries(
    number: str, countries: list[str], refused: Failure | None
) -> None:
    organization = Organization(name="Studio Lawenda", messaging={**defaults.messaging(), "countries": countries})
    assert phone.normalise(number) == number
    assert policy.refusal_of_number(number, organization) == refused


@pytest.mark.parametrize(
    ("body", "is_out"),
    [
        *(
            (text, True)
            for text in ("STOP", " stop! ", "Stop.", "STOPSMS", "Rezygnuję", "wypisz", "anuluj zgodę", "ＳＴＯＰ")
        ),
        *((text, False) for text in ("START", "start", "Wznów")),
        *(
            (text, None)
            for text in ("NIE", "nie", "stop, ale tylko na chwilę", "TAK", "", "🙂", "start 10:00", "nie stop")
        ),
    ],
)
def test_stop_and_start_are_the_whole_text(body: str, is_out: bool | None) -> None:
    assert callbacks.opts_out(body) is is_out
