"""What the salon books without the AI: its regulars, people who come in or are written to, and the web page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sekretarka.domain.appointments.models import Source, Status
from sekretarka.sandbox.ai_service import demo_organization as demo_organization
from sekretarka.sandbox.ai_service import personas as personas
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
    """Somebody who comes every three or four weeks, for the same thing, to the same person, at the same hour."""

    client: Caller
    service: Service
    person: StaffMember
    every: int
    hour: float
    books_on: date
    due: date


class ReceptionistSim:
    """Books into the diary, day by day, and knows in the end what became of every visit."""

    def __init__(self, rng: Random, diary: AppointmentBook, first: date) -> None:
        self._rng, self._diary = rng, diary
        self._known = personas.demo_clients()
        self._regulars = [self._regular(client, first) for client in personas.regular_clients()]

    def book_day(self, day: date, until: datetime) -> None:
        """Everything that is booked here on a day."""
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
        """Confirm, complete, miss and cancel what nobody has cancelled by phone."""
        for visit in self._diary.appointments:
            if visit.status is Status.SCHEDULED:
                self._settle(visit, now)

    def _settle(self, visit: BookedAppointment, now: datetime) -> None:
        rng, start = self._rng, visit.slot.start
        since = visit.history[-1].at
        if rng.random() < CANCELLED:
            at = since + (start - since) * rng.uniform(0.3, 0.95)
            if at < now:
                visit.set_status(Status.CANCELLED, at, Source.PERSON)
                return
        asked = max(since + timedelta(minutes=20), start - timedelta(hours=rng.uniform(20, 30)))
        share = CONFIRMED_SOON if start - now < SOON else CONFIRMED_LATER
        if rng.random() < (0.85 if start < now else share):
            visit.set_status(Status.CONFIRMED, min(asked, now - (now - since) * 0.2), Source.PERSON)
        over = visit.end + timedelta(minutes=rng.randint(0, 12))
        if over < now:
            missed = rng.random() < MISSED
            visit.set_status(Status.NO_SHOW if missed else Status.COMPLETED, over, Source.PERSON)

    def _regular(self, client: Caller, first: date) -> RegularClient:
        rng = self._rng
        every = rng.randint(*EVERY)
        wanted = [
            one for one in demo_organization.SERVICES if client.gender in one.genders and one.minutes <= LONGEST_HABIT
        ]
        service = demo_organization.choose_service(rng, wanted)
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
        """On the day she was there last she books the next visit."""
        ahead = max(1, (regular.due - day).days)
        at = self._moment(day)
        wished = self._diary.offer(self._rng, regular.service, at, regular.person, (max(1, ahead - 2), ahead + 3))
        free = self._diary.free_slots(regular.service, wished.start.date(), at, regular.person)
        visit_on = wished.start.date()
        if at < until:
            self._diary.book(closest_to_hour(free, regular.hour), regular.client, at, Source.PERSON)
        regular.books_on, regular.due = visit_on, visit_on + timedelta(days=regular.every)

    def _book_other(self, day: date, until: datetime, within: tuple[int, int]) -> None:
        rng = self._rng
        client = personas.new_caller(rng) if rng.random() < NEW_SHARE else rng.choice(self._known)
        service = demo_organization.choose_service(
            rng, [one for one in demo_organization.SERVICES if client.gender in one.genders]
        )
        at = self._moment(day)
        place = self._diary.offer(rng, service, at, within=within)
        if at < until:
            source = Source.PROGRAM if rng.random() < WEB_SHARE else Source.PERSON
            self._diary.book(place, client, at, source)

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
