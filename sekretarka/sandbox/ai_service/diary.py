"""The salon's calendar while its past is told: what is booked when, by the same rules as the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sekretarka.domain.appointments import availability, wall
from sekretarka.domain.appointments.availability import Business, Need
from sekretarka.domain.appointments.intervals import Interval
from sekretarka.domain.appointments.models import Change, Source, Status
from sekretarka.sandbox.ai_service import salon
from sekretarka.sandbox.ai_service.people import Caller
from sekretarka.sandbox.ai_service.salon import Person, Service

# How gladly clients come on Monday, Tuesday …, and at the full, quarter, half and three-quarter hour.
LIKED_DAYS = (0.5, 0.8, 0.9, 1.1, 1.5, 4.5, 0.0)
LIKED_MINUTES = {0: 6.0, 15: 1.0, 30: 4.0, 45: 1.0}


@dataclass(frozen=True)
class Place:
    """A free time with somebody."""

    service: Service
    person: Person
    start: datetime


@dataclass(frozen=True)
class Entry:
    """Something that was done to a visit, by a person of the salon or else by the AI or another program."""

    change: Change
    at: datetime
    source: Source
    before: Place | Status | None
    after: Place | Status


@dataclass
class Visit:
    """A visit and everything that became of it."""

    place: Place
    client: Caller
    source: Source
    call_id: str | None
    entries: list[Entry]
    status: Status = Status.SCHEDULED

    @property
    def booked_at(self) -> datetime:
        """When it was booked."""
        return self.entries[0].at

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.place.start + timedelta(minutes=self.place.service.minutes)

    def become(self, status: Status, at: datetime, source: Source) -> None:
        """Change its status."""
        entry = Entry(Change(status.value), at, source, self.status, status)
        self.status = status
        self.entries.append(entry)


@dataclass
class Diary:
    """`team` has the hours and absences of everybody in `salon.STAFF`, by name."""

    business: Business
    team: Mapping[str, availability.Person]
    visits: list[Visit] = field(default_factory=list)
    _busy: dict[tuple[str, date], list[Interval]] = field(default_factory=dict)

    def offer(
        self,
        rng: Random,
        service: Service,
        now: datetime,
        person: Person | None = None,
        within: tuple[int, int] = (1, 12),
    ) -> Place:
        """A free time on one of the coming days, rather on those that clients like."""
        today = now.astimezone(salon.ZONE).date()
        first, last = within
        days = [today + timedelta(days=ahead) for ahead in range(first, last + 1)]
        liked = sorted(days, key=lambda day: -(rng.random() ** (1 / max(LIKED_DAYS[day.weekday()], 0.01))))
        for day in (*liked, *(days[-1] + timedelta(days=more) for more in range(1, 30))):
            free = self.free(service, day, now, person)
            if free:
                return rng.choices(free, [LIKED_MINUTES[place.start.minute] for place in free])[0]
        raise LookupError("nothing is free for weeks")

    def another(self, rng: Random, place: Place, now: datetime) -> datetime | None:
        """Another free time of the same day with the same person, if there is one."""
        free = self.free(place.service, place.start.date(), now, place.person)
        others = [one.start for one in free if abs(one.start - place.start) >= timedelta(minutes=45)]
        return rng.choice(others) if others else None

    def free(self, service: Service, day: date, now: datetime, person: Person | None = None) -> list[Place]:
        """Every free time of a day, with the one person or whoever is free."""
        known = {self.team[one.name].id: one for one in salon.able(service) if person in (None, one)}
        people = [self._on(one, day) for one in known.values()]
        slots = availability.slots(self.business, people, _need(service), (day, day), wall.minute_after(now))
        return [Place(service, known[who], wall.local(slot.start, salon.ZONE)) for slot in slots for who in slot.free]

    def coming(self, rng: Random, now: datetime) -> Visit | None:
        """A visit of the next days, which somebody may call about."""
        first, last = now + timedelta(hours=3), now + timedelta(days=9)
        coming = [
            one
            for one in self.visits
            if first < one.place.start < last and one.status is Status.SCHEDULED and one.entries[-1].at < now
        ]
        return rng.choice(coming) if coming else None

    def book(self, place: Place, client: Caller, at: datetime, source: Source, call_id: str | None = None) -> Visit:
        """Give the time away."""
        booked = Entry(Change.BOOKED, at, source, None, place)
        visit = Visit(place, client, source, call_id, [booked])
        self._intervals(place).append(_busy(place))
        self.visits.append(visit)
        return visit

    def move(self, visit: Visit, place: Place, at: datetime, source: Source) -> None:
        """Bring the visit to another time."""
        before = visit.place
        self._intervals(before).remove(_busy(before))
        self._intervals(place).append(_busy(place))
        visit.place = place
        visit.entries.append(Entry(Change.MOVED, at, source, before, place))

    def cancel(self, visit: Visit, at: datetime, source: Source) -> None:
        """Give its time back."""
        self._intervals(visit.place).remove(_busy(visit.place))
        visit.become(Status.CANCELLED, at, source)

    def _on(self, person: Person, day: date) -> availability.Person:
        known = self.team[person.name]
        return availability.Person(known.id, known.hours, known.away, self._busy.get((person.name, day), ()))

    def _intervals(self, place: Place) -> list[Interval]:
        return self._busy.setdefault((place.person.name, place.start.date()), [])


def _need(service: Service) -> Need:
    return Need(service.minutes, service.before, service.after)


def _busy(place: Place) -> Interval:
    start, need = wall.minute_of(place.start), _need(place.service)
    return start - need.before, start + need.duration + need.after


def by_hour(places: Sequence[Place], hour: float) -> Place:
    """The one that is nearest to an hour of the day."""
    return min(places, key=lambda place: abs(place.start.hour + place.start.minute / 60 - hour))
