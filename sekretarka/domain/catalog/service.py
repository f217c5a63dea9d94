"""Services: created, changed, deleted, and found by the name or id that a booking gives."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import CannotUndo, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text.search_text import normalize
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.catalog.schemas import ServiceCreate, ServicePatch, columns
from sekretarka.domain.organizations import days

OLDEST_FIRST = SortKey(col(Service.created_at), descending=False)


async def create(uow: UnitOfWork, data: ServiceCreate) -> Service:
    """A new service."""
    uow.require(Permission.SERVICES_WRITE)
    row = uow.add(Service(organization_id=uow.organization_id, **columns(data)))
    await uow.flush()
    days.notify_calendar_changed(uow)
    return row


async def find(uow: UnitOfWork) -> Sequence[Service]:
    """The organization's services that were not deleted, the oldest first."""
    uow.require(Permission.SERVICES_READ)
    return await uow.list(_not_deleted(uow).order_by(col(Service.created_at), col(Service.id)))


async def active_names(uow: UnitOfWork) -> list[str]:
    """The names of the services that can be booked, the oldest first."""
    active = _not_deleted(uow).where(col(Service.is_active)).order_by(col(Service.created_at), col(Service.id))
    return [row.name for row in await uow.list(active)]


async def page(uow: UnitOfWork, query: PageQuery) -> Page[Service]:
    """One page of the services that were not deleted, the oldest first."""
    uow.require(Permission.SERVICES_READ)
    return await paginate(uow, _not_deleted(uow), OLDEST_FIRST, query, {})


async def get(uow: UnitOfWork, service_id: UUID) -> Service:
    """One service; `NotFound`, also for a deleted one."""
    uow.require(Permission.SERVICES_READ)
    return await _get(uow, service_id)


async def update(uow: UnitOfWork, service_id: UUID, patch: ServicePatch) -> Service:
    """Merge patch of the columns; `staff_ids` are left to `service_assignments.assign_staff`. `NotFound`."""
    uow.require(Permission.SERVICES_WRITE)
    row = await _get(uow, service_id, lock=True)
    changes = {name: value for name, value in columns(patch).items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        uow.bump_version(row)
        days.notify_calendar_changed(uow)
    return row


async def delete(uow: UnitOfWork, service_id: UUID) -> None:
    """Mark a service as deleted; its appointments stay and show its name. `NotFound`."""
    uow.require(Permission.SERVICES_WRITE)
    row = await _get(uow, service_id, lock=True)
    row.deleted_at = uow.now
    uow.bump_version(row)
    days.notify_calendar_changed(uow)


async def restore(uow: UnitOfWork, service_id: UUID, version: int) -> Service:
    """Take back the `delete` that made this version. `CannotUndo` for any other one; `NotFound`."""
    uow.require(Permission.SERVICES_WRITE)
    row = await uow.get(Service, service_id, lock=True)
    if row.deleted_at is None or row.version != version:
        raise CannotUndo
    row.deleted_at = None
    uow.bump_version(row)
    days.notify_calendar_changed(uow)
    return row


async def get_by_name(uow: UnitOfWork, name_or_id: str) -> Service | None:
    """The service of an id, or of a name in any case and without diacritics: of two the one that is active, else the
    older, None of none. Inactive ones count, deleted ones do not."""
    searched = normalize(name_or_id.strip())
    active_first = (col(Service.is_active).desc(), col(Service.created_at), col(Service.id))
    for row in await uow.list(_not_deleted(uow).order_by(*active_first)):
        if searched in (str(row.id), normalize(row.name)):
            return row
    return None


async def find_by_name_incl_archived(uow: UnitOfWork, name_or_id: str) -> list[UUID]:
    """The ids of all services of a name (as `get_by_name` compares) or id, also of deleted ones."""
    searched = normalize(name_or_id.strip())
    return [row.id for row in await uow.list(uow.select(Service)) if searched in (str(row.id), normalize(row.name))]


async def by_ids(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Service]:
    """By id, the services of these ids, also deleted ones; unknown ids are left out."""
    return {row.id: row for row in await uow.list(uow.select(Service).where(col(Service.id).in_(ids)))}


async def lock(uow: UnitOfWork) -> Sequence[Service]:
    """Every service that was not deleted, locked until the unit of work ends, in the order of ids."""
    return await uow.list(_not_deleted(uow).order_by(col(Service.id)).with_for_update())


def _not_deleted(uow: UnitOfWork) -> SelectOfScalar[Service]:
    return uow.select(Service).where(col(Service.deleted_at).is_(None))


async def _get(uow: UnitOfWork, service_id: UUID, *, lock: bool = False) -> Service:
    statement = _not_deleted(uow).where(Service.id == service_id)
    row = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row
