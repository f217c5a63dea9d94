"""Three months of calls to the demo organization, as the bodies its webhook would have received."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sekretarka.domain.appointments.models import Source
from sekretarka.sandbox.ai_service import demo_organization, events, personas, scenarios
from sekretarka.sandbox.ai_service.appointment_book import AppointmentBook
from sekretarka.sandbox.ai_service.calls import Call, make_call
from sekretarka.sandbox.ai_service.events import Event
from sekretarka.sandbox.ai_service.receptionist_sim import ReceptionistSim

DAYS = 90
# Calls on an ordinary Monday, Tuesday … Sunday: about 1,500 in 90 days.
PER_DAY = (11.0, 19.5, 19.5, 21.5, 23.5, 22.0, 1.2)
HOLIDAY_SHARE = 0.08
GROWTH = 0.16  # how much busier it is at the end than at the beginning
# How calls spread over the hours from 8 to 21: two waves on working days, one on Saturdays.
WORKDAY = (3, 7, 13, 14, 9, 6, 6, 8, 13, 13, 8, 4, 2, 1)
MONDAY = (1, 3, 9, 15, 12, 7, 6, 8, 13, 12, 6, 3, 2, 1)
SATURDAY = (6, 13, 19, 18, 15, 12, 9, 4, 2, 1, 1, 0, 0, 0)
SUNDAY = (0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0)
FIRST_HOUR = 8


@dataclass(frozen=True)
class PastCall:
    """A call and when it began."""

    call: Call
    started_at: datetime

    @property
    def settled_at(self) -> datetime:
        """When the last event about it came."""
        return self.started_at + timedelta(seconds=self.call.ending.seconds + (self.call.recording_after or 0))

    def events(self, agent_id: str) -> list[Event]:
        """What the webhook received about it."""
        return events.condensed(self.call, agent_id, self.started_at)


def simulate_history(
    rng: Random, day: date, *, days: int = DAYS, until: datetime | None = None, book: AppointmentBook | None = None
) -> list[PastCall]:
    """The calls of the `days` days that end with `day`, oldest first; none that was not over at `until`.

    The same generator state gives the same history. A book gets the appointments that calls and staff book, move and
    cancel in these days.
    """
    until = until or datetime.max.replace(tzinfo=UTC)
    clients = personas.demo_clients()
    first = day - timedelta(days=days - 1)
    receptionist = ReceptionistSim(rng, book, first) if book else None
    past: list[PastCall] = []
    for date_ in (first + timedelta(days=n) for n in range(days)):
        if receptionist is not None:
            receptionist.book_day(date_, until)
        growth = 1 + GROWTH * (0.5 - (day - date_).days / max(1, days - 1))
        for moment in _moments(rng, date_, growth):
            call = PastCall(make_call(rng, scenarios.choose(rng), moment, clients, book), moment)
            if call.settled_at <= until:
                past.append(call)
                _apply(call, book)
    if receptionist is not None:
        receptionist.finish_appointments(until)
    return past


def _apply(call: PastCall, book: AppointmentBook | None) -> None:
    """Book, move or cancel what the call agreed on."""
    plan, at = call.call.plan, call.settled_at
    if book is None or plan is None:
        return
    if plan.appointment is None and plan.slot is not None:
        book.add(plan.slot, call.call.caller, at, Source.AGENT, call.call.id)
    elif plan.appointment is not None and plan.slot is not None:
        book.move(plan.appointment, plan.slot, at, Source.AGENT)
    elif plan.appointment is not None:
        book.cancel(plan.appointment, at, Source.AGENT)


def _moments(rng: Random, day: date, growth: float) -> list[datetime]:
    """When the phone rings on a day, in order."""
    expected = PER_DAY[day.weekday()] * growth * rng.uniform(0.8, 1.2)
    if demo_organization.is_holiday(day):
        expected *= HOLIDAY_SHARE
    count = int(expected) + (rng.random() < expected % 1)
    hours = rng.choices(range(FIRST_HOUR, FIRST_HOUR + len(WORKDAY)), _curve(day), k=count)
    times = sorted(time(hour, rng.randrange(60), rng.randrange(60), rng.randrange(1000) * 1000) for hour in hours)
    return [datetime.combine(day, moment, demo_organization.ZONE).astimezone(UTC) for moment in times]


def _curve(day: date) -> tuple[int, ...]:
    return {0: MONDAY, 5: SATURDAY, 6: SUNDAY}.get(day.weekday(), WORKDAY)
