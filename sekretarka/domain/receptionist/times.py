"""Which free times the AI offers: at most three, spread so that there is a choice."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader, slot_search
from sekretarka.domain.appointments.scheduling.availability import Slot
from sekretarka.domain.organizations import days
from sekretarka.domain.receptionist import speech
from sekretarka.domain.receptionist.choices import NAMED, wanted_service, wanted_staff
from sekretarka.domain.receptionist.said_times import means_any_day
from sekretarka.domain.receptionist.schemas import CheckAvailability
from sekretarka.domain.receptionist.tool_context import Answered, ToolContext, ToolRejected
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.models import Staff

OFFERED = 3
AHEAD = timedelta(days=13)
NOON = 12


async def check_availability(context: ToolContext, arguments: CheckAvailability) -> Answered:
    """At most three free times of the day asked for; when there are none, or no day was asked for, of the two weeks
    that begin with it or today. Where the staff member asked for has none, those of somebody else, who is named. Data
    has the service, `duration` (minutes), `price` (minor units) and `slots` with the names of those who are free.
    Raises `ToolRejected` for an unknown service or staff member and a day that is past or too far ahead."""
    uow = context.uow
    service = await wanted_service(context, arguments.service_type)
    wanted = await wanted_staff(context, arguments.staff, service)
    organization = await days.current_organization(uow)
    wanted_day = context.day(arguments.date) if arguments.date and not means_any_day(arguments.date) else None
    first = wanted_day or context.today
    if first < context.today:
        raise ToolRejected("in_past")
    if first > context.today + timedelta(days=organization.booking["maximumAdvanceDays"]):
        raise ToolRejected("too_far")
    people = await staff.find_qualified(uow, service.id)
    slots = await slot_search.find_slots(
        uow, organization, people, schedule_loader.requirement_of_service(service), (first, first + AHEAD)
    )
    shown = wanted and _with_times(wanted, people, slots)
    zone = clock.zone(context.timezone)
    free = {
        local_time.to_local(slot.start, zone): slot.free
        for slot in slots
        if slot.free and (shown is None or shown.id in slot.free)
    }
    that_day = [moment for moment in free if moment.date() == first] if wanted_day else list(free)
    offered = spread(that_day or list(free))
    names = {row.id: row.name for row in people}
    data = {
        "serviceId": str(service.id),
        "serviceType": service.name,
        "duration": service.duration,
        "price": {"amount": service.price_amount, "currency": service.price_currency},
        "slots": [
            {
                "time": moment.isoformat(timespec="seconds"),
                "staff": [shown.name] if shown else [names[staff_id] for staff_id in free[moment][:NAMED]],
            }
            for moment in offered
        ],
    }
    if not offered:
        return context.text("tools.times.none"), data
    key = "tools.times.found" if that_day else "tools.times.staff_other_day" if wanted else "tools.times.other_day"
    values = {"times": speech.times(context.language, offered, context.today)}
    if wanted and shown:
        key = key if shown.id == wanted.id else "tools.times.somebody_else"
        values |= {"wanted": wanted.name, "staff": shown.name}
    return context.text(key, **values), data


def _with_times(wanted: Staff, people: Sequence[Staff], slots: Sequence[Slot]) -> Staff:
    """The staff member asked for, or, where they have no time at all, the one of the others who has the most."""
    counts = Counter(staff_id for slot in slots for staff_id in slot.free)
    return wanted if counts[wanted.id] else max(people, key=lambda row: counts[row.id])


def spread(free: Sequence[datetime]) -> list[datetime]:
    """At most `OFFERED` of the times, in order: the first of each morning and afternoon; where there are fewer of
    those, the times furthest from the chosen ones."""
    halves: dict[object, datetime] = {}
    for moment in free:
        halves.setdefault((moment.date(), moment.hour < NOON), moment)
    chosen = list(halves.values())[:OFFERED]
    while chosen and len(chosen) < min(OFFERED, len(free)):
        rest = [moment for moment in free if moment not in chosen]
        chosen.append(max(rest, key=lambda moment: min(abs(moment - other) for other in chosen)))
    return sorted(chosen)
