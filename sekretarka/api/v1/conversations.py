"""`/conversations`: the calls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.api.signature_auth import SignatureRoute
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
    TranscriptQuery,
)
from sekretarka.domain.escalations import service as escalations
from sekretarka.domain.escalations.models import Escalation
from sekretarka.domain.escalations.schemas import EscalationView
from sekretarka.http.responses import Envelope, Page, PagedEnvelope, metadata_of, page_of, set_location

router = APIRouter(prefix="/conversations", tags=["conversations"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.CONVERSATIONS_READ, cacheable=True), requires(Permission.CONVERSATIONS_WRITE)
PRIVATE = requires(Permission.CONVERSATIONS_READ, no_store=True, cacheable=True)


class ConversationQuery(ConversationFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_conversations(
    uow: WithUnitOfWork, query: Annotated[ConversationQuery, Query()]
) -> Page[ConversationView]:
    """Calls, the newest first. Plain dates are whole days of the organization; `search` ignores case and diacritics."""
    page = await conversations.page(uow, query, query)
    return page_of(await conversations.view(uow, *page.rows), page)


@router.get("/{conversation_id}", openapi_extra=READ)
async def get_conversation(uow: WithUnitOfWork, conversation_id: UUID) -> Envelope[ConversationView]:
    """One call."""
    return await _one(uow, await conversations.get(uow, conversation_id))


@router.patch("/{conversation_id}", openapi_extra=WRITE)
async def update_conversation(
    uow: WithUnitOfWork, conversation_id: UUID, patch: ConversationPatch
) -> Envelope[ConversationView]:
    """Merge patch. Users change outcome, notes and follow-up; the AI service's key may also end the call."""
    return await _one(uow, await conversations.update(uow, conversation_id, patch))


@router.get("/{conversation_id}/transcript", openapi_extra=PRIVATE)
async def get_transcript(
    uow: WithUnitOfWork, conversation_id: UUID, query: Annotated[TranscriptQuery, Query()]
) -> PagedEnvelope[Transcript]:
    """What was said, in order, a page of lines at a time."""
    page = await conversations.transcript(uow, conversation_id, query)
    messages = [TranscriptLine.of(line) for line in page.rows]
    return PagedEnvelope(data=Transcript(messages=messages), metadata=metadata_of(page))


@router.get("/{conversation_id}/escalation", openapi_extra=requires(Permission.CONVERSATIONS_READ))
async def get_escalation(uow: WithUnitOfWork, conversation_id: UUID) -> Envelope[EscalationView]:
    """Who was told of an urgent call, and who took it; 404 when nobody was told."""
    return await _escalation(uow, await escalations.get(uow, conversation_id))


@router.post("/{conversation_id}/escalation/acknowledge", openapi_extra=WRITE)
async def acknowledge_escalation(uow: WithUnitOfWork, conversation_id: UUID) -> Envelope[EscalationView]:
    """Take an urgent call on: nobody else is told of it. One that was taken stays as it is."""
    return await _escalation(uow, await escalations.acknowledge(uow, conversation_id))


async def _escalation(uow: UnitOfWork, row: Escalation) -> Envelope[EscalationView]:
    return Envelope(data=await escalations.view(uow, row))


async def create_conversation(
    uow: WithUnitOfWork, data: ConversationCreate, response: Response
) -> Envelope[ConversationView]:
    """Begin a call, by the AI service with its key or signature: 201 first, 200 for a `callId` that exists."""
    row, created = await conversations.create(uow, data)
    if created:
        set_location(response, "conversations", row.id)
    else:
        response.status_code = 200
    return await _one(uow, row)


async def _one(uow: UnitOfWork, row: Conversation) -> Envelope[ConversationView]:
    [view] = await conversations.view(uow, row)
    return Envelope(data=view)


router.add_api_route(
    "",
    create_conversation,
    methods=["POST"],
    status_code=201,
    openapi_extra=WRITE,
    responses={200: {"description": "The call exists already."}},
    route_class_override=SignatureRoute,
)
