"""`/users/me/sessions` and `/users/me/password`: the user's sessions and password."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import AuthenticatedRoute, Caller, TransactionalRoute, WithUnitOfWork
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.schemas import DeviceView, PasswordChange, SignedOut
from sekretarka.domain.auth import password_change
from sekretarka.http import cookies
from sekretarka.http.responses import Deleted, Envelope, Page, page_of

PERSONAL = {"x-no-store": True}
router = APIRouter(prefix="/users/me", tags=["users"])
rows = APIRouter(route_class=TransactionalRoute)
hashing = APIRouter(route_class=AuthenticatedRoute)  # a transaction must not wait for a hash


@rows.get("/sessions", openapi_extra=PERSONAL)
async def list_sessions(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[DeviceView]:
    """The browsers that the user is signed in with, latest use first. Not for API keys."""
    page = await sessions.page(uow, query)
    return page_of([DeviceView.of(row, uow.actor.session_id) for row in page.rows], page)


@rows.delete("/sessions", openapi_extra=PERSONAL)
async def revoke_other_sessions(uow: WithUnitOfWork) -> Envelope[SignedOut]:
    """Sign out every browser but this one, at once. Not for API keys."""
    return Envelope(data=SignedOut(count=await sessions.revoke_others(uow)))


@rows.delete("/sessions/{session_id}", openapi_extra=PERSONAL)
async def revoke_session(uow: WithUnitOfWork, session_id: UUID) -> Envelope[Deleted]:
    """Sign out one of the user's browsers, at once; also this one. Not for API keys."""
    await sessions.revoke(uow, session_id)
    return Envelope(data=Deleted(id=session_id))


@hashing.post("/password", openapi_extra=PERSONAL)
async def change_password(actor: Caller, data: PasswordChange, response: Response) -> Envelope[DeviceView]:
    """A new password. Every other browser is signed out, and this one gets a new cookie. Not for API keys."""
    session, token = await password_change.change(actor, data)
    cookies.put_session(response, token)
    return Envelope(data=DeviceView.of(session, session.id))


for part in (rows, hashing):
    router.include_router(part)
