"""What the demo organization has before anybody calls: services, staff with their hours, and an empty book."""

from datetime import date, timedelta
from typing import Any

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.appointments import time_off
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.schemas import ServiceCreate
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import service_assignments
from sekretarka.domain.staff.schemas import StaffCreate, TimeOffCreate
from sekretarka.sandbox.ai_service import demo_organization
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
    """Create the staff, the services they offer, and their time off."""
    async with begin(owner, write=True) as uow:
        ids = {member.name: (await staff.create(uow, _staff_member(member))).id for member in demo_organization.STAFF}
        for service in demo_organization.SERVICES:
            row = await catalog.create(uow, _service(service))
            await service_assignments.assign_staff(
                uow, row, [ids[member.name] for member in demo_organization.qualified_staff(service)]
            )
        for name, ahead, length, reason in TIME_OFF:
            first = today + timedelta(days=ahead)
            bounds = {"startsAt": first.isoformat(), "endsAt": (first + timedelta(days=length - 1)).isoformat()}
            await time_off.create(uow, ids[name], TimeOffCreate.model_validate(bounds | {"reason": reason}))


async def load_appointment_book(owner: Actor, first: date, last: date) -> AppointmentBook:
    """A book for these days, by the hours and rules in the database, with nothing booked."""
    async with begin(owner) as uow:
        organization = await days.current_organization(uow)
        rows = await staff.find(uow)
        schedules = await schedule_loader.load_staff_schedules(
            uow, rows, local_time.midnight(first), local_time.midnight(last)
        )
    hours = schedule_loader.organization_schedule(organization, first, last)
    return AppointmentBook(hours, {row.name: schedule for row, schedule in zip(rows, schedules, strict=True)})


def _staff_member(member: StaffMember) -> StaffCreate:
    hours = {day: [_block(block) for block in blocks] for day, blocks in member.weekly_hours.items()}
    values = {"name": member.name, "role": member.role, "color": member.color, "weeklyHours": hours}
    return StaffCreate.model_validate(values)


def _block(block: str) -> dict[str, str]:
    opens, closes = block.split("-")
    return {"open": opens, "close": closes}


def _service(service: Service) -> ServiceCreate:
    values: dict[str, Any] = {
        "name": service.name,
        "category": service.category,
        "duration": service.minutes,
        "bufferBefore": service.buffer_before,
        "bufferAfter": service.buffer_after,
        "price": {"amount": service.price * 100, "currency": "pln"},
    }
    return ServiceCreate.model_validate(values)
