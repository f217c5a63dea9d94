"""An organization with one staff member and one service, and what can be done to its appointments."""

from dataclasses import dataclass
from uuid import UUID

from sekretarka.core.actor import Actor
from sekretarka.domain.appointments import statuses
from sekretarka.domain.appointments.models import Status
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.staff.models import Staff

REFUSED = r"slot_taken|ex_appointments_busy"
ACTIONS = {
    Status.CONFIRMED: statuses.confirm,
    Status.COMPLETED: statuses.complete,
    Status.NO_SHOW: statuses.mark_no_show,
    Status.CANCELLED: statuses.cancel,
}


@dataclass
class BookableOrganization:
    """An organization with one staff member and one service."""

    owner: Actor
    ewa: Staff
    haircut: Service

    @property
    def id(self) -> UUID:
        assert self.owner.organization_id is not None
        return self.owner.organization_id
