"""What a number of appointments counts: each is how many rows fit its criterion, wherever it is shown
(product.md#numbers)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, Status


class AppointmentCount(StrEnum):
    """`booked` counts on the day an appointment was booked, `agenda` on the day it takes place; `to_confirm` are all
    that are to come."""

    BOOKED = "booked"
    AGENDA = "agenda"
    TO_CONFIRM = "to_confirm"


def is_counted(count: AppointmentCount, now: datetime) -> sa.ColumnElement[bool]:
    """Whether an appointment is one of those that `count` counts; holds and cancelled ones are in no number."""
    row = Appointment
    if count is AppointmentCount.TO_CONFIRM:
        return sa.and_(col(row.status) == Status.SCHEDULED, col(row.scheduled_at) > now)
    return col(row.status).not_in([Status.HELD, Status.CANCELLED])


def is_upcoming(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an appointment is still to take place."""
    return sa.and_(col(Appointment.status).in_(OPEN_STATUSES), col(Appointment.scheduled_at) > now)


def day_column(count: AppointmentCount | None) -> Any:
    """The instant whose local day a period of `count` is about; None is any list of appointments."""
    return col(Appointment.created_at if count is AppointmentCount.BOOKED else Appointment.scheduled_at)
