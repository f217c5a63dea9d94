"""`/clients`: the organization's clients."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.clients.schemas import ClientCreate, ClientFilter, ClientMerge, ClientPatch, ClientView
from sekretarka.domain.timeline import service as timeline
from sekretarka.domain.timeline.service import TimelineEntry
from sekretarka.http.responses import Envelope, Page, page_of, set_location

router = APIRouter(prefix="/clients", tags=["clients"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.CLIENTS_READ, cacheable=True), requires(Permission.CLIENTS_WRITE)


class ClientQuery(ClientFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_clients(uow: WithUnitOfWork, query: Annotated[ClientQuery, Query()]) -> Page[ClientView]:
    """Clients, by default the newest first; `search` looks in names, numbers and addresses, ignoring case and
    diacritics."""
    page = await clients.page(uow, query, query)
    return page_of(await _views(uow, *page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_client(uow: WithUnitOfWork, data: ClientCreate, response: Response) -> Envelope[ClientView]:
    """A new client. Calls and bookings create clients, too; a number that another client has is `DUPLICATE`."""
    row = await clients.create(uow, data)
    set_location(response, "clients", row.id)
    return await _one(uow, row)


@router.get("/{client_id}", openapi_extra=READ)
async def get_client(uow: WithUnitOfWork, client_id: UUID) -> Envelope[ClientView]:
    """One client."""
    return await _one(uow, await clients.get(uow, client_id))


@router.patch("/{client_id}", openapi_extra=WRITE)
async def update_client(uow: WithUnitOfWork, client_id: UUID, patch: ClientPatch) -> Envelope[ClientView]:
    """Merge patch. Staff change `notes` only; `blocked` marks a number whose calls are unwanted."""
    return await _one(uow, await clients.update(uow, client_id, patch))


@router.post("/{client_id}/merge", openapi_extra=WRITE)
async def merge_client(uow: WithUnitOfWork, client_id: UUID, data: ClientMerge) -> Envelope[ClientView]:
    """Merge the client of the body into this one: their appointments and calls become this client's."""
    return await _one(uow, await clients.merge(uow, client_id, data.client_id))


@router.get("/{client_id}/timeline", openapi_extra=READ)
async def list_timeline(
    uow: WithUnitOfWork, client_id: UUID, query: Annotated[PageQuery, Query()]
) -> Page[TimelineEntry]:
    """Appointments, calls and messages of a client, the latest first; a key sees what its scopes allow."""
    page = await timeline.page(uow, client_id, query)
    return page_of(await timeline.view(uow, *page.rows), page)


async def _views(uow: UnitOfWork, *rows: Client) -> list[ClientView]:
    stats = await appointments.client_stats(uow, [row.id for row in rows])
    figures = [(row, stats.get(row.id, appointments.NO_STATS)) for row in rows]
    return [ClientView.of(row, row_stats.completed, row_stats.missed, row_stats.last_at) for row, row_stats in figures]


async def _one(uow: UnitOfWork, row: Client) -> Envelope[ClientView]:
    return Envelope(data=(await _views(uow, row))[0])
