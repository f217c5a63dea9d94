"""Which free times the AI offers: at most three, spread so that there is a choice."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.organizations import days
from sekretarka.domain.receptionist import speech
from sekretarka.domain.receptionist.schemas import CheckAvailability
from sekretarka.domain.receptionist.tool_context import NAMED, Answered, ToolContext, ToolRejected
from sekretarka.domain.staff import service as staff

OFFERED = 3
AHEAD = timedelta(days=13)
NOON = 12


async def check_availability(context: ToolContext, arguments: CheckAvailability) -> Answered:
    """At most three free times of the day asked for; when there are none, or no day was asked for, of the two weeks
    that begin with it or today. Data has the service, `duration` (minutes), `price` (minor units) and `slots`. Raises
    `ToolRejected` for an unknown service or staff member and a day that is past or too far ahead."""
    uow = context.uow
    service = await wanted_service(context, arguments.service_type)
    staff_id = await context.staff_id(arguments.staff, service.id)
    organization = await days.current_organization(uow)
    first = arguments.date or context.today
    if first < context.today:
        raise ToolRejected("in_past")
    if first > context.today + timedelta(days=organization.booking["maximumAdvanceDays"]):
        raise ToolRejected("too_far")
    people = await staff.find_qualified(uow, service.id, staff_id)
    slots = await appointments.find_slots(
        uow, organization, people, schedule_loader.requirement_of_service(service), (first, first + AHEAD)
    )
    zone = clock.zone(context.timezone)
    free = [local_time.to_local(slot.start, zone) for slot in slots if slot.free]
    that_day = [moment for moment in free if moment.date() == first] if arguments.date else free
    offered = spread(that_day or free)
    data = {
        "serviceId": str(service.id),
        "serviceType": service.name,
        "duration": service.duration,
        "price": {"amount": service.price_amount, "currency": service.price_currency},
        "slots": [{"time": moment.isoformat(timespec="seconds")} for moment in offered],
    }
    if not offered:
        return context.text("tools.times.none"), data
    times = speech.times(context.language, offered, context.today)
    key = "tools.times.found" if that_day else "tools.times.other_day"
    return context.text(key, times=times), data


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


async def wanted_service(context: ToolContext, name_or_id: str) -> Service:
    """The active service of a name or id; `ToolRejected` (`unknown_service`) with the names that there are."""
    service = await catalog.get_by_name(context.uow, name_or_id)
    if service is None or not service.is_active:
        names = [row.name for row in await catalog.find(context.uow) if row.is_active]
        raise ToolRejected("unknown_service", {"services": names[:NAMED]})
    return service
