"""The appointments that a number counts, page by page: where the numbers of other screens lead."""

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.schemas import AppointmentFilter
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.ui.list_state import PAGE_SIZE, PagerState
from sekretarka.ui.live import refresh_on
from sekretarka.ui.page_state import PageState
from sekretarka.ui.pages.appointments import view_models
from sekretarka.ui.pages.appointments.query_params import FIRST_DAY, LAST_DAY, PATH
from sekretarka.ui.pages.appointments.state import url_state
from sekretarka.ui.pages.appointments.view_models import ListDay
from sekretarka.ui.session import secured


@refresh_on("appointment.created", "appointment.updated", path=PATH)
class CountedAppointmentsState(PageState, PagerState, rx.State):
    """A page of the appointments that the URL's `counted_as` counts, the earliest first; empty without one. `here` is
    its own path and query."""

    counted_as: str = ""
    here: str = ""
    listed: rx.Field[list[ListDay]] = rx.field(default_factory=list)

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """Read what the URL asks for."""
        await self._load()

    @secured(Permission.APPOINTMENTS_READ)
    def show_all(self) -> EventSpec:
        """Back to the calendar."""
        return rx.redirect(PATH)

    async def _read(self, uow: UnitOfWork) -> None:
        url = url_state(self)
        self.counted_as, self.here = str(url.counted_as or ""), url.closed().href
        if url.counted_as is None:
            self.listed = []
            return
        between = AppointmentFilter(start_date=url.since, end_date=url.until, sort="scheduledAt")
        page = await appointments.page(uow, between, PageQuery(page=url.page, limit=PAGE_SIZE), url.counted_as)
        services = await catalog.by_ids(uow, {row.service_id for row in page.rows})
        names = await staff.names(uow)
        rows = [view_models.row(row, services, names, writable=False) for row in page.rows]
        zone = (await days.current_organization(uow)).timezone
        self.listed = view_models.by_day(rows, FIRST_DAY, LAST_DAY, zone)
        self._show_position(url, len(rows), page.total)
