"""What the agent could not answer: somebody should, and may teach the agent."""

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.conversations.client_linking import remote_number
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.conversations.schemas import LONGEST_NOTE
from sekretarka.domain.receptionist.events import QuestionUnanswered
from sekretarka.domain.tasks import lines
from sekretarka.domain.tasks.lines import QUESTIONS, line_name
from sekretarka.domain.tasks.models import Kind


async def on_unanswered(uow: UnitOfWork, event: QuestionUnanswered) -> None:
    """Note the question; those of one call are one task, and the same one stands there once."""
    call = await uow.get(Conversation, event.conversation_id)
    if call.is_test:
        return
    line = line_name(QUESTIONS, call.id)
    row = await lines.find_open(uow, line) or lines.new(uow, line, Kind.UNANSWERED_QUESTION)
    asked = (row.note or "").split("\n") if row.note else []
    question = " ".join(event.question.split())
    if question in asked:
        return
    note = "\n".join((*asked, question))
    values = {
        "note": note if len(note) <= LONGEST_NOTE else row.note,
        "client_id": call.client_id,
        "conversation_id": call.id,
        "caller_number": remote_number(call.direction, call.caller_number, call.called_number),
        "last_at": uow.now,
    }
    lines.change(uow, row, values)
