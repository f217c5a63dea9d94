"""What usage does with settled and corrected calls."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.conversations.events import ConversationCorrected, ConversationSettled
from sekretarka.domain.conversations.merge import billable_seconds
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.usage.models import Reason, Unit, UsageRecord


async def on_settled(uow: UnitOfWork, event: ConversationSettled) -> None:
    """Enter the billable seconds of a call, dated at its start; a call without any leaves no entry."""
    conversation = await uow.get(Conversation, event.conversation_id)
    _enter(uow, conversation, Reason.SETTLED, billable_seconds(conversation))


async def on_corrected(uow: UnitOfWork, event: ConversationCorrected) -> None:
    """Enter the difference between the billable seconds now and those entered before, dated now; none leaves no entry.
    The call's row is locked by whoever corrects it, so that no two corrections read the same sum."""
    await uow.flush()  # one transaction may settle a call and correct it
    conversation = await uow.get(Conversation, event.conversation_id)
    difference = billable_seconds(conversation) - await _entered_seconds(uow, conversation.id)
    _enter(uow, conversation, Reason.CORRECTED, difference)


def _enter(uow: UnitOfWork, conversation: Conversation, reason: Reason, quantity: int) -> None:
    if quantity == 0:
        return
    settled = reason is Reason.SETTLED
    uow.add(
        UsageRecord(
            organization_id=conversation.organization_id,
            conversation_id=conversation.id,
            quantity=quantity,
            unit=Unit.SECOND,
            reason=reason,
            occurred_at=conversation.started_at if settled else uow.now,
            source_key=f"{conversation.id}:{'settled' if settled else conversation.version}",
        )
    )


async def _entered_seconds(uow: UnitOfWork, conversation_id: UUID) -> int:
    statement = sa.select(sa.func.coalesce(sa.func.sum(col(UsageRecord.quantity)), 0)).where(
        col(UsageRecord.organization_id) == uow.organization_id,
        col(UsageRecord.conversation_id) == conversation_id,
    )
    return int((await uow.execute(statement)).scalar_one())
