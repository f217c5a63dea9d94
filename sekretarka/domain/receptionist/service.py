"""The AI's tools: one entrance that checks, acts once per call and tool call, and always has something to say."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.text import phone
from sekretarka.core.text.i18n import Language, language, texts, translate
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse as Kept
from sekretarka.core.web.schemas import Input
from sekretarka.core.web.validation import checked
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent, Capability
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.conversations import client_linking
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.organizations import days
from sekretarka.domain.receptionist import appointments, knowledge, limits, schemas, speech, times
from sekretarka.domain.receptionist import deferred_answers as deferred_answers
from sekretarka.domain.receptionist.appointments import Answered
from sekretarka.domain.receptionist.schemas import Now, ToolAnswer, ToolCall
from sekretarka.domain.receptionist.tool_context import ToolContext, ToolRejected, elevated


async def use(uow: UnitOfWork, tool: Capability, sent: ToolCall) -> ToolAnswer:
    """What the tool did and what the AI says about it; the same `toolCallId` again gets the same answer."""
    with elevated(uow):
        agent = await _agent(uow, sent)
        words = await _language(uow, agent, sent)
        shape, act = TOOLS[tool]
        with _said_with(words):
            if tool not in agent.capabilities:
                raise Forbidden("This agent may not use this tool")
            arguments = checked(shape, sent.arguments, ("body", "arguments"))
        # The call's row is locked: another use of a tool in the same call waits for this one's answer. A lock of the
        # key's own would refuse some: PostgreSQL lets go of rows a moment before it lets go of those.
        conversation = await conversations.get_or_create_for_call(uow, agent.id, sent.call_id)
        asked = idempotency.request(
            [crypto.hmac_hex("tool call", sent.tool_call_id)],
            ["tool", str(uow.organization_id), str(agent.id), sent.call_id],
            [tool, sent.arguments],
        )
        assert asked is not None  # noqa: S101 - a key was given
        kept = await idempotency.find(uow, asked)
        if kept is not None:
            return ToolAnswer.model_validate_json(kept.body)
        answer = await deferred_answers.pop(uow, tool, sent)
        if answer is None:
            timezone = (await days.current_organization(uow)).timezone
            number = client_linking.remote_number(
                conversation.direction, conversation.caller_number, conversation.called_number
            )
            call = ToolContext(uow, agent.id, conversation.id, number, words, timezone)
            spent = limits.is_exhausted(tool, conversation)
            said, data = await _answered(call, limits.reject if spent else act, arguments)
            await limits.count(call, tool, data)
            answer = ToolAnswer(say=said, data=data, now=_now(uow, words, timezone))
        await idempotency.store(uow, asked, Kept(200, answer.model_dump_json(by_alias=True).encode(), {}))
        await deferred_answers.record(uow, tool, sent, answer)
        return answer


async def refuse(uow: UnitOfWork, agent_id: UUID | None, error: AppError) -> ToolAnswer:
    """What the AI says when a tool could not even be tried, in the same shape as an answer."""
    with elevated(uow):
        agent = await uow.one_or_none(uow.select(Agent).where(col(Agent.id) == agent_id)) if agent_id else None
        words = language(agent.language[:2] if agent else None)
        said = error.spoken or translate(words, _text(words, _code(error)))
        data: dict[str, Any] = {"code": _code(error), "details": error.details_json() or []}
        return ToolAnswer(say=said, data=data, now=_now(uow, words, (await days.current_organization(uow)).timezone))


async def hold(uow: UnitOfWork, sent: ToolCall) -> ToolAnswer:
    """What the AI says while a tool takes its time."""
    with elevated(uow):
        words = await _language(uow, await _agent(uow, sent), sent)
        now = _now(uow, words, (await days.current_organization(uow)).timezone)
        return ToolAnswer(say=translate(words, "tools.one_moment"), data={"code": "one_moment"}, now=now)


async def _language(uow: UnitOfWork, agent: Agent, sent: ToolCall) -> Language:
    """What is spoken on the line: as the AI says, else what is known of who calls, else the agent's own."""
    return language(sent.language or await conversations.language(uow, agent.id, sent.call_id) or agent.language[:2])


@contextmanager
def _said_with(words: Language) -> Iterator[None]:
    """A refusal that is an error of the door has words for the caller on the line all the same."""
    try:
        yield
    except AppError as error:
        error.spoken = translate(words, _text(words, _code(error)))
        raise


def _now(uow: UnitOfWork, words: Language, timezone: str) -> Now:
    weekday = translate(words, f"date.weekday.{clock.local_day(uow.now, timezone).isoweekday()}")
    return Now(instant=uow.now, weekday=weekday, timezone=timezone)


async def _agent(uow: UnitOfWork, sent: ToolCall) -> Agent:
    try:
        return await agents.get(uow, sent.agent_id)
    except NotFound:
        raise Invalid.field(["body", "agentId"], "unknown_agent", "There is no such agent") from None


async def _answered(call: ToolContext, act: "Act", arguments: Any) -> Answered:
    """What came of it; what is refused leaves nothing half-written."""
    try:
        async with call.uow.savepoint():
            return await act(call, arguments)
    except ToolRejected as error:
        refused = error
    except (Conflict, Invalid) as error:
        refused = ToolRejected(_code(error))
    return call.text(_text(call.language, refused.code), **refused.values), {"code": refused.code, **refused.data}


def _text(words: Language, code: str) -> str:
    """The key of what is said about a refusal."""
    key = f"tools.refused.{code}"
    return key if key in texts(words) else "tools.refused.not_understood"


def _code(error: AppError) -> str:
    """The most telling code of a refusal: the field's where one field is wrong."""
    details = error.details_json()
    return str(details[0]["code"]) if isinstance(details, list) and details else error.code.lower()


async def take_message(call: ToolContext, asked: schemas.TakeMessage) -> Answered:
    """A follow-up on the call; another message of the same call is added to it."""
    number = call.phone(asked.caller_phone) if asked.caller_phone else None
    who = ", ".join(filter(None, (asked.caller_name, number and phone.format_national(number))))
    message = f"{asked.message} ({who})" if who else asked.message
    row = await conversations.leave_message(call.uow, call.conversation_id, message, asked.urgency)
    return call.text("tools.message_taken"), {"conversationId": str(row.id), "urgency": row.follow_up_urgency}


async def transfer_target(call: ToolContext, asked: schemas.TransferTarget) -> Answered:
    """Whom to connect the caller to: by the agent's rules, else the business's own number."""
    agent = await agents.get(call.uow, call.agent_id)
    organization = await days.current_organization(call.uow)
    target = knowledge.find_target(agent.knowledge_base, asked.topic)
    if target is None and organization.phone:
        target = (organization.name, organization.phone)
    if target is None:
        raise ToolRejected("no_target")
    name, number = target
    return call.text("tools.transfer", name=name), {"name": name, "phone": number}


async def answer(call: ToolContext, asked: schemas.Answer) -> Answered:
    """What the agent knows about it, or what the service costs that it is about."""
    agent = await agents.get(call.uow, call.agent_id)
    found = knowledge.find_answer(agent.knowledge_base, asked.question)
    if found is None:
        offered = [row for row in await catalog.find(call.uow) if row.is_active]
        found = knowledge.most_like(asked.question, ((row.name, _priced(call, row)) for row in offered))
    if found is None:
        raise ToolRejected("no_answer")
    return found, {"answer": found}


def _priced(call: ToolContext, service: Service) -> str:
    price = speech.price(call.language, service.price_amount, service.price_currency)
    return call.text("tools.price", service=service.name, price=price)


Act = Callable[[ToolContext, Any], Awaitable[Answered]]
TOOLS: dict[Capability, tuple[type[Input], Act]] = {
    Capability.CHECK_AVAILABILITY: (schemas.CheckAvailability, times.check_availability),
    Capability.BOOK: (schemas.Book, appointments.book),
    Capability.RESCHEDULE: (schemas.Reschedule, appointments.reschedule),
    Capability.CANCEL: (schemas.Cancel, appointments.cancel),
    Capability.TAKE_MESSAGE: (schemas.TakeMessage, take_message),
    Capability.TRANSFER_TARGET: (schemas.TransferTarget, transfer_target),
    Capability.LOOKUP_CLIENT: (schemas.LookupClient, appointments.lookup_client),
    Capability.ANSWER: (schemas.Answer, answer),
}
