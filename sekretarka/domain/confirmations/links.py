"""Links to the page where a client confirms, moves or cancels: short enough for an SMS, too long to be guessed."""

import re
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.runtime import crypto
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.confirmations.models import ConfirmationLink
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.templates.service import link_base

LENGTH = 22  # characters of 62: 131 bits
RETENTION = timedelta(days=30)
_TOKEN = re.compile(rf"[0-9A-Za-z]{{{LENGTH}}}")
LINK = PreparedQuery(
    sa.select(col(ConfirmationLink.organization_id), col(ConfirmationLink.appointment_id))
    .join(Organization, col(Organization.id) == col(ConfirmationLink.organization_id))
    .where(col(Organization.deleted_at).is_(None))
    .where(col(ConfirmationLink.token_hash) == sa.bindparam("wanted", type_=sa.String))
)


def issue(uow: UnitOfWork, appointment_id: UUID) -> str:
    """The URL of a new link to an appointment; earlier ones keep working."""
    token = crypto.random_base62(LENGTH)
    uow.add(
        ConfirmationLink(
            organization_id=uow.organization_id, token_hash=crypto.sha256_hex(token), appointment_id=appointment_id
        )
    )
    return link_base() + token


async def follow(token: str) -> tuple[Actor, UUID]:
    """Who acts by the link, and the id of the appointment; `NotFound` for a token that never was one. Runs before there
    is a caller."""
    row = await LINK.fetch_row(wanted=crypto.sha256_hex(token)) if _TOKEN.fullmatch(token) else None
    if row is None:
        raise NotFound
    organization_id, appointment_id = row
    return actor.client(UUID(str(organization_id))), UUID(str(appointment_id))


async def purge_expired(uow: UnitOfWork) -> None:
    """Delete links to appointments that ended longer than `RETENTION` ago."""
    links, appointments = (
        SQLModel.metadata.tables[str(model.__tablename__)] for model in (ConfirmationLink, Appointment)
    )
    over = sa.select(appointments.c.id).where(appointments.c.ends_at < uow.now - RETENTION)
    await uow.execute(sa.delete(links).where(links.c.appointment_id.in_(over)))
