"""Inputs and outputs of staff."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sekretarka.core.text.phone import Phone
from sekretarka.core.web.schemas import BoundedStr, Input, Output, OutputInstant, Patch
from sekretarka.domain.accounts.fields import EmailAddress
from sekretarka.domain.organizations.days import DayOrInstant
from sekretarka.domain.organizations.hours import Block, BusinessHours
from sekretarka.domain.staff.models import Staff, TimeOff

StaffName = Annotated[str, BoundedStr(120, 1)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", max_length=7, examples=["#7c3aed"])]
Hours = Annotated[
    BusinessHours | None, Field(description="Own hours; breaks are between blocks. `null`: the business hours.")
]


class StaffCreate(Input):
    """A new staff member; only the name is needed."""

    name: StaffName
    email: EmailAddress | None = None
    phone: Phone | None = None
    role: Annotated[str, BoundedStr(80)] | None = None
    color: Color | None = None
    user_id: Annotated[UUID | None, Field(description="The member who works as this staff member.")] = None
    is_active: Annotated[bool, Field(strict=True)] = True
    weekly_hours: Hours = None


class StaffPatch(StaffCreate, Patch):
    """Merge patch: absent keeps, `null` clears; days of `weeklyHours` that are absent stay as they are."""

    name: StaffName = ""


class TimeOffCreate(Input):
    """When somebody is away; a plain date means the whole local day, both ends included."""

    starts_at: DayOrInstant
    ends_at: DayOrInstant
    reason: Annotated[str, BoundedStr(200)] | None = None

    @model_validator(mode="after")
    def _alike(self) -> "TimeOffCreate":
        if type(self.starts_at) is not type(self.ends_at):
            raise PydanticCustomError("mixed_days_and_times", "Give two days or two times, not one of each")
        return self


class TimeOffView(Output):
    """Time off."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    starts_at: OutputInstant
    ends_at: OutputInstant
    reason: str | None


class StaffView(Output):
    """A staff member; `timeOff` is what is not over yet."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: str
    email: str | None
    phone: str | None
    role: str | None
    color: str | None
    user_id: UUID | None
    is_active: bool
    weekly_hours: dict[str, list[Block]] | None
    time_off: list[TimeOffView]
    calendar_url: Annotated[
        str | None, Field(description="The appointments as iCalendar; for managers of staff and the staff member.")
    ]

    @classmethod
    def of(cls, row: Staff, time_off: Iterable[TimeOff], calendar_url: str | None) -> "StaffView":
        """The view of one row, its time off and its calendar's URL (None: not for this caller)."""
        away = [TimeOffView.model_validate(period) for period in time_off]
        return cls(**row.model_dump(), time_off=away, calendar_url=calendar_url)
