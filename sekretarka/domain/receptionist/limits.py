"""How much one call may do: whoever is on the line books for themselves, and does not guess who else is known."""

from typing import Any

from sekretarka.domain.agents.models import Capability
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.receptionist.tool_context import ToolContext, ToolRejected

MAX_CHANGES, MAX_FAILURES = 20, 5
PROVING = {Capability.RESCHEDULE, Capability.CANCEL, Capability.LOOKUP_CLIENT}


def check_failures(context: ToolContext) -> None:
    """`ToolRejected` (`too_many`) when the call has failed `MAX_FAILURES` times to prove whose an appointment is, so
    that the tool may not be used any more in it."""
    if context.tool in PROVING and context.failures >= MAX_FAILURES:
        raise ToolRejected("too_many")


async def count_change(context: ToolContext) -> None:
    """Count a change that is made next; `ToolRejected` (`too_many`) when the call has made `MAX_CHANGES`. What is then
    rejected is not counted, as it is rolled back."""
    if context.changes >= MAX_CHANGES:
        raise ToolRejected("too_many")
    if context.conversation_id is not None:
        await conversations.count_use(context.uow, context.conversation_id, changes=1)


async def count_failure(context: ToolContext, data: dict[str, Any]) -> None:
    """Count an appointment or client that was not found; `data` is the answer's."""
    failed = data.get("code") == "visit_not_found" or data.get("known") is False
    if failed and context.conversation_id is not None:
        await conversations.count_use(context.uow, context.conversation_id, failures=1)
