"""The AI's tools: one entrance that checks, acts once per call and tool call, and always has something to say."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlmodel import col

from sekretarka.core import clock, crypto, idempotency
from sekretarka.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from sekretarka.core.i18n import Language, language, texts, translate
from sekretarka.core.idempotency import Answer as Kept
from sekretarka.core.schemas import Input
from sekretarka.core.scope import Scope
from sekretarka.core.validation import checked
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent, Capability
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import FollowUpState
from sekretarka.domain.conversations.schemas import ConversationPatch, FollowUpPatch
from sekretarka.domain.organizations import days
from sekretarka.domain.receptionist import holding, knowledge, schemas, times, visits
from sekretarka.domain.receptionist.calls import Call, RefusedError, lent
from sekretarka.domain.receptionist.schemas import Now, ToolAnswer, ToolCall
from sekretarka.domain.receptionist.visits import Answered

LONGEST_NOTE = 2_000


async def use(scope: Scope, tool: Capability, sent: ToolCall) -> ToolAnswer:
    """What the tool did and what the AI says about it; the same `toolCallId` again gets the same answer."""
    with lent(scope):
        agent = await _agent(scope, sent)
        if tool not in agent.capabilities:
            raise Forbidden("This agent may not use this tool")
        shape, act = TOOLS[tool]
        arguments = checked(shape, sent.arguments, ("body", "arguments"))
        # The call's row is locked: another use of a tool in the same call waits for this one's answer. A lock of the
        # key's own would refuse some: PostgreSQL lets go of rows a moment before it lets go of those.
        conversation = await conversations.of_call(scope, agent.id, sent.call_id)
        asked = idempotency.request(
            [crypto.keyed("tool call", sent.tool_call_id)],
            ["tool", str(scope.organization_id), str(agent.id), sent.call_id],
            [tool, sent.arguments],
        )
        assert asked is not None  # noqa: S101 - a key was given
        kept = await idempotency.find(scope, asked)
        if kept is not None:
            return ToolAnswer.model_validate_json(kept.body)
        answer = await holding.take(scope, tool, sent)
        if answer is None:
            timezone = (await days.here(scope)).timezone
            words = language(agent.language[:2])
            call = Call(scope, agent.id, conversation.id, conversation.caller_number, words, timezone)
            said, data = await _answered(call, act, arguments)
            answer = ToolAnswer(say=said, data=data, now=_now(scope, words, timezone))
        await idempotency.keep(scope, asked, Kept(200, answer.model_dump_json(by_alias=True).encode(), {}))
        await holding.note(scope, tool, sent, answer)
        return answer


async def refuse(scope: Scope, agent_id: UUID | None, error: AppError) -> ToolAnswer:
    """What the AI says when a tool could not even be tried, in the same shape as an answer."""
    data: dict[str, Any] = {"code": _code(error), "details": error.details_json() or []}
    return await _speak(scope, agent_id, lambda words: _text(words, error.code.lower()), data)


async def hold(scope: Scope, agent_id: UUID) -> ToolAnswer:
    """What the AI says while a tool takes its time."""
    return await _speak(scope, agent_id, lambda _: "tools.one_moment", {"code": "one_moment"})


async def _speak(
    scope: Scope, agent_id: UUID | None, key: Callable[[Language], str], data: dict[str, Any]
) -> ToolAnswer:
    with lent(scope):
        agent = await scope.first(scope.select(Agent).where(col(Agent.id) == agent_id)) if agent_id else None
        words = language(agent.language[:2] if agent else None)
        timezone = (await days.here(scope)).timezone
        return ToolAnswer(say=translate(words, key(words)), data=data, now=_now(scope, words, timezone))


def _now(scope: Scope, words: Language, timezone: str) -> Now:
    weekday = translate(words, f"date.weekday.{clock.local_day(scope.now, timezone).isoweekday()}")
    return Now(instant=scope.now, weekday=weekday, timezone=timezone)


async def _agent(scope: Scope, sent: ToolCall) -> Agent:
    try:
        return await agents.get(scope, sent.agent_id)
    except NotFound:
        raise Invalid.field(["body", "agentId"], "unknown_agent", "There is no such agent") from None


async def _answered(call: Call, act: "Act", arguments: Any) -> Answered:
    """What came of it; what is refused leaves nothing half-written."""
    try:
        async with call.scope.savepoint():
            return await act(call, arguments)
    except RefusedError as error:
        refused = error
    except (Conflict, Invalid) as error:
        refused = RefusedError(_code(error))
    return call.text(_text(call.language, refused.code), **refused.values), {"code": refused.code, **refused.data}


def _text(words: Language, code: str) -> str:
    """The key of what is said about a refusal."""
    key = f"tools.refused.{code}"
    return key if key in texts(words) else "tools.refused.not_understood"


def _code(error: AppError) -> str:
    """The most telling code of a refusal: the field's where one field is wrong."""
    details = error.details_json()
    return str(details[0]["code"]) if isinstance(details, list) and details else error.code.lower()


async def take_message(call: Call, asked: schemas.TakeMessage) -> Answered:
    """A follow-up on the call; another message of the same call is added to it."""
    row = await conversations.get(call.scope, call.conversation_id)
    who = ", ".join(filter(None, (asked.caller_name, asked.caller_phone)))
    message = f"{asked.message} ({who})" if who else asked.message
    note = "\n".join(filter(None, (row.follow_up_note, message)))
    if len(note) > LONGEST_NOTE:
        raise RefusedError("too_long")
    follow_up = FollowUpPatch(state=FollowUpState.OPEN, urgency=asked.urgency, note=note)
    await conversations.update(call.scope, row.id, ConversationPatch(follow_up=follow_up))
    return call.text("tools.message_taken"), {"conversationId": str(row.id), "urgency": asked.urgency}


async def transfer_target(call: Call, asked: schemas.TransferTarget) -> Answered:
    """Whom to connect the caller to: by the agent's rules, else the business's own number."""
    agent = await agents.get(call.scope, call.agent_id)
    organization = await days.here(call.scope)
    target = knowledge.find_target(agent.knowledge_base, asked.topic)
    if target is None and organization.phone:
        target = (organization.name, organization.phone)
    if target is None:
        raise RefusedError("no_target")
    name, number = target
    return call.text("tools.transfer", name=name), {"name": name, "phone": number}


async def answer(call: Call, asked: schemas.Answer) -> Answered:
    """What the agent knows about it."""
    agent = await agents.get(call.scope, call.agent_id)
    found = knowledge.find_answer(agent.knowledge_base, asked.question)
    if found is None:
        raise RefusedError("no_answer")
    return found, {"answer": found}


Act = Callable[[Call, Any], Awaitable[Answered]]
TOOLS: dict[Capability, tuple[type[Input], Act]] = {
    Capability.CHECK_AVAILABILITY: (schemas.CheckAvailability, times.check_availability),
    Capability.BOOK: (schemas.Book, visits.book),
    Capability.RESCHEDULE: (schemas.Reschedule, visits.reschedule),
    Capability.CANCEL: (schemas.Cancel, visits.cancel),
    Capability.TAKE_MESSAGE: (schemas.TakeMessage, take_message),
    Capability.TRANSFER_TARGET: (schemas.TransferTarget, transfer_target),
    Capability.LOOKUP_CLIENT: (schemas.LookupClient, visits.lookup_client),
    Capability.ANSWER: (schemas.Answer, answer),
}
