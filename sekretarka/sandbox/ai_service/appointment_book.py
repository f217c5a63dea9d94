"""What is booked when, while history is simulated, by the same rules as the real calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sekretarka.domain.appointments.models import Change, Source, Status
from sekretarka.domain.appointments.scheduling import availability, local_time
from sekretarka.domain.appointments.scheduling.availability import DurationRequirement, OrganizationSchedule
from sekretarka.domain.appointments.scheduling.intervals import Interval
from sekretarka.sandbox.ai_service import demo_organization
from sekretarka.sandbox.ai_service.demo_organization import Service, StaffMember
from sekretarka.sandbox.ai_service.personas import Caller

# How popular Monday, Tuesday … are, and the full, quarter, half and three-quarter hour.
WEEKDAY_WEIGHTS = (0.5, 0.8, 0.9, 1.1, 1.5, 4.5, 0.0)
MINUTE_WEIGHTS = {0: 6.0, 15: 1.0, 30: 4.0, 45: 1.0}


@dataclass(frozen=True)
class Slot:
    """A free time with a staff member."""

    service: Service
    staff: StaffMember
    start: datetime


@dataclass(frozen=True)
class HistoryEntry:
    """A change of an appointment, made by a user, the AI or another program."""

    change: Change
    at: datetime
    source: Source
    before: Slot | Status | None
    after: Slot | Status


@dataclass
class BookedAppointment:
    """An appointment with its history."""

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
        """When it ends."""
        return self.slot.start + timedelta(minutes=self.slot.service.minutes)

    def set_status(self, status: Status, at: datetime, source: Source) -> None:
        """Change its status."""
        entry = HistoryEntry(Change(status.value), at, source, self.status, status)
        self.status = status
        self.history.append(entry)


@dataclass
class AppointmentBook:
    """`team` has the hours and absences of each of `demo_organization.STAFF`, by name."""

    organization: OrganizationSchedule
    team: Mapping[str, availability.StaffSchedule]
    appointments: list[BookedAppointment] = field(default_factory=list)
    _busy: dict[tuple[str, date], list[Interval]] = field(default_factory=dict)

    def offer(
        self,
        rng: Random,
        service: Service,
        now: datetime,
        member: StaffMember | None = None,
        within: tuple[int, int] = (1, 12),
    ) -> Slot:
        """A free slot `within` the (first, last) days from now, on popular ones more often, else in the 29 days after
        those; `LookupError` when there is none."""
        today = now.astimezone(demo_organization.ZONE).date()
        first, last = within
        days = [today + timedelta(days=ahead) for ahead in range(first, last + 1)]
        preferred = sorted(days, key=lambda day: -(rng.random() ** (1 / max(WEEKDAY_WEIGHTS[day.weekday()], 0.01))))
        for day in (*preferred, *(days[-1] + timedelta(days=more) for more in range(1, 30))):
            free = self.free_slots(service, day, now, member)
            if free:
                return rng.choices(free, [MINUTE_WEIGHTS[slot.start.minute] for slot in free])[0]
        raise LookupError("nothing is free for weeks")

    def alternative_time(self, rng: Random, slot: Slot, now: datetime) -> datetime | None:
        """Another free time, at least 45 minutes away, of the same day with the same staff member; None without one."""
        free = self.free_slots(slot.service, slot.start.date(), now, slot.staff)
        others = [candidate.start for candidate in free if abs(candidate.start - slot.start) >= timedelta(minutes=45)]
        return rng.choice(others) if others else None

    def free_slots(self, service: Service, day: date, now: datetime, member: StaffMember | None = None) -> list[Slot]:
        """Every free slot of a day, with the one staff member or with anybody qualified."""
        qualified = [
            candidate for candidate in demo_organization.qualified_staff(service) if member in (None, candidate)
        ]
        by_id = {self.team[candidate.name].id: candidate for candidate in qualified}
        schedules = [self._schedule(candidate, day) for candidate in qualified]
        slots = availability.slots(
            self.organization, schedules, _need(service), (day, day), local_time.minute_after(now)
        )
        return [
            Slot(service, by_id[staff_id], local_time.to_local(slot.start, demo_organization.ZONE))
            for slot in slots
            for staff_id in slot.free
        ]

    def pick_upcoming(self, rng: Random, now: datetime) -> BookedAppointment | None:
        """A scheduled appointment between 3 hours and 9 days from now, for a call about it; None without one."""
        first, last = now + timedelta(hours=3), now + timedelta(days=9)
        upcoming = [
            appointment
            for appointment in self.appointments
            if first < appointment.slot.start < last
            and appointment.status is Status.SCHEDULED
            and appointment.history[-1].at < now
        ]
        return rng.choice(upcoming) if upcoming else None

    def add(
        self, slot: Slot, client: Caller, at: datetime, source: Source, call_id: str | None = None
    ) -> BookedAppointment:
        """Book a slot."""
        booked = HistoryEntry(Change.BOOKED, at, source, None, slot)
        appointment = BookedAppointment(slot, client, source, call_id, [booked])
        self._intervals(slot).append(_busy(slot))
        self.appointments.append(appointment)
        return appointment

    def move(self, appointment: BookedAppointment, slot: Slot, at: datetime, source: Source) -> None:
        """Move an appointment to another slot."""
        before = appointment.slot
        self._intervals(before).remove(_busy(before))
        self._intervals(slot).append(_busy(slot))
        appointment.slot = slot
        appointment.history.append(HistoryEntry(Change.MOVED, at, source, before, slot))

    def cancel(self, appointment: BookedAppointment, at: datetime, source: Source) -> None:
        """Cancel an appointment; its slot is free again."""
        self._intervals(appointment.slot).remove(_busy(appointment.slot))
        appointment.set_status(Status.CANCELLED, at, source)

    def _schedule(self, member: StaffMember, day: date) -> availability.StaffSchedule:
        schedule = self.team[member.name]
        return availability.StaffSchedule(
            schedule.id, schedule.hours, schedule.away, self._busy.get((member.name, day), ())
        )

    def _intervals(self, slot: Slot) -> list[Interval]:
        return self._busy.setdefault((slot.staff.name, slot.start.date()), [])


def _need(service: Service) -> DurationRequirement:
    return DurationRequirement(service.minutes, service.buffer_before, service.buffer_after)


def _busy(slot: Slot) -> Interval:
    start, need = local_time.minute_of(slot.start), _need(slot.service)
    return start - need.before, start + need.duration + need.after


def closest_to_hour(slots: Sequence[Slot], hour: float) -> Slot:
    """The slot closest to an hour of the day (9.5 is half past nine); `ValueError` without slots."""
    return min(slots, key=lambda slot: abs(slot.start.hour + slot.start.minute / 60 - hour))
