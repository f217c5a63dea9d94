"""Escalations as the API and pages show them."""

from collections.abc import Sequence
from uuid import UUID

from sekretarka.core.web.schemas import Output, OutputInstant
from sekretarka.domain.escalations.models import AcknowledgedBy, Escalation, EscalationRung, EscalationState
from sekretarka.domain.messages.models import Channel, Failure, Message, MessageStatus


class RungView(Output):
    """A user who was told; `userId` is `null` once they are gone. Of an SMS `status` and `failure` are known."""

    user_id: UUID | None
    channel: Channel
    told_at: OutputInstant
    status: MessageStatus | None
    failure: Failure | None

    @classmethod
    def of(cls, rung: EscalationRung, message: Message | None) -> "RungView":
        """The view of one row and its message."""
        return cls(
            user_id=rung.user_id,
            channel=rung.channel,
            told_at=rung.told_at,
            status=message.status if message else None,
            failure=message.failure if message else None,
        )


class EscalationView(Output):
    """An urgent call as it is told to one user after another. `userIds` are all who are on the list, `rungs` those who
    were told; `acknowledgedById` is who took it, `null` for a program."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    conversation_id: UUID
    user_ids: list[UUID]
    minutes: int
    state: EscalationState
    ended_at: OutputInstant | None
    acknowledged_by: AcknowledgedBy | None
    acknowledged_by_id: UUID | None
    rungs: list[RungView]

    @classmethod
    def of(cls, row: Escalation, rungs: Sequence[RungView]) -> "EscalationView":
        """The view of one row."""
        return cls.model_validate({**row.model_dump(), "rungs": list(rungs)})
