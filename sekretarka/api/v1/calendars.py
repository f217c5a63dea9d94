"""Calendars for other programs: `/staff/:id/calendar.ics?key=…`, whose key is the only credential."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.web import rate_limiter, rate_policies
from sekretarka.domain.appointments import ical_export
from sekretarka.domain.staff import calendar_links
from sekretarka.http import conditional

router = APIRouter(include_in_schema=False)
ATTACHED = {"Content-Disposition": 'attachment; filename="visit.ics"'}


class File(Response):
    """iCalendar."""

    media_type = "text/calendar"


@router.get("/staff/{staff_id}/calendar.ics")
async def get_staff_calendar(request: Request, staff_id: UUID, key: Annotated[str | None, Query()] = None) -> Response:
    """A staff member's appointments as iCalendar; 404 for a key that is wrong or was rotated. Calendar programs add
    parameters of their own to the address they were given: those are ignored."""
    organization_id = await calendar_links.verify(staff_id, key)
    # by the link and not by the address, as a calendar's server reads the links of many people
    await rate_limiter.check(rate_policies.CALENDAR, str(staff_id), request.state.headers)
    async with begin(actor.system(organization_id)) as uow:
        content = await ical_export.export_staff_calendar(uow, staff_id)
    return conditional.with_etag(request, File(content, headers={"Cache-Control": "private, no-cache"}))
