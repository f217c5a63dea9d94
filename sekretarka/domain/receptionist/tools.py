"""What the AI can do for a caller: each tool with the shape of its arguments, and those that need no module."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from sekretarka.core.database.models import new_id
from sekretarka.core.runtime import crypto
from sekretarka.core.text import phone
from sekretarka.core.text.search_text import normalize
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.conversations import messages
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.organizations import days
from sekretarka.domain.receptionist import appointments, knowledge, schemas, speech, times
from sekretarka.domain.receptionist.tool_context import Answered, ToolContext, ToolRejected


class Tool(NamedTuple):
    """The shape of a tool's arguments, and its function, which returns the sentence for the caller and data for the AI.

    It raises `ToolRejected`, `Conflict` or `Invalid` for what cannot be done; what it has written by then is rolled
    back.
    """

    arguments: type[schemas.ToolArguments]
    run: Callable[[ToolContext, Any], Awaitable[Answered]]


async def take_message(context: ToolContext, arguments: schemas.TakeMessage) -> Answered:
    """Open a follow-up on the call; another message of the same call is added to it, the same one is there already.
    Data is `{"conversationId", "urgency"}`."""
    number = context.phone(arguments.caller_phone) if arguments.caller_phone else None
    who = ", ".join(filter(None, (arguments.caller_name, number and phone.format_national(number))))
    message = f"{arguments.message} ({who})" if who else arguments.message
    conversation_id = context.conversation_id or await _message_alone(context, who, message)
    row = await messages.leave(context.uow, conversation_id, message, arguments.urgency)
    return context.text("tools.message_taken"), {"conversationId": str(row.id), "urgency": row.follow_up_urgency}


async def _message_alone(context: ToolContext, who: str, message: str) -> UUID:
    """A call for a message of which nobody said in which call it was left: it must not be lost. The same words of the
    same person on one day are one message; of people who do not say who they are, each is another's."""
    name = crypto.hmac_hex("message", repr([context.today, normalize(message)])) if who else str(new_id())
    call = await conversations.get_or_create_for_call(context.uow, context.agent_id, f"message:{name}", is_over=True)
    return call.id


async def transfer_target(context: ToolContext, arguments: schemas.TransferTarget) -> Answered:
    """Whom to connect the caller to, by the agent's rules, else the organization's own number: data is `{"name",
    "phone"}`. Raises `ToolRejected` (`no_target`)."""
    agent = await agents.get(context.uow, context.agent_id)
    organization = await days.current_organization(context.uow)
    target = knowledge.find_target(agent.knowledge_base, arguments.topic)
    if target is None and organization.phone:
        target = (organization.name, organization.phone)
    if target is None:
        raise ToolRejected("no_target")
    name, number = target
    return context.text("tools.transfer", name=name), {"name": name, "phone": number}


async def answer(context: ToolContext, arguments: schemas.Answer) -> Answered:
    """The agent's answer or fact that fits the question, else the price of the service it is about: data is
    `{"answer"}`. Raises `ToolRejected` (`no_answer`)."""
    agent = await agents.get(context.uow, context.agent_id)
    answer_text = knowledge.find_answer(agent.knowledge_base, arguments.question)
    if answer_text is None:
        offered = [row for row in await catalog.find(context.uow) if row.is_active]
        answer_text = knowledge.most_like(arguments.question, ((row.name, _priced(context, row)) for row in offered))
    if answer_text is None:
        raise ToolRejected("no_answer")
    return answer_text, {"answer": answer_text}


def _priced(context: ToolContext, service: Service) -> str:
    price = speech.price(context.language, service.price_amount, service.price_currency)
    return context.text("tools.price", service=service.name, price=price)


TOOLS: dict[Capability, Tool] = {
    Capability.CHECK_AVAILABILITY: Tool(schemas.CheckAvailability, times.check_availability),
    Capability.BOOK: Tool(schemas.Book, appointments.book),
    Capability.RESCHEDULE: Tool(schemas.Reschedule, appointments.reschedule),
    Capability.CANCEL: Tool(schemas.Cancel, appointments.cancel),
    Capability.TAKE_MESSAGE: Tool(schemas.TakeMessage, take_message),
    Capability.TRANSFER_TARGET: Tool(schemas.TransferTarget, transfer_target),
    Capability.LOOKUP_CLIENT: Tool(schemas.LookupClient, appointments.lookup_client),
    Capability.ANSWER: Tool(schemas.Answer, answer),
}
