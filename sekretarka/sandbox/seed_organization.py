"""What stands in the salon before anybody calls: its services, its people with their hours, and an empty diary."""

from datetime import date, timedelta
from typing import Any

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.appointments import time_off
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling import schedule_loader as schedule_loader
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.schemas import ServiceCreate
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import service_assignments
from sekretarka.domain.staff.schemas import StaffCreate, TimeOffCreate
from sekretarka.sandbox.ai_service import demo_organization as demo_organization
from sekretarka.sandbox.ai_service.appointment_book import AppointmentBook
from sekretarka.sandbox.ai_service.demo_organization import Service, StaffMember

# Who is away from which day on, counted from today, for how long, and why.
TIME_OFF = (
    ("Tomek", -41, 7, "Urlop"),
    ("Julia", -17, 2, "Szkolenie"),
    ("Kasia", 9, 2, "Szkolenie z koloryzacji"),
    ("Magda", 22, 6, "Urlop"),
)


async def seed_staff_and_services(owner: Actor, today: date) -> None:
    """Hire everybody, list what they do, and note when they are away."""
    async with begin(owner, write=True) as uow:
        ids = {person.name: (await staff.create(uow, _person(person))).id for person in demo_organization.STAFF}
        for service in demo_organization.SERVICES:
            row = await catalog.create(uow, _service(service))
            await service_assignments.assign_staff(
                uow, row, [ids[person.name] for person in demo_organization.qualified_staff(service)]
            )
        for name, ahead, length, reason in TIME_OFF:
            first = today + timedelta(days=ahead)
            bounds = {"startsAt": first.isoformat(), "endsAt": (first + timedelta(days=length - 1)).isoformat()}
            await time_off.create(uow, ids[name], TimeOffCreate.model_validate(bounds | {"reason": reason}))


async def load_appointment_book(owner: Actor, first: date, last: date) -> AppointmentBook:
    """A diary for these days by the hours and rules as they are in the database, with nothing booked."""
    async with begin(owner) as uow:
        organization = await days.current_organization(uow)
        rows = await staff.find(uow)
        known = await schedule_loader.load_staff_schedules(
            uow, rows, local_time.midnight(first), local_time.midnight(last)
        )
    business = schedule_loader.organization_schedule(organization, first, last)
    return AppointmentBook(business, {row.name: person for row, person in zip(rows, known, strict=True)})


def _person(person: StaffMember) -> StaffCreate:
    hours = {day: [_block(block) for block in blocks] for day, blocks in person.weekly_hours.items()}
    given = {"name": person.name, "role": person.role, "color": person.color, "weeklyHours": hours}
    return StaffCreate.model_validate(given)


def _block(block: str) -> dict[str, str]:
    opens, closes = block.split("-")
    return {"open": opens, "close": closes}


def _service(service: Service) -> ServiceCreate:
    given: dict[str, Any] = {
        "name": service.name,
        "category": service.category,
        "duration": service.minutes,
        "bufferBefore": service.buffer_before,
        "bufferAfter": service.buffer_after,
        "price": {"amount": service.price * 100, "currency": "pln"},
    }
    return ServiceCreate.model_validate(given)
