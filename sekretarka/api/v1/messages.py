"""`/messages`: messages with clients."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.schemas import MessageFilter, MessageView
from sekretarka.http.responses import Envelope, Page, page_of

router = APIRouter(prefix="/messages", tags=["messages"], route_class=TransactionalRoute)
READ = requires(Permission.MESSAGES_READ, no_store=True)


class MessageQuery(MessageFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_messages(uow: WithUnitOfWork, query: Annotated[MessageQuery, Query()]) -> Page[MessageView]:
    """Messages, by default the newest first; `search` looks in texts, numbers and addresses, ignoring case and
    diacritics."""
    page = await messages.page(uow, query, query)
    return page_of([MessageView.model_validate(row) for row in page.rows], page)


@router.get("/{message_id}", openapi_extra=READ)
async def get_message(uow: WithUnitOfWork, message_id: UUID) -> Envelope[MessageView]:
    """One message."""
    return Envelope(data=MessageView.model_validate(await messages.get(uow, message_id)))
