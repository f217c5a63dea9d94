"""`/messages`: messages with clients."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.confirmations import notices
from sekretarka.domain.messages import sending
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.schemas import (
    MessageFilter,
    MessagePreview,
    MessagePreviewView,
    MessageSend,
    MessageView,
)
from sekretarka.http.responses import Envelope, Page, page_of, set_location

router = APIRouter(prefix="/messages", tags=["messages"], route_class=TransactionalRoute)
READ = requires(Permission.MESSAGES_READ, no_store=True)
WRITE = requires(Permission.MESSAGES_WRITE, no_store=True)


class MessageQuery(MessageFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_messages(uow: WithUnitOfWork, query: Annotated[MessageQuery, Query()]) -> Page[MessageView]:
    """Messages, by default the newest first; `search` looks in texts, numbers and addresses, ignoring case and
    diacritics."""
    page = await messages.page(uow, query, query)
    return page_of(map(MessageView.of, page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def send_message(uow: WithUnitOfWork, data: MessageSend, response: Response) -> Envelope[MessageView]:
    """Send an SMS or an e-mail, now or at `scheduledFor`. It is `pending` until a gateway took it; in quiet hours it
    waits for the morning. `CANNOT_SEND` says in `details.reason` why a client gets none."""
    row = await notices.send_by_hand(uow, data)
    set_location(response, "messages", row.id)
    return Envelope(data=MessageView.of(row))


@router.post("/preview", openapi_extra=READ)
async def preview_message(uow: WithUnitOfWork, data: MessagePreview) -> Envelope[MessagePreviewView]:
    """How many parts a text takes as SMS and what it costs, as it is and without Polish letters."""
    return Envelope(data=await sending.preview(uow, data))


@router.get("/{message_id}", openapi_extra=READ)
async def get_message(uow: WithUnitOfWork, message_id: UUID) -> Envelope[MessageView]:
    """One message."""
    return Envelope(data=MessageView.of(await messages.get(uow, message_id)))


@router.post("/{message_id}/retry", status_code=201, openapi_extra=WRITE)
async def retry_message(uow: WithUnitOfWork, message_id: UUID, response: Response) -> Envelope[MessageView]:
    """Send a failed message anew, as another one. Repeating it gives that one."""
    row = await sending.retry(uow, message_id)
    set_location(response, "messages", row.id)
    return Envelope(data=MessageView.of(row))


@router.delete("/{message_id}", openapi_extra=WRITE)
async def withdraw_message(uow: WithUnitOfWork, message_id: UUID) -> Envelope[MessageView]:
    """Take back a message that waits for its time or for a gateway. It stays, as failed."""
    return Envelope(data=MessageView.of(await sending.withdraw(uow, message_id)))
