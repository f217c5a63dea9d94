"""Appointments as iCalendar (RFC 5545): text that cannot break out of its line, zones with their changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import BUSY_STATUSES, Appointment, Status
from sekretarka.domain.appointments.scheduling import local_time

PRODUCT = "-//AI Sekretarka//Calendar 1.0//EN"
REFRESH = timedelta(minutes=15)
STATUSES = {Status.SCHEDULED: "TENTATIVE", Status.CANCELLED: "CANCELLED"}


@dataclass(frozen=True)
class CalendarEntry:
    """An appointment with the texts that readers of the calendar may see."""

    appointment: Appointment
    summary: str
    description: str = ""
    location: str = ""


def feed(name: str, entries: Sequence[CalendarEntry]) -> bytes:
    """An iCalendar file (UTF-8) to subscribe to, named `name`."""
    calendar = _calendar(entries)
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    return bytes(calendar.to_ical())


def attachment(organizer: tuple[str, str], entry: CalendarEntry) -> bytes:
    """An iCalendar file (UTF-8) with one appointment to add to a calendar, or to remove when it is cancelled;
    `organizer` is name and email."""
    calendar = _calendar([entry])
    calendar.add("method", "CANCEL" if entry.appointment.status is Status.CANCELLED else "PUBLISH")
    name, mail = organizer
    address = vCalAddress(f"mailto:{mail}")
    address.params["CN"] = one_line(name).replace('"', "'")
    for event in calendar.events:
        event.add("organizer", address)
    return bytes(calendar.to_ical())


def one_line(text: str) -> str:
    """Text with every run of white space, line breaks of all kinds included, as one space."""
    return " ".join(text.split())


def _calendar(entries: Sequence[CalendarEntry]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in sorted({entry.appointment.timezone for entry in entries}):
        in_zone = [entry for entry in entries if entry.appointment.timezone == name]
        calendar.add_component(_zone(name, clock.zone(name), in_zone))
    for entry in entries:
        calendar.add_component(_event(clock.zone(entry.appointment.timezone), entry))
    return calendar


def _event(zone: ZoneInfo, entry: CalendarEntry) -> Event:
    appointment, event = entry.appointment, Event()
    event.add("uid", str(appointment.id))
    event.add("sequence", appointment.version - 1)
    for name in ("dtstamp", "last-modified"):  # the same bytes for the same appointment, so that 304 can be answered
        event.add(name, appointment.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("created", appointment.created_at.astimezone(UTC).replace(microsecond=0))
    begins, ends = appointment.scheduled_at.astimezone(zone), appointment.ends_at.astimezone(zone)
    if begins.fold or ends.fold:  # an hour that repeats: by the clock alone it would be the first one
        begins, ends = begins.astimezone(UTC), ends.astimezone(UTC)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("status", STATUSES.get(appointment.status, "CONFIRMED"))
    event.add("transp", "OPAQUE" if appointment.status in BUSY_STATUSES else "TRANSPARENT")
    event.add("summary", one_line(entry.summary))
    for name, text in (("description", entry.description), ("location", entry.location)):
        if text:
            event.add(name, "\n".join(text.splitlines()))
    return event


def _zone(name: str, zone: ZoneInfo, entries: Sequence[CalendarEntry]) -> Timezone:
    """The zone with every change of its clocks from the year before the appointments on, each by itself: no rule says
    them all, and some readers use the first zone of a name for all calendars."""
    first = date(min(entry.appointment.scheduled_at for entry in entries).year - 1, 1, 1)
    last = date(max(entry.appointment.ends_at for entry in entries).year + 1, 12, 31)
    component = Timezone()
    component.add("tzid", name)
    before: int | None = None
    for span in local_time.spans(zone, first, last):
        begins = local_time.to_local(span.start, zone)
        offset = begins.utcoffset() or timedelta()
        old = offset if before is None else timedelta(minutes=before)
        part = TimezoneDaylight() if begins.dst() else TimezoneStandard()
        part.add("dtstart", (begins.astimezone(UTC) + old).replace(tzinfo=None))
        part.add("tzoffsetfrom", old)
        part.add("tzoffsetto", offset)
        part.add("tzname", begins.tzname() or name)
        component.add_component(part)
        before = span.offset
    return component
