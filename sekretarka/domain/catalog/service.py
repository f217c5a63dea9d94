"""Services: made, changed, taken away, and found by the name or id that a booking gives."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.errors import NotFound
from sekretarka.core.folding import fold
from sekretarka.core.paging import Order, Page, PageQuery, paginate
from sekretarka.core.permissions import Permission
from sekretarka.core.scope import Scope
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.catalog.schemas import ServiceCreate, ServicePatch, columns
from sekretarka.domain.organizations import days

OLDEST_FIRST = Order(col(Service.created_at), descending=False)


async def create(scope: Scope, data: ServiceCreate) -> Service:
    """A new service."""
    scope.require(Permission.SERVICES_WRITE)
    row = scope.add(Service(organization_id=scope.organization_id, **columns(data)))
    await scope.flush()
    days.tell(scope)
    return row


async def find(scope: Scope) -> Sequence[Service]:
    """Every service, the oldest first."""
    scope.require(Permission.SERVICES_READ)
    return await scope.all(_living(scope).order_by(col(Service.created_at), col(Service.id)))


async def page(scope: Scope, query: PageQuery) -> Page[Service]:
    """The same, page by page."""
    scope.require(Permission.SERVICES_READ)
    return await paginate(scope, _living(scope), OLDEST_FIRST, query, {})


async def get(scope: Scope, service_id: UUID) -> Service:
    """One service or `NotFound`."""
    scope.require(Permission.SERVICES_READ)
    return await _get(scope, service_id)


async def update(scope: Scope, service_id: UUID, patch: ServicePatch) -> Service:
    """Merge patch."""
    scope.require(Permission.SERVICES_WRITE)
    row = await _get(scope, service_id, lock=True)
    changes = {name: value for name, value in columns(patch).items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        scope.touch(row)
        days.tell(scope)
    return row


async def delete(scope: Scope, service_id: UUID) -> None:
    """Take it off the list for good; its visits stay and keep its name."""
    scope.require(Permission.SERVICES_WRITE)
    row = await _get(scope, service_id, lock=True)
    row.deleted_at = scope.now
    scope.touch(row)
    days.tell(scope)


async def named(scope: Scope, name_or_id: str) -> Service | None:
    """What a caller means: an id, or a name in any case and without diacritics; of two of a name the older."""
    wanted = fold(name_or_id.strip())
    for row in await scope.all(_living(scope).order_by(col(Service.created_at), col(Service.id))):
        if wanted in (str(row.id), fold(row.name)):
            return row
    return None


async def ever_named(scope: Scope, name_or_id: str) -> list[UUID]:
    """The ids of all services of a name, or of an id, also of those that were taken off the list."""
    wanted = fold(name_or_id.strip())
    return [row.id for row in await scope.all(scope.select(Service)) if wanted in (str(row.id), fold(row.name))]


async def by_ids(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Service]:
    """Services by id, also those that were taken off the list."""
    return {row.id: row for row in await scope.all(scope.select(Service).where(col(Service.id).in_(ids)))}


async def lock(scope: Scope) -> Sequence[Service]:
    """Every service, held so that nobody else changes one until the scope ends; in the order of ids."""
    return await scope.all(_living(scope).order_by(col(Service.id)).with_for_update())


def _living(scope: Scope) -> SelectOfScalar[Service]:
    return scope.select(Service).where(col(Service.deleted_at).is_(None))


async def _get(scope: Scope, service_id: UUID, *, lock: bool = False) -> Service:
    statement = _living(scope).where(Service.id == service_id)
    row = await scope.first(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row
