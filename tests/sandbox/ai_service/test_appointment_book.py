"""The salon's appointments as they are made up: by its own rules, in a rhythm, the same for a seed, quickly."""

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest

from sekretarka.domain.appointments.models import Change, Source, Status
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling.availability import OrganizationSchedule, StaffSchedule
from sekretarka.domain.organizations.days import public_holidays
from sekretarka.sandbox.ai_service import demo_organization
from sekretarka.sandbox.ai_service.appointment_book import AppointmentBook, BookedAppointment, Slot
from sekretarka.sandbox.ai_service.history import PastCall, simulate_history

NOW = datetime(2026, 11, 23, 10, 17, tzinfo=UTC)  # a Monday
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def empty() -> AppointmentBook:
    hours = [
        [(minutes(f"{span[0]:%H:%M}"), minutes(f"{span[1]:%H:%M}"))] if span else [] for span in demo_organization.HOURS
    ]
    closed = public_holidays("PL", 2026) | public_holidays("PL", 2027)
    organization = OrganizationSchedule(demo_organization.ZONE, hours, closed, slot=15, notice=120, advance_days=60)
    team = {}
    for number, person in enumerate(demo_organization.STAFF):
        blocks = [[block.split("-") for block in person.weekly_hours.get(day, ())] for day in DAYS]
        week = [[(minutes(opens), minutes(closes)) for opens, closes in day] for day in blocks]
        team[person.name] = StaffSchedule(UUID(int=number), week)
    return AppointmentBook(organization, team)


def build() -> tuple[AppointmentBook, list[PastCall]]:
    book = empty()
    return book, simulate_history(Random(1), NOW.date(), until=NOW, book=book)


@pytest.fixture(scope="module")
def months() -> tuple[AppointmentBook, list[PastCall]]:
    return build()


@pytest.fixture(scope="module")
def book(months: tuple[AppointmentBook, list[PastCall]]) -> AppointmentBook:
    return months[0]


@pytest.fixture(scope="module")
def standing(book: AppointmentBook) -> list[BookedAppointment]:
    """Visits that took place or will."""
    return [appointment for appointment in book.appointments if appointment.status is not Status.CANCELLED]


def test_amount_and_sources(book: AppointmentBook) -> None:
    assert 850 <= len(book.appointments) <= 1_100
    sources = Counter(appointment.source for appointment in book.appointments)
    assert sources[Source.AGENT] > 300
    assert sources[Source.PERSON] > 300
    assert sources[Source.PROGRAM] > 40
    assert all(
        (appointment.source is Source.AGENT) == (appointment.call_id is not None) for appointment in book.appointments
    )


def test_same_seed_gives_the_same_book(book: AppointmentBook) -> None:
    began = time.process_time()
    assert build()[0].appointments == book.appointments
    assert time.process_time() - began < 8


def test_staff_are_never_double_booked_and_keep_their_hours(standing: list[BookedAppointment]) -> None:
    for person in demo_organization.STAFF:
        slots = sorted(
            (appointment.slot for appointment in standing if appointment.slot.staff == person),
            key=lambda slot: slot.start,
        )
        assert len(slots) > 100
        for earlier, later in pairwise(slots):
            gap = earlier.service.minutes + earlier.service.buffer_after + later.service.buffer_before
            assert later.start - earlier.start >= timedelta(minutes=gap)
        for slot in slots:
            assert not demo_organization.is_holiday(slot.start.date())
            assert slot.service.category in person.categories
            begins = slot.start.hour * 60 + slot.start.minute
            blocks = [block.split("-") for block in person.weekly_hours[DAYS[slot.start.weekday()]]]
            ends = begins + slot.service.minutes
            assert any(minutes(opens) <= begins and ends <= minutes(closes) for opens, closes in blocks)


def test_appointments_follow_the_rhythm_of_the_week(standing: list[BookedAppointment]) -> None:
    week: dict[date, int] = Counter(
        appointment.slot.start.date() for appointment in standing if appointment.slot.start < NOW
    )
    mean = [0.0] * 7
    for weekday in range(6):
        counts = [count for day, count in week.items() if day.weekday() == weekday]
        mean[weekday] = sum(counts) / len(counts)
    assert mean[5] > 1.4 * max(mean[:5])
    assert mean[4] > mean[1]
    assert mean[0] < min(mean[2:6])
    assert not any(day.weekday() == 6 for day in week)


def test_book_has_regular_and_new_clients(book: AppointmentBook) -> None:
    times = Counter(appointment.client.number for appointment in book.appointments)
    assert sum(count >= 4 for count in times.values()) >= 30
    assert sum(count == 1 for count in times.values()) >= 200


def test_statuses_fit_past_and_future(book: AppointmentBook) -> None:
    past = Counter(
        appointment.status for appointment in book.appointments if appointment.end + timedelta(minutes=15) < NOW
    )
    assert set(past) == {Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}
    assert 0.02 < past[Status.NO_SHOW] / past.total() < 0.09
    assert 0.05 < past[Status.CANCELLED] / past.total() < 0.2
    upcoming = [appointment for appointment in book.appointments if appointment.slot.start > NOW]
    assert len(upcoming) >= 80
    assert {appointment.status for appointment in upcoming} == {Status.SCHEDULED, Status.CONFIRMED, Status.CANCELLED}
    soon = NOW + timedelta(days=2)
    waiting = [
        appointment
        for appointment in upcoming
        if appointment.slot.start < soon and appointment.status is Status.SCHEDULED
    ]
    assert 2 <= len(waiting) <= 12


def test_histories_are_in_order(book: AppointmentBook) -> None:
    changes = Counter(entry.change for appointment in book.appointments for entry in appointment.history)
    assert set(changes) == set(Change) - {Change.EDITED, Change.RESTORED, Change.REOPENED}
    for appointment in book.appointments:
        assert appointment.history[0].change is Change.BOOKED
        assert [entry.at for entry in appointment.history] == sorted(entry.at for entry in appointment.history)
        assert appointment.history[-1].at <= NOW
        assert appointment.booked_at < appointment.slot.start
        if appointment.status in (Status.COMPLETED, Status.NO_SHOW):
            assert appointment.history[-1].at >= appointment.end


def test_calls_and_book_agree(months: tuple[AppointmentBook, list[PastCall]]) -> None:
    book, past = months
    of_call = {appointment.call_id: appointment for appointment in book.appointments if appointment.call_id}
    booked = [past_call for past_call in past if past_call.call.ending.outcome == "booked"]
    assert {past_call.call.id for past_call in booked} == set(of_call)
    for past_call in booked:
        appointment, request = of_call[past_call.call.id], past_call.call.appointment_request
        assert request is not None
        first = appointment.history[0].after
        assert isinstance(first, Slot)
        assert (request.service, request.preferred) == (first.service.name, first.start)
        assert local_time.minute_of(past_call.settled_at) < local_time.minute_of(request.preferred)
