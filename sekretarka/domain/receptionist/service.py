"""The AI's tools: one entry that runs a use or hands over an answer, and always has something to say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.core.text.i18n import Language, language, texts, translate
from sekretarka.core.web.validation import checked
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent, AgentStatus, Capability
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.clients import service as clients
from sekretarka.domain.conversations import client_linking
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.organizations import days
from sekretarka.domain.receptionist import choices, deferred_answers, knowledge, limits
from sekretarka.domain.receptionist.deferred_answers import CHANGING_TOOLS, Deferral
from sekretarka.domain.receptionist.events import QuestionUnanswered
from sekretarka.domain.receptionist.schemas import Now, ToolAnswer, ToolArguments, ToolCall
from sekretarka.domain.receptionist.tool_context import ToolContext, ToolRejected, elevated
from sekretarka.domain.receptionist.tools import TOOLS
from sekretarka.providers.ports import CallerProfile


async def use(uow: UnitOfWork, tool: Capability, call: ToolCall, deferral: Deferral) -> ToolAnswer:
    """Use a tool: an answer that came too late is handed over, everything else runs, and finds what was done before. An
    agent that is switched off does nothing but say so.

    Raises `Forbidden` when caller or agent may not use it and `Invalid` when agent or arguments make no sense; what
    cannot be done is an answer with `data.code`.
    """
    with elevated(uow):
        with _explained_in(language(call.language)):
            agent = await _agent(uow, call)
        if agent.status is not AgentStatus.ACTIVE:
            return await _switched_off(uow, agent, call)
        context = await _prepare(uow, agent, tool, call, deferral.asked_at)
        answer = await deferred_answers.pop(context) or await _run(context)
        if deferral.is_held:
            await deferred_answers.store(context, answer)
        return answer


async def _prepare(uow: UnitOfWork, agent: Agent, tool: Capability, call: ToolCall, asked_at: datetime) -> ToolContext:
    """Everything that the use needs, checked; other uses in the same call wait until this one's transaction ends, as
    do changes without a call for one another.

    It is the row of the call, or of the agent, that is locked. A lock of the use's own would reject some: PostgreSQL
    lets go of rows a moment before it lets go of those.
    """
    lang = await _language(uow, agent, call)
    with _explained_in(lang):
        if tool not in agent.capabilities:
            raise Forbidden("This agent may not use this tool")
    arguments = await _arguments(uow, tool, call, lang)
    conversation = None
    if call.call_id is not None:
        conversation = await conversations.get_or_create_for_call(uow, agent.id, call.call_id)
    elif tool in CHANGING_TOOLS:
        await agents.lock(uow, agent.id)
    uow.actor = replace(uow.actor, conversation_id=conversation.id if conversation else None)
    return ToolContext(
        uow,
        tool,
        call,
        arguments,
        conversation_id=uow.actor.conversation_id,
        caller_number=client_linking.remote_number(
            conversation.direction, conversation.caller_number, conversation.called_number
        )
        if conversation
        else None,
        language=lang,
        timezone=(await days.current_organization(uow)).timezone,
        asked_at=asked_at,
        changes=conversation.tool_changes if conversation else 0,
        failures=conversation.tool_failures if conversation else 0,
    )


async def _arguments(uow: UnitOfWork, tool: Capability, call: ToolCall, lang: Language) -> ToolArguments:
    """The tool's arguments; `Invalid` with the question for what is missing."""
    try:
        return checked(TOOLS[tool].arguments, call.arguments, ("body", "arguments"))
    except Invalid as error:
        [first, *_] = error.details_json()
        field = str(first["path"][-1])
        key = "tools.refused.too_long" if first["code"] == "string_too_long" else f"tools.ask.{field}"
        names = await catalog.active_names(uow) if field == "serviceType" else ()
        if field == "serviceType" and not names:
            key = "tools.refused.no_services"
        error.spoken = translate(lang, key, names=choices.listed(lang, names))
        raise


async def _run(context: ToolContext) -> ToolAnswer:
    """Run the tool; what it rejects leaves nothing half-written and is an answer, too."""
    try:
        limits.check_failures(context)
        async with context.uow.savepoint():
            say, data = await TOOLS[context.tool].run(context, context.arguments)
    except (ToolRejected, Conflict, Invalid) as error:
        rejection = error if isinstance(error, ToolRejected) else ToolRejected(_code(error))
        say = context.text(_rejection_key(context.language, rejection.wording), **rejection.values)
        data = {"code": rejection.code, **rejection.data}
    await limits.count_failure(context, data)
    if data.get("code") == "no_answer" and context.conversation_id is not None:
        await context.uow.dispatch(QuestionUnanswered(context.conversation_id, context.arguments.question))
    return ToolAnswer(say=say, data=data, now=_now(context.uow, context.language, context.timezone))


async def _switched_off(uow: UnitOfWork, agent: Agent, call: ToolCall) -> ToolAnswer:
    """The answer to any tool while the agent is off: when or whom to call; data is `{"code": "agent_off"}`, with `name`
    and `phone` of whom the agent's rules connect everybody to."""
    lang = await _language(uow, agent, call)
    now = _now(uow, lang, (await days.current_organization(uow)).timezone)
    target = knowledge.find_target(agent.knowledge_base, None)
    if target is None:
        return ToolAnswer(say=translate(lang, "tools.refused.agent_off"), data={"code": "agent_off"}, now=now)
    name, number = target
    say = translate(lang, "tools.agent_off_call", phone=phone.format_national(number))
    return ToolAnswer(say=say, data={"code": "agent_off", "name": name, "phone": number}, now=now)


async def explain(uow: UnitOfWork, agent_id: UUID | None, error: AppError) -> ToolAnswer:
    """The AI's answer when a tool could not even be tried: `say` in the agent's language, data with `code` and
    `details`. `Forbidden` for a caller who may not use tools."""
    with elevated(uow):
        lang = await agents.language_of(uow, agent_id)
        say = error.spoken or translate(lang, _rejection_key(lang, _code(error)))
        data: dict[str, Any] = {"code": _code(error), "details": error.details_json() or []}
        return ToolAnswer(say=say, data=data, now=_now(uow, lang, (await days.current_organization(uow)).timezone))


def sentence(error: AppError) -> str:
    """What is said of an error where nobody knows which agent is on the line."""
    lang = language(None)
    return translate(lang, _rejection_key(lang, _code(error)))


async def identify_caller(uow: UnitOfWork, caller_number: str | None) -> CallerProfile:
    """Name and language of the client with this number, as a voice provider sends it before the call begins; both None
    for an unknown one. `Forbidden` for a caller who may not use tools."""
    with elevated(uow):
        number, _ = phone.parse_caller(caller_number)
        client = await clients.find_by_phone(uow, number) if number else None
        return CallerProfile(client.name, client.language) if client else CallerProfile()


async def hold(uow: UnitOfWork, call: ToolCall) -> ToolAnswer:
    """The AI's answer while a tool takes its time; data is `{"code": "one_moment"}`. `Invalid` for an unknown agent,
    `Forbidden` for a caller who may not use tools."""
    with elevated(uow):
        lang = await _language(uow, await _agent(uow, call), call)
        now = _now(uow, lang, (await days.current_organization(uow)).timezone)
        return ToolAnswer(say=translate(lang, "tools.one_moment"), data={"code": "one_moment"}, now=now)


async def _language(uow: UnitOfWork, agent: Agent, call: ToolCall) -> Language:
    """What is spoken on the line: as the AI says, else what is known of who calls, else the agent's own."""
    known = await conversations.language(uow, agent.id, call.call_id) if call.call_id else None
    return language(call.language or known or agent.language[:2])


@contextmanager
def _explained_in(lang: Language) -> Iterator[None]:
    """Give an error inside the block a sentence for the caller on the line in this language."""
    try:
        yield
    except AppError as error:
        error.spoken = translate(lang, _rejection_key(lang, _code(error)))
        raise


def _now(uow: UnitOfWork, lang: Language, timezone: str) -> Now:
    weekday = translate(lang, f"date.weekday.{clock.local_day(uow.now, timezone).isoweekday()}")
    return Now(instant=uow.now, weekday=weekday, timezone=timezone)


async def _agent(uow: UnitOfWork, call: ToolCall) -> Agent:
    try:
        return await agents.get(uow, call.agent_id)
    except NotFound:
        raise Invalid.field(["body", "agentId"], "unknown_agent", "There is no such agent") from None


def _rejection_key(lang: Language, code: str) -> str:
    """The key of the sentence for a rejection."""
    key = f"tools.refused.{code}"
    return key if key in texts(lang) else "tools.refused.not_understood"


def _code(error: AppError) -> str:
    """The most telling code of an error: the field's where one field is wrong."""
    details = error.details_json()
    return str(details[0]["code"]) if isinstance(details, list) and details else error.code.lower()
