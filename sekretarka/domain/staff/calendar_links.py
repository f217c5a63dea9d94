"""A staff member's calendar behind a secret link. Nothing secret is stored: the key is an HMAC of the staff id and the
link's number, and increasing that number makes the old link worthless."""

from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import crypto
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff.models import Staff

PURPOSE = "calendar"
LINK = PreparedQuery(
    sa.select(col(Staff.organization_id), col(Staff.calendar_number))
    .join(Organization, col(Organization.id) == col(Staff.organization_id))
    .where(col(Staff.deleted_at).is_(None), col(Organization.deleted_at).is_(None))
    .where(col(Staff.id) == sa.bindparam("wanted", type_=sa.Uuid))
)
NO_KEY = "none"


def url_for(uow: UnitOfWork, row: Staff) -> str | None:
    """The URL of the iCalendar feed with its key; None unless the caller manages the staff or is the staff member."""
    is_own = row.user_id is not None and row.user_id == uow.actor.user_id
    if not is_own and Permission.STAFF_WRITE not in uow.actor.permissions:
        return None
    key = crypto.hmac_hex(PURPOSE, _signed_text(row.id, row.calendar_number))
    return f"{settings.base_url.rstrip('/')}/api/v1/staff/{row.id}/calendar.ics?{urlencode({'key': key})}"


async def verify(staff_id: UUID, key: str | None) -> UUID:
    """The id of the organization whose staff member this is; `NotFound` whatever is wrong with id or key. Runs before
    there is a caller."""
    row = await LINK.fetch_row(wanted=staff_id)
    organization_id, number = row or (None, 0)
    fits = crypto.is_hmac_hex(PURPOSE, _signed_text(staff_id, number), key or NO_KEY)
    if organization_id is None or not fits:
        raise NotFound
    return UUID(str(organization_id))


def _signed_text(staff_id: UUID, number: int) -> str:
    return f"{staff_id}|{number}"
