"""`/message-threads`: the messages of each client."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.messages import threads
from sekretarka.domain.messages.schemas import MessageThreadPatch, MessageThreadView, ThreadFilter
from sekretarka.http.responses import Envelope, Page, page_of

router = APIRouter(prefix="/message-threads", tags=["messages"], route_class=TransactionalRoute)
READ = requires(Permission.MESSAGES_READ, no_store=True)
WRITE = requires(Permission.MESSAGES_WRITE, no_store=True)


class ThreadQuery(ThreadFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_message_threads(uow: WithUnitOfWork, query: Annotated[ThreadQuery, Query()]) -> Page[MessageThreadView]:
    """One thread for each client with messages, by the last one of them, the newest first; `search` looks in clients'
    names, numbers and addresses, and in texts."""
    page = await threads.page(uow, query, query)
    return page_of(await threads.view(uow, *page.rows), page)


@router.get("/{client_id}", openapi_extra=READ)
async def get_message_thread(uow: WithUnitOfWork, client_id: UUID) -> Envelope[MessageThreadView]:
    """The thread of a client; its messages are those of `/messages?clientId=…`."""
    [shown] = await threads.view(uow, await threads.get(uow, client_id))
    return Envelope(data=shown)


@router.patch("/{client_id}", openapi_extra=WRITE)
async def update_message_thread(
    uow: WithUnitOfWork, client_id: UUID, patch: MessageThreadPatch
) -> Envelope[MessageThreadView]:
    """Merge patch: `read` says that somebody of the organization has read it."""
    [shown] = await threads.view(uow, await threads.update(uow, client_id, patch))
    return Envelope(data=shown)
