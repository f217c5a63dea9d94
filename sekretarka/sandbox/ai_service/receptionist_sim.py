"""Appointments booked without the AI: by regular clients, at the desk, by message and on the web page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sekretarka.domain.appointments.models import Source, Status
from sekretarka.sandbox.ai_service import demo_organization, personas
from sekretarka.sandbox.ai_service.appointment_book import AppointmentBook, BookedAppointment, closest_to_hour
from sekretarka.sandbox.ai_service.demo_organization import Service, StaffMember
from sekretarka.sandbox.ai_service.personas import Caller

LONGEST_HABIT = 120  # minutes
EVERY = (21, 28)  # days
# Others who book on an ordinary Monday, Tuesday …; and those of them who want the coming Saturday.
PER_DAY = (1.5, 2.0, 2.0, 2.3, 2.3, 2.0, 0.2)
FOR_SATURDAY = (0.5, 0.8, 1.3, 2.0, 2.4, 0.0, 0.0)
NEW_SHARE, WEB_SHARE = 0.4, 0.3
CANCELLED, MISSED, CONFIRMED_SOON, CONFIRMED_LATER = 0.045, 0.05, 0.45, 0.2
SOON = timedelta(days=2)


@dataclass
class RegularClient:
    """A client who comes every three or four weeks for the same service, staff member and hour."""

    client: Caller
    service: Service
    member: StaffMember
    every: int
    hour: float
    books_on: date
    due: date


class ReceptionistSim:
    """Books day by day, and in the end decides what became of every appointment."""

    def __init__(self, rng: Random, book: AppointmentBook, first: date) -> None:
        self._rng, self._book = rng, book
        self._known = personas.demo_clients()
        self._regulars = [self._regular(client, first) for client in personas.regular_clients()]

    def book_day(self, day: date, until: datetime) -> None:
        """Book everything of one day."""
        for regular in self._regulars:
            if regular.books_on == day:
                self._book_regular(regular, day, until)
        if demo_organization.opening_hours(day) is None:
            return
        for _ in range(self._how_many(PER_DAY[day.weekday()])):
            self._book_other(day, until, (1, 16))
        saturday = (5 - day.weekday()) % 7
        if saturday and not demo_organization.is_holiday(day + timedelta(days=saturday)):
            for _ in range(self._how_many(FOR_SATURDAY[day.weekday()])):
                self._book_other(day, until, (saturday, saturday))

    def finish_appointments(self, now: datetime) -> None:
        """Confirm, complete, cancel or mark as missed what was not cancelled by phone."""
        for appointment in self._book.appointments:
            if appointment.status is Status.SCHEDULED:
                self._settle(appointment, now)

    def _settle(self, appointment: BookedAppointment, now: datetime) -> None:
        rng, start = self._rng, appointment.slot.start
        since = appointment.history[-1].at
        if rng.random() < CANCELLED:
            at = since + (start - since) * rng.uniform(0.3, 0.95)
            if at < now:
                appointment.set_status(Status.CANCELLED, at, Source.PERSON)
                return
        reminded_at = max(since + timedelta(minutes=20), start - timedelta(hours=rng.uniform(20, 30)))
        share = CONFIRMED_SOON if start - now < SOON else CONFIRMED_LATER
        if rng.random() < (0.85 if start < now else share):
            appointment.set_status(Status.CONFIRMED, min(reminded_at, now - (now - since) * 0.2), Source.PERSON)
        ended_at = appointment.end + timedelta(minutes=rng.randint(0, 12))
        if ended_at < now:
            missed = rng.random() < MISSED
            appointment.set_status(Status.NO_SHOW if missed else Status.COMPLETED, ended_at, Source.PERSON)

    def _regular(self, client: Caller, first: date) -> RegularClient:
        rng = self._rng
        every = rng.randint(*EVERY)
        services = [
            candidate
            for candidate in demo_organization.SERVICES
            if client.gender in candidate.genders and candidate.minutes <= LONGEST_HABIT
        ]
        service = demo_organization.choose_service(rng, services)
        due = first + timedelta(days=rng.randint(1, every))
        return RegularClient(
            client,
            service,
            rng.choice(demo_organization.qualified_staff(service)),
            every,
            rng.uniform(9.5, 17.5),
            first,
            due,
        )

    def _book_regular(self, regular: RegularClient, day: date, until: datetime) -> None:
        """On the day of their last appointment the client books the next one."""
        ahead = max(1, (regular.due - day).days)
        at = self._moment(day)
        offered = self._book.offer(self._rng, regular.service, at, regular.member, (max(1, ahead - 2), ahead + 3))
        free = self._book.free_slots(regular.service, offered.start.date(), at, regular.member)
        appointment_day = offered.start.date()
        if at < until:
            self._book.add(closest_to_hour(free, regular.hour), regular.client, at, Source.PERSON)
        regular.books_on, regular.due = appointment_day, appointment_day + timedelta(days=regular.every)

    def _book_other(self, day: date, until: datetime, within: tuple[int, int]) -> None:
        rng = self._rng
        client = personas.new_caller(rng) if rng.random() < NEW_SHARE else rng.choice(self._known)
        service = demo_organization.choose_service(
            rng, [candidate for candidate in demo_organization.SERVICES if client.gender in candidate.genders]
        )
        at = self._moment(day)
        slot = self._book.offer(rng, service, at, within=within)
        if at < until:
            source = Source.PROGRAM if rng.random() < WEB_SHARE else Source.PERSON
            self._book.add(slot, client, at, source)

    def _moment(self, day: date) -> datetime:
        """Some time of a day, in business hours when there are any."""
        opens, closes = demo_organization.opening_hours(day) or (
            datetime.combine(day, time(9), demo_organization.ZONE),
            datetime.combine(day, time(19), demo_organization.ZONE),
        )
        seconds = self._rng.uniform(0, (closes - opens).total_seconds())
        return opens + timedelta(seconds=round(seconds))

    def _how_many(self, expected: float) -> int:
        expected *= self._rng.uniform(0.6, 1.4)
        return int(expected) + (self._rng.random() < expected % 1)
