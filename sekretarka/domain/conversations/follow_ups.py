"""What is to be done about calls: finding it, finishing it, and taking that back while nobody has set it since."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import CannotUndo
from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.counting import CallCount
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Urgency
from sekretarka.domain.conversations.schemas import ConversationFilter, ConversationPatch, FollowUpPatch


async def most_urgent(uow: UnitOfWork, limit: int) -> Sequence[Conversation]:
    """At most `limit` calls that count as `to_do`: the most urgent first, of equal urgency the newest call first."""
    most_urgent_first = sa.case(
        {urgency: rank for rank, urgency in enumerate(reversed(Urgency))}, value=col(Conversation.follow_up_urgency)
    )
    open_ones = await conversations.query(uow, ConversationFilter(), CallCount.TO_DO)
    ordered = open_ones.order_by(None).order_by(
        most_urgent_first, col(Conversation.started_at).desc(), col(Conversation.id).desc()
    )
    return await uow.list(ordered.limit(limit))


async def finish(uow: UnitOfWork, conversation_id: UUID) -> Conversation:
    """Set a call's follow-up to done; repeating it changes nothing. `NotFound`."""
    row = await _locked(uow, conversation_id)
    if row.follow_up_state is FollowUpState.DONE:
        return row
    return await _set(uow, row, FollowUpState.DONE)


async def reopen(uow: UnitOfWork, conversation_id: UUID, finished: str) -> Conversation:
    """Take back a `finish`, named by the `finished_version` it made. `CannotUndo` when anybody set the follow-up since;
    `NotFound`."""
    row = await _locked(uow, conversation_id)
    if row.follow_up_state is not FollowUpState.DONE or finished_version(row) != finished:
        raise CannotUndo
    return await _set(uow, row, FollowUpState.OPEN)


def finished_version(row: Conversation) -> str:
    """Which change set the follow-up's state, apart from all other changes of the call."""
    return str(row.field_versions.get("follow_up_state", ""))


async def _locked(uow: UnitOfWork, conversation_id: UUID) -> Conversation:
    uow.require(Permission.CONVERSATIONS_WRITE)
    return await uow.get(Conversation, conversation_id, lock=True)


async def _set(uow: UnitOfWork, row: Conversation, state: FollowUpState) -> Conversation:
    return await conversations.update(uow, row.id, ConversationPatch(follow_up=FollowUpPatch(state=state)))
