"""What the agent could not answer is one task of each call."""

from typing import Any

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.receptionist.events import QuestionUnanswered
from sekretarka.domain.tasks.models import Kind
from tests.domain.tasks.conftest import ANNA, Line


async def ask(line: Line, call: Conversation, *questions: str) -> None:
    async with begin(actor.system(line.agent.organization_id), write=True) as uow:
        for question in questions:
            await uow.dispatch(QuestionUnanswered(call.id, question))
            await uow.flush()


async def test_questions_of_a_call_are_one_task(line: Line) -> None:
    answered: dict[str, Any] = {"status": "completed", "outcome": "answered", "summary": "Pytania."}
    call = await line.call("c1", **answered)
    await ask(line, call, "Czy jest parking?", "Czy  jest parking?", "Czy wpuszczacie psy?")
    row = await line.only()
    assert (row.kind, row.note) == (Kind.UNANSWERED_QUESTION, "Czy jest parking?\nCzy wpuszczacie psy?")
    assert (row.conversation_id, row.client_id, row.caller_number) == (call.id, call.client_id, ANNA)
    await ask(line, await line.call("c2", 5, **answered), "Czy jest parking?")
    assert len(await line.listed()) == 2
