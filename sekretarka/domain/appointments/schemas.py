"""Inputs and outputs of appointments."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo
from pydantic_core import PydanticCustomError

from sekretarka.core.runtime import clock
from sekretarka.core.text.phone import Phone
from sekretarka.core.web.money import Money
from sekretarka.core.web.schemas import BoundedStr, Day, Input, InputInstant, Output, OutputInstant, Patch
from sekretarka.domain.accounts.fields import EmailAddress
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change, Source, Status
from sekretarka.domain.appointments.schedule_conflicts import Reason
from sekretarka.domain.clients.schemas import ClientName
from sekretarka.domain.organizations.days import DayOrInstant
from sekretarka.domain.organizations.schemas import Zone
from sekretarka.domain.staff.schemas import StaffView, TimeOffView

_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)

ServiceType = Annotated[str, BoundedStr(120, 1), Field(description="A service's name or id.", examples=["Strzyżenie"])]
Notes = Annotated[str, BoundedStr(10_000)]
VisibleStatus = Literal[Status.SCHEDULED, Status.CONFIRMED, Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW]


def _on_the_clock(value: Any, info: ValidationInfo) -> Any:
    """A time without offset is what the clock shows in the `timezone` beside it; the earlier one where it repeats."""
    zone_name = info.data.get("timezone")
    if zone_name is None or not isinstance(value, str) or not _LOCAL.fullmatch(value):
        return value
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        return value
    if not clock.EARLIEST.year <= local.year <= clock.LATEST.year:
        return local.replace(tzinfo=UTC)  # near the ends of time there is nothing to convert to; it is rejected next
    local = local.replace(tzinfo=clock.zone(zone_name))
    instant = local.astimezone(UTC)
    if instant.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise PydanticCustomError(
            "nonexistent_local_time", "This time does not exist: the clocks are put forward over it"
        )
    return instant


def _whole_minute(value: datetime) -> datetime:
    if value.second or value.microsecond:
        raise PydanticCustomError("not_a_whole_minute", "An appointment begins at a whole minute")
    return value


Start = Annotated[
    InputInstant,
    BeforeValidator(_on_the_clock),
    AfterValidator(_whole_minute),
    Field(description="RFC 3339 with offset; without one it is local time in `timezone`."),
]


class HoldCreate(Input):
    """A time to reserve for a few minutes; without `staffId` with anyone who is free."""

    timezone: Annotated[Zone | None, Field(description="For a `scheduledAt` without offset.")] = None
    service_type: ServiceType
    scheduled_at: Start
    staff_id: UUID | None = None


class AppointmentCreate(HoldCreate):
    """An appointment. The client is found, or made, by phone number. `holdId` turns a hold into it."""

    client_name: ClientName
    client_phone: Phone
    client_email: EmailAddress | None = None
    notes: Notes | None = None
    hold_id: UUID | None = None
    agent_id: UUID | None = None
    conversation_id: UUID | None = None


class AppointmentPatch(Patch):
    """Merge patch: absent keeps, `null` clears `clientEmail` and `notes`. Time, staff and service move it."""

    timezone: Annotated[Zone | None, Field(description="For a `scheduledAt` without offset.")] = None
    scheduled_at: Start = clock.EARLIEST
    staff_id: UUID = UUID(int=0)
    service_type: ServiceType = ""
    client_name: ClientName = ""
    client_phone: Phone = ""
    client_email: EmailAddress | None = None
    notes: Notes | None = None


class AppointmentFilter(Input):
    """What a list can be narrowed by. A plain date means the organization's whole local day, both ends included."""

    status: VisibleStatus | None = None
    start_date: DayOrInstant | None = None
    end_date: DayOrInstant | None = None
    service_type: ServiceType | None = None
    staff_id: UUID | None = None
    client_id: UUID | None = None
    sort: Literal["scheduledAt", "-scheduledAt"] = "-scheduledAt"


class AvailabilityQuery(Input):
    """Which day, for what and with whom; without `staffId` with anyone who can do it."""

    date: Day
    service_type: ServiceType
    staff_id: UUID | None = None


class StaffAvailabilityQuery(Input):
    """Which day (today when not given), and for what; without a service each slot is as long as the grid."""

    date: Day | None = None
    service_type: ServiceType | None = None


LocalTime = Annotated[
    datetime,
    PlainSerializer(lambda at: at.isoformat(timespec="seconds"), return_type=str),
    Field(json_schema_extra={"format": "date-time", "example": "2026-11-27T14:30:00+01:00"}),
]


class SlotView(Output):
    """A time, and who is free then; `available` when anybody is."""

    time: LocalTime
    available: bool
    staff_ids: list[UUID]


class AvailabilityView(Output):
    """A day's times, also those that are taken, as the clocks of the organization show them."""

    date: date
    timezone: str
    slots: list[SlotView]


class HoldView(Output):
    """A time reserved until `expiresAt`; `POST /appointments` with its `id` as `holdId` books it."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    expires_at: OutputInstant
    staff_id: UUID
    service_id: UUID
    scheduled_at: OutputInstant
    ends_at: OutputInstant

    @classmethod
    def of(cls, row: Appointment) -> "HoldView":
        """The view of a hold."""
        return cls(**row.model_dump(include=set(cls.model_fields)), expires_at=row.held_until or row.created_at)


class AppointmentView(Output):
    """An appointment; `price` is in minor units."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    client_id: UUID
    client_name: str
    client_phone: str
    client_email: str | None
    service_id: UUID
    service_type: str
    staff_id: UUID
    scheduled_at: OutputInstant
    ends_at: OutputInstant
    status: VisibleStatus
    price: Money
    notes: str | None
    source: Source
    agent_id: UUID | None
    conversation_id: UUID | None
    cancelled_reason: str | None

    @classmethod
    def of(cls, row: Appointment, service_name: str) -> "AppointmentView":
        """The view of an appointment and its service's name."""
        price = Money(amount=row.price_amount, currency=row.price_currency)
        return cls(**row.model_dump(), price=price, service_type=service_name)


class TimeOffTaken(TimeOffView):
    """Time off, and the appointments that lie in it: they stay until somebody moves or cancels them."""

    appointments: list[AppointmentView]


class StaffAppointmentsView(StaffView):
    """A staff member; `upcomingAppointments` are still to take place, also of one who is not active any more."""

    upcoming_appointments: int


class StaffDeleted(StaffAppointmentsView):
    """Who was deleted, and the first hundred of the upcoming appointments that are left; the others have this `staffId`
    in the list of appointments and at `/appointments/outside`."""

    appointments: list[AppointmentView]


class ScheduleConflictView(AppointmentView):
    """An upcoming appointment outside of working time, and why."""

    reason: Reason


class ScheduleConflictsView(Output):
    """Appointments that a change of hours, days or staff left behind; the earliest first."""

    appointments: list[ScheduleConflictView]


class ScheduleConflictsQuery(Input):
    """Of one staff member, or of all."""

    staff_id: UUID | None = None


class ChangeView(Output):
    """One entry of an appointment's history. `before` and `after` hold what is different, by name."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    change: Change
    actor: str
    user_id: UUID | None
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, row: AppointmentChange) -> "ChangeView":
        """The view of one row."""
        return cls(**row.model_dump(include=set(cls.model_fields)))
