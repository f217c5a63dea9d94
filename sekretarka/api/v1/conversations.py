"""`/conversations`: the calls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.replies import Data, Listed, created, listed
from sekretarka.api.route import InScope, OneTransaction, needs
from sekretarka.api.signed import Signed
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.conversations.schemas import (
    ConversationCreate,
    ConversationFilter,
    ConversationPatch,
    ConversationView,
    Transcript,
    TranscriptLine,
)

router = APIRouter(prefix="/conversations", tags=["conversations"], route_class=OneTransaction)
READ, WRITE = needs(Permission.CONVERSATIONS_READ, kept=True), needs(Permission.CONVERSATIONS_WRITE)
PRIVATE = needs(Permission.CONVERSATIONS_READ, no_store=True, kept=True)


class ConversationQuery(ConversationFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_conversations(uow: InScope, query: Annotated[ConversationQuery, Query()]) -> Listed[ConversationView]:
    """Calls, the newest first. Plain dates are whole days of the organisation; `search` ignores case and diacritics."""
    page = await conversations.page(uow, query, query)
    return listed(await conversations.view(uow, *page.rows), page)


@router.get("/{conversation_id}", openapi_extra=READ)
async def get_conversation(uow: InScope, conversation_id: UUID) -> Data[ConversationView]:
    """One call."""
    return await _one(uow, await conversations.get(uow, conversation_id))


@router.patch("/{conversation_id}", openapi_extra=WRITE)
async def update_conversation(uow: InScope, conversation_id: UUID, patch: ConversationPatch) -> Data[ConversationView]:
    """Merge patch. People change outcome, notes and follow-up; the AI service's key may also end the call."""
    return await _one(uow, await conversations.update(uow, conversation_id, patch))


@router.get("/{conversation_id}/transcript", openapi_extra=PRIVATE)
async def get_transcript(uow: InScope, conversation_id: UUID) -> Data[Transcript]:
    """What was said, in order."""
    lines = await conversations.transcript(uow, conversation_id)
    return Data(data=Transcript(messages=[TranscriptLine.of(line) for line in lines]))


async def create_conversation(uow: InScope, data: ConversationCreate, response: Response) -> Data[ConversationView]:
    """A call begins, told by the AI service with its key or signature: 201 first, 200 for a `callId` known already."""
    row, made = await conversations.create(uow, data)
    if made:
        created(response, "conversations", row.id)
    else:
        response.status_code = 200
    return await _one(uow, row)


async def _one(uow: UnitOfWork, row: Conversation) -> Data[ConversationView]:
    [view] = await conversations.view(uow, row)
    return Data(data=view)


router.add_api_route(
    "",
    create_conversation,
    methods=["POST"],
    status_code=201,
    openapi_extra=WRITE,
    responses={200: {"description": "The call was known."}},
    route_class_override=Signed,
)
