"""How much one call may do: whoever is on the line books for themselves, and does not guess who else is known."""

from typing import Any

from sekretarka.domain.agents.models import Capability
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.receptionist.deferred_answers import CHANGING_TOOLS
from sekretarka.domain.receptionist.tool_context import ToolContext

MAX_CHANGES, MAX_FAILURES = 20, 5
CHANGING = CHANGING_TOOLS - {Capability.TAKE_MESSAGE}
PROVING = {Capability.RESCHEDULE, Capability.CANCEL, Capability.LOOKUP_CLIENT}


def is_exhausted(tool: Capability, call: Conversation) -> bool:
    """Whether the call has made `MAX_CHANGES` changes, or failed `MAX_FAILURES` times to prove whose an appointment is,
    so that the tool may not be used any more in it. The call's row is locked."""
    return (tool in CHANGING and call.tool_changes >= MAX_CHANGES) or (
        tool in PROVING and call.tool_failures >= MAX_FAILURES
    )


async def count(context: ToolContext, data: dict[str, Any]) -> None:
    """Count in the call's row a change that was made, or an appointment or client that was not found; `data` is the
    answer's."""
    changed = context.tool in CHANGING and "code" not in data
    failed = data.get("code") == "visit_not_found" or data.get("known") is False
    if changed or failed:
        await conversations.count_use(context.uow, context.conversation_id, int(changed), int(failed))
