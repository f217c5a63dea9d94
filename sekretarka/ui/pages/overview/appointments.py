"""Today's appointments and those to be confirmed, refreshed whenever one changes."""

from collections.abc import Collection, Mapping
from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.domain.appointments import authorization, statuses
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentView
from sekretarka.domain.staff import service as staff
from sekretarka.ui.appointments import appointment_href
from sekretarka.ui.live import refresh_on
from sekretarka.ui.metrics import metric_href
from sekretarka.ui.page_state import PageState
from sekretarka.ui.session import secured, write_uow
from sekretarka.ui.undo import offer_to_restore

MAX_TODAY, MAX_WAITING = 12, 6


class AppointmentRow(TypedDict):
    """An appointment: when (RFC 3339), the client, service and staff member; `phone` is E.164, `person` the staff
    member's name."""

    id: str
    at: str
    who: str
    phone: str
    service: str
    person: str
    state: str
    href: str
    writable: bool


@refresh_on("appointment.created", "appointment.updated", path="/dashboard")
class OverviewAppointmentsState(PageState, rx.State):
    """At most `MAX_TODAY` of today's appointments that were not cancelled and `MAX_WAITING` upcoming ones to be
    confirmed, and how many there are of each."""

    today: rx.Field[list[AppointmentRow]] = rx.field(default_factory=list)
    today_total: int = 0
    today_href: str = ""
    waiting: rx.Field[list[AppointmentRow]] = rx.field(default_factory=list)
    waiting_total: int = 0

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """Read both lists."""
        await self._load()

    @secured(Permission.APPOINTMENTS_WRITE)
    async def confirm(self, appointment_id: UUID) -> EventSpec:
        """Confirm an appointment: its row goes, and the next one comes in its place."""
        confirmed = await write_uow(statuses.confirm, appointment_id)
        await self._refresh()
        return offer_to_restore("overview.was_confirmed", confirmed)

    async def _read(self, uow: UnitOfWork) -> None:
        staff_names = await staff.names(uow)
        agenda, waiting = await metrics.rows(uow, Metric.AGENDA), await metrics.rows(uow, Metric.TO_CONFIRM)
        self.today_href = await metric_href(uow, Metric.AGENDA)
        soonest = (col(Appointment.scheduled_at), col(Appointment.id))
        self.today_total, self.waiting_total = await uow.count(agenda), await uow.count(waiting)
        first = await uow.list(agenda.order_by(*soonest).limit(MAX_TODAY))
        unconfirmed = await uow.list(waiting.order_by(*soonest).limit(MAX_WAITING))
        writable = set(await authorization.filter_writable(uow, [row.staff_id for row in unconfirmed]))
        self.today = [_row(view, staff_names, writable) for view in await appointments.view(uow, *first)]
        self.waiting = [_row(view, staff_names, writable) for view in await appointments.view(uow, *unconfirmed)]


def _row(view: AppointmentView, staff_names: Mapping[UUID, str], writable: Collection[UUID]) -> AppointmentRow:
    return AppointmentRow(
        id=str(view.id),
        at=clock.to_json(view.scheduled_at),
        who=view.client_name or phone.format_national(view.client_phone),
        phone=view.client_phone,
        service=view.service_type,
        person=staff_names.get(view.staff_id, ""),
        state=str(view.status),
        href=appointment_href(view.id),
        writable=view.staff_id in writable,
    )
