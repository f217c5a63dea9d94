"""The salon's calendar while its past is told: what is booked when, by the same rules as the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sekretarka.domain.appointments.models import Change, Source, Status
from sekretarka.domain.appointments.scheduling import availability
from sekretarka.domain.appointments.scheduling import local_time as local_time
from sekretarka.domain.appointments.scheduling.availability import DurationRequirement, OrganizationSchedule
from sekretarka.domain.appointments.scheduling.intervals import Interval
from sekretarka.sandbox.ai_service import demo_organization as demo_organization
from sekretarka.sandbox.ai_service.demo_organization import Service, StaffMember
from sekretarka.sandbox.ai_service.personas import Caller

# How gladly clients come on Monday, Tuesday …, and at the full, quarter, half and three-quarter hour.
WEEKDAY_WEIGHTS = (0.5, 0.8, 0.9, 1.1, 1.5, 4.5, 0.0)
MINUTE_WEIGHTS = {0: 6.0, 15: 1.0, 30: 4.0, 45: 1.0}


@dataclass(frozen=True)
class Slot:
    """A free time with somebody."""

    service: Service
    staff: StaffMember
    start: datetime


@dataclass(frozen=True)
class HistoryEntry:
    """Something that was done to a visit, by a person of the salon or else by the AI or another program."""

    change: Change
    at: datetime
    source: Source
    before: Slot | Status | None
    after: Slot | Status


@dataclass
class BookedAppointment:
    """A visit and everything that became of it."""

    slot: Slot
    client: Caller
    source: Source
    call_id: str | None
    history: list[HistoryEntry]
    status: Status = Status.SCHEDULED

    @property
    def booked_at(self) -> datetime:
        """When it was booked."""
        return self.history[0].at

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.slot.start + timedelta(minutes=self.slot.service.minutes)

    def set_status(self, status: Status, at: datetime, source: Source) -> None:
        """Change its status."""
        entry = HistoryEntry(Change(status.value), at, source, self.status, status)
        self.status = status
        self.history.append(entry)


@dataclass
class AppointmentBook:
    """`team` has the hours and absences of everybody in `salon.STAFF`, by name."""

    organization: OrganizationSchedule
    team: Mapping[str, availability.StaffSchedule]
    appointments: list[BookedAppointment] = field(default_factory=list)
    _busy: dict[tuple[str, date], list[Interval]] = field(default_factory=dict)

    def offer(
        self,
        rng: Random,
        service: Service,
        now: datetime,
        person: StaffMember | None = None,
        within: tuple[int, int] = (1, 12),
    ) -> Slot:
        """A free time on one of the coming days, rather on those that clients like."""
        today = now.astimezone(demo_organization.ZONE).date()
        first, last = within
        days = [today + timedelta(days=ahead) for ahead in range(first, last + 1)]
        liked = sorted(days, key=lambda day: -(rng.random() ** (1 / max(WEEKDAY_WEIGHTS[day.weekday()], 0.01))))
        for day in (*liked, *(days[-1] + timedelta(days=more) for more in range(1, 30))):
            free = self.free_slots(service, day, now, person)
            if free:
                return rng.choices(free, [MINUTE_WEIGHTS[place.start.minute] for place in free])[0]
        raise LookupError("nothing is free for weeks")

    def alternative_time(self, rng: Random, place: Slot, now: datetime) -> datetime | None:
        """Another free time of the same day with the same person, if there is one."""
        free = self.free_slots(place.service, place.start.date(), now, place.staff)
        others = [one.start for one in free if abs(one.start - place.start) >= timedelta(minutes=45)]
        return rng.choice(others) if others else None

    def free_slots(self, service: Service, day: date, now: datetime, person: StaffMember | None = None) -> list[Slot]:
        """Every free time of a day, with the one person or whoever is free."""
        known = {
            self.team[one.name].id: one for one in demo_organization.qualified_staff(service) if person in (None, one)
        }
        people = [self._on(one, day) for one in known.values()]
        slots = availability.slots(self.organization, people, _need(service), (day, day), local_time.minute_after(now))
        return [
            Slot(service, known[who], local_time.to_local(slot.start, demo_organization.ZONE))
            for slot in slots
            for who in slot.free
        ]

    def pick_upcoming(self, rng: Random, now: datetime) -> BookedAppointment | None:
        """A visit of the next days, which somebody may call about."""
        first, last = now + timedelta(hours=3), now + timedelta(days=9)
        coming = [
            one
            for one in self.appointments
            if first < one.slot.start < last and one.status is Status.SCHEDULED and one.history[-1].at < now
        ]
        return rng.choice(coming) if coming else None

    def book(
        self, place: Slot, client: Caller, at: datetime, source: Source, call_id: str | None = None
    ) -> BookedAppointment:
        """Give the time away."""
        booked = HistoryEntry(Change.BOOKED, at, source, None, place)
        visit = BookedAppointment(place, client, source, call_id, [booked])
        self._intervals(place).append(_busy(place))
        self.appointments.append(visit)
        return visit

    def move(self, visit: BookedAppointment, place: Slot, at: datetime, source: Source) -> None:
        """Bring the visit to another time."""
        before = visit.slot
        self._intervals(before).remove(_busy(before))
        self._intervals(place).append(_busy(place))
        visit.slot = place
        visit.history.append(HistoryEntry(Change.MOVED, at, source, before, place))

    def cancel(self, visit: BookedAppointment, at: datetime, source: Source) -> None:
        """Give its time back."""
        self._intervals(visit.slot).remove(_busy(visit.slot))
        visit.set_status(Status.CANCELLED, at, source)

    def _on(self, person: StaffMember, day: date) -> availability.StaffSchedule:
        known = self.team[person.name]
        return availability.StaffSchedule(known.id, known.hours, known.away, self._busy.get((person.name, day), ()))

    def _intervals(self, place: Slot) -> list[Interval]:
        return self._busy.setdefault((place.staff.name, place.start.date()), [])


def _need(service: Service) -> DurationRequirement:
    return DurationRequirement(service.minutes, service.buffer_before, service.buffer_after)


def _busy(place: Slot) -> Interval:
    start, need = local_time.minute_of(place.start), _need(place.service)
    return start - need.before, start + need.duration + need.after


def closest_to_hour(places: Sequence[Slot], hour: float) -> Slot:
    """The one that is nearest to an hour of the day."""
    return min(places, key=lambda place: abs(place.start.hour + place.start.minute / 60 - hour))
