"""`/api-keys`: credentials of programs; created and changed by users only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.organizations.key_schemas import ApiKeyCreate, ApiKeyPatch, ApiKeyView, NewApiKeyView
from sekretarka.domain.organizations.models import ApiKey
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(prefix="/api-keys", tags=["api-keys"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.API_KEYS_READ), requires(Permission.API_KEYS_WRITE)


@router.get("", openapi_extra=READ)
async def list_api_keys(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[ApiKeyView]:
    """The organization's keys, newest first, expired and revoked ones too; never their secrets."""
    page = await api_keys.page(uow, query)
    return page_of(await api_keys.view(uow, *page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_api_key(uow: WithUnitOfWork, data: ApiKeyCreate, response: Response) -> Envelope[NewApiKeyView]:
    """A new key. `key` is shown in this answer and never again. Not for API keys."""
    return await _shown_once(uow, response, *await api_keys.create(uow, data))


@router.get("/{api_key_id}", openapi_extra=READ)
async def get_api_key(uow: WithUnitOfWork, api_key_id: UUID) -> Envelope[ApiKeyView]:
    """One key, without its secret."""
    return await _one(uow, await api_keys.get(uow, api_key_id))


@router.patch("/{api_key_id}", openapi_extra=WRITE)
async def update_api_key(uow: WithUnitOfWork, api_key_id: UUID, patch: ApiKeyPatch) -> Envelope[ApiKeyView]:
    """Merge patch: absent keeps, `expiresAt: null` removes the expiry; `scopes` are replaced. Not for API keys."""
    return await _one(uow, await api_keys.update(uow, api_key_id, patch))


@router.delete("/{api_key_id}", openapi_extra=WRITE)
async def revoke_api_key(uow: WithUnitOfWork, api_key_id: UUID) -> Envelope[Deleted]:
    """Revoke a key at once and for good; repeating it changes nothing. It stays in the list."""
    await api_keys.revoke(uow, api_key_id)
    return Envelope(data=Deleted(id=api_key_id))


@router.post("/{api_key_id}/rotate", status_code=201, openapi_extra=WRITE)
async def rotate_api_key(uow: WithUnitOfWork, api_key_id: UUID, response: Response) -> Envelope[NewApiKeyView]:
    """A new key with the same name, scopes and end; the old one works for another 24 hours. Not for API keys."""
    return await _shown_once(uow, response, *await api_keys.rotate(uow, api_key_id))


async def _one(uow: UnitOfWork, row: ApiKey) -> Envelope[ApiKeyView]:
    return Envelope(data=(await api_keys.view(uow, row))[0])


async def _shown_once(uow: UnitOfWork, response: Response, row: ApiKey, key: str) -> Envelope[NewApiKeyView]:
    set_location(response, "api-keys", row.id)
    response.headers["Cache-Control"] = "private, no-store"
    view = (await _one(uow, row)).data
    return Envelope(data=NewApiKeyView(**view.model_dump(), key=key))
