"""iCalendar as two other programs read it: the same instants, words that stay in their line, changes that count up."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from sekretarka.domain.appointments import ical
from sekretarka.domain.appointments.ical import CalendarEntry
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.appointments.scheduling import local_time

MADE = datetime(2026, 11, 1, 8, tzinfo=UTC)
HOSTILE = 'Anna, "Ania"; \\n\r\nEND:VEVENT\r\nATTENDEE:mailto:evil@example.com\u2028X:1\x85 zażółć 👩🏽‍🦰 ' + "ą" * 80
ZONES = ("Europe/Warsaw", "America/Sao_Paulo", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")


def appointment(
    start: datetime, status: Status = Status.SCHEDULED, version: int = 1, zone: str = "Europe/Warsaw"
) -> Appointment:
    return Appointment(
        id=UUID("01a20612-a641-75d4-b92e-9103e8b2ec35"),
        version=version,
        created_at=MADE,
        updated_at=MADE,
        organization_id=UUID(int=1),
        staff_id=UUID(int=2),
        service_id=UUID(int=3),
        scheduled_at=start,
        timezone=zone,
        ends_at=start + timedelta(minutes=60),
        busy_from=0,
        busy_to=60,
        price_amount=0,
        price_currency="pln",
        status=status,
    )


def read(content: bytes) -> tuple[Any, Any]:
    """The only appointment, by both parsers; lines are as long as they may be."""
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.replace(b"\r\n", b"").isascii() or b"\n" not in content.replace(b"\r\n", b"")
    getattr(vobject.icalendar, "__tzidMap").clear()
    calendar: Any = icalendar.Calendar.from_ical(content)
    other: Any = vobject.readOne(content.decode())
    [event], [same] = calendar.walk("VEVENT"), other.vevent_list
    return event, same


@settings(max_examples=60)
@given(
    minute=st.integers(local_time.minute_of(MADE), local_time.minute_of(MADE) + 5 * 365 * local_time.DAY),
    zone=st.sampled_from(ZONES),
)
def test_ical_instants_survive_every_zone(minute: int, zone: str) -> None:
    begins = local_time.instant_of(minute)
    event, other = read(ical.feed("Ewa", [CalendarEntry(appointment(begins, zone=zone), "Strzyżenie")]))
    assert event.start.astimezone(UTC) == begins
    assert event.end.astimezone(UTC) == begins + timedelta(minutes=60)
    assert other.dtstart.value.astimezone(UTC) == begins
    assert other.dtend.value.astimezone(UTC) == begins + timedelta(minutes=60)


@pytest.mark.parametrize(("hour", "offset"), [(0, 2), (1, 1)])
def test_the_hour_that_comes_twice(hour: int, offset: int) -> None:
    begins = datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
    event, other = read(ical.feed("Ewa", [CalendarEntry(appointment(begins), "Strzyżenie")]))
    assert event.start.astimezone(UTC) == other.dtstart.value.astimezone(UTC) == begins
    local = begins.astimezone(ZoneInfo("Europe/Warsaw"))
    assert (local.hour, local.utcoffset()) == (2, timedelta(hours=offset))


def test_ical_zone_lists_its_changes() -> None:
    begins = datetime(2027, 3, 27, 9, tzinfo=UTC)
    content = ical.feed("Ewa", [CalendarEntry(appointment(begins), "Strzyżenie")])
    assert b"DTSTART;TZID=Europe/Warsaw:20270327T100000\r\n" in content
    calendar: Any = icalendar.Calendar.from_ical(content)
    [zone] = calendar.walk("VTIMEZONE")
    _, summer, _ = zone.walk("DAYLIGHT")
    change = (summer["DTSTART"].dt.isoformat(), summer["TZOFFSETFROM"].td, summer["TZOFFSETTO"].td)
    assert change == ("2027-03-28T02:00:00", timedelta(hours=1), timedelta(hours=2))


@pytest.mark.parametrize(
    ("status", "expected_status", "transparency"),
    [
        (Status.SCHEDULED, "TENTATIVE", "OPAQUE"),
        (Status.CONFIRMED, "CONFIRMED", "OPAQUE"),
        (Status.COMPLETED, "CONFIRMED", "TRANSPARENT"),
        (Status.NO_SHOW, "CONFIRMED", "TRANSPARENT"),
        (Status.CANCELLED, "CANCELLED", "TRANSPARENT"),
    ],
)
def test_ical_has_status_and_sequence(status: Status, expected_status: str, transparency: str) -> None:
    row = appointment(MADE + timedelta(days=30), status, version=4)
    content = ical.attachment(('Studio "Lawenda"; X:1', "kontakt@lawenda.example"), CalendarEntry(row, "Cięcie"))
    event, other = read(content)
    assert (event["STATUS"], event["TRANSP"], event["SEQUENCE"], event["UID"]) == (
        expected_status,
        transparency,
        3,
        str(row.id),
    )
    assert (other.status.value, other.sequence.value, other.uid.value) == (expected_status, "3", str(row.id))
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == MADE
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert calendar["METHOD"] == ("CANCEL" if status is Status.CANCELLED else "PUBLISH")
    assert event["ORGANIZER"] == "mailto:kontakt@lawenda.example"
    assert event["ORGANIZER"].params["CN"] == "Studio 'Lawenda'; X:1"


def test_hostile_text_is_escaped_in_emails() -> None:
    entry = CalendarEntry(
        appointment(MADE), f"Strzyżenie: {HOSTILE}", description=f"+48601000111\n{HOSTILE}", location=HOSTILE
    )
    event, other = read(ical.feed(HOSTILE, [entry]))
    for parsed in (str(event["SUMMARY"]), other.summary.value):
        assert parsed == " ".join(f"Strzyżenie: {HOSTILE}".split())
    for parsed in (str(event["DESCRIPTION"]), other.description.value):
        assert parsed == "\n".join(entry.description.splitlines())
    assert "ATTENDEE" not in event
    assert not hasattr(other, "attendee")
    assert not hasattr(other, "x")


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_reads_back(text: str) -> None:
    event, other = read(
        ical.feed("Ewa", [CalendarEntry(appointment(MADE, zone="UTC"), "x" + text, description=text + "x")])
    )
    assert str(event["SUMMARY"]) == other.summary.value == " ".join(("x" + text).split())
    assert str(event["DESCRIPTION"]) == "\n".join((text + "x").splitlines())


def test_an_empty_calendar_is_one() -> None:
    content = ical.feed("Ewa Lis · Studio Lawenda", [])
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert calendar["X-WR-CALNAME"] == "Ewa Lis · Studio Lawenda"
