"""Studio Lawenda, the demo organization: owner, agents, staff, three months of appointments, and of calls that came
through the inbox as any other."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.domain import event_handlers
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import AgentConnection, Capability
from sekretarka.domain.agents.schemas import AgentCreate
from sekretarka.domain.auth import registration
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, FollowUpState
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.jobs.registry import WEBHOOK_HANDLERS
from sekretarka.sandbox import seed_appointments, seed_escalations, seed_messages, seed_organization
from sekretarka.sandbox.ai_service import demo_organization, history
from sekretarka.sandbox.ai_service.delivery import Target
from sekretarka.sandbox.ai_service.events import Event
from sekretarka.sandbox.ai_service.history import PastCall

SEED = 20_261_123
BATCH = 250
SEEDING_SECONDS = 600.0  # nobody else waits to write
BEFORE, AFTER = timedelta(days=100), timedelta(days=70)  # what the book covers
STILL_OPEN = timedelta(hours=44)
NAME, OWNER = "Studio Lawenda", "Iga Nowak"


@dataclass(frozen=True)
class DemoOrganization:
    """The demo organization's owner and the id of its first agent, None when all were deleted."""

    owner: Actor
    agent_id: UUID | None


async def find() -> DemoOrganization | None:
    """The demo organization, if it was seeded before: its owner's first one, whatever it is called by now."""
    async with begin(actor.system()) as uow:
        user = await accounts.find_by_email(uow, settings.demo_email)
    if user is None:
        return None
    async with begin(Actor("user", user_id=user.id)) as uow:
        organization = next(iter(await organizations.find(uow)), None)
    if organization is None:
        return None
    owner = Actor("user", organization_id=organization.id, user_id=user.id, role=Role.OWNER)
    async with begin(owner) as uow:
        first = min(await agents.find(uow), key=lambda agent: agent.created_at, default=None)
    return DemoOrganization(owner, first.id if first else None)


async def seed(days: int = history.DAYS, report: Callable[[float], None] = lambda _share: None) -> DemoOrganization:
    """Make the demo organization with a history of so many days, unless it exists already. `report` is told the share
    that is done, 0 to 1."""
    existing = await find()
    if existing is not None:
        return existing
    event_handlers.register()
    owner = await _open_organization()
    agent_id = await _hire_agents(owner)
    until = clock.now() - timedelta(minutes=2)
    today = clock.local_day(until, demo_organization.ZONE.key)
    await seed_organization.seed_staff_and_services(owner, today)
    book = await seed_organization.load_appointment_book(owner, today - BEFORE, today + AFTER)
    past = history.simulate_history(Random(SEED), today, days=days, until=until, book=book)
    await _take_in_history(owner, agent_id, past, report)
    await _settle_old_follow_ups(owner)
    await seed_appointments.seed_appointments(owner, agent_id, book, past)
    await seed_messages.open_gateway(owner)
    await seed_messages.seed_messages(owner)
    await seed_escalations.seed_escalations(owner)
    return DemoOrganization(owner, agent_id)


async def target(base_url: str) -> Target | None:
    """Where the sandbox's AI service delivers, read before each call as the secret may be
    rotated; None before `seed`, or without an agent. `base_url` is an origin.
    """
    demo = await find()
    if demo is None or demo.agent_id is None:
        return None
    async with begin(demo.owner) as uow:
        secret = await connections.reveal_secret(uow, demo.agent_id)
        connection = await connections.get_by_agent(uow, demo.agent_id)
    webhook = f"{base_url}/api/webhooks/{connection.provider}/{connection.id}"
    return Target(webhook, str(demo.agent_id), secret, f"{base_url}/api/v1/tools")


async def _open_organization() -> Actor:
    password = settings.demo_password.get_secret_value()
    registered = await registration.create_owner(settings.demo_email, password, NAME, OWNER)
    owner = Actor("user", organization_id=registered.organization_id, user_id=registered.user_id, role=Role.OWNER)
    async with begin(actor.system(), write=True) as uow:
        organization = await uow.one_or_none(select(Organization).where(Organization.id == registered.organization_id))
        assert organization is not None  # noqa: S101 - made a moment ago
        organization.industry, organization.business_type = "beauty", "salon"
        organization.phone, organization.email, organization.website = (
            demo_organization.PHONE,
            "kontakt@lawenda.example",
            None,
        )
        organization.address = {"street": "Lipowa 7", "postalCode": "00-316", "city": "Warszawa", "country": "PL"}
        organization.business_hours = _business_hours()
        uow.bump_version(organization)
        user = await accounts.find_by_id(uow, registered.user_id)
        assert user is not None  # noqa: S101 - made a moment ago
        user.email_verified_at = uow.now  # otherwise nothing of calls is mailed
    return owner


def _business_hours() -> dict[str, list[dict[str, str]]]:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {
        name: [{"open": f"{hours[0]:%H:%M}", "close": f"{hours[1]:%H:%M}"}] if hours else []
        for name, hours in zip(names, demo_organization.HOURS, strict=True)
    }


async def _hire_agents(owner: Actor) -> UUID:
    ola = AgentCreate.model_validate(
        {
            "name": "Ola",
            "language": "pl",
            "voiceId": "pl-ola",
            "phoneNumber": demo_organization.PHONE,
            "greeting": "Dzień dobry, tu Ola, asystentka głosowa Studia Lawenda. Rozmowa jest nagrywana. Słucham?",
            "personalityTraits": {"ton": "ciepły", "tempo": "spokojne"},
            "knowledgeBase": {
                "facts": [
                    "Salon mieści się przy Lipowej 7 w Warszawie, wejście od podwórza.",
                    "Płatność kartą, gotówką lub BLIKIEM.",
                ],
                "faq": [
                    {"question": "Czy jest parking?", "answer": "Tak, dwa miejsca dla klientów w podwórzu."},
                    {
                        "question": "Ile kosztuje keratyna?",
                        "answer": "Czterysta pięćdziesiąt złotych; prostowanie trwa dwie i pół godziny.",
                    },
                ],
            },
            "capabilities": [capability.value for capability in Capability],
        }
    )
    emma = AgentCreate.model_validate(
        {
            "name": "Emma",
            "language": "en",
            "greeting": "Hello, this is Emma, the voice assistant of Studio Lawenda. How can I help?",
            "personalityTraits": {},
            "knowledgeBase": {},
            "capabilities": [Capability.ANSWER, Capability.TAKE_MESSAGE],
        }
    )
    async with begin(owner, write=True) as uow:
        first = await agents.create(uow, ola)
        await agents.activate(uow, first.id)
    async with begin(owner, write=True) as uow:
        await agents.create(uow, emma)
    return first.id


async def _take_in_history(
    owner: Actor, agent_id: UUID, past: Sequence[PastCall], report: Callable[[float], None]
) -> None:
    """Every past delivery goes through the inbox, as it would have come from the AI service."""
    events = [event for call in past for event in call.events(str(agent_id))]
    async with begin(owner) as uow:
        connection = await connections.get_by_agent(uow, agent_id)
    system = actor.system(owner.organization_id)
    for start in range(0, len(events), BATCH):
        report(start / len(events))
        async with begin(system, write=True) as uow:
            await inbox.store(uow, [_delivery(event, connection) for event in events[start : start + BATCH]])
            await inbox.process_pending(uow, WEBHOOK_HANDLERS, limit=BATCH, seconds=SEEDING_SECONDS)


def _delivery(event: Event, connection: AgentConnection) -> inbox.Delivery:
    return inbox.Delivery(
        source=f"{connection.provider}:{connection.id}",
        event_id=event.id,
        type=event.body["type"],
        payload=json.dumps(event.body, ensure_ascii=False).encode(),
        organization_id=connection.organization_id,
        endpoint_id=connection.id,
    )


async def _settle_old_follow_ups(owner: Actor) -> None:
    """The owner has called back everybody but yesterday's and today's callers."""
    done = ConversationPatch.model_validate({"followUp": {"state": FollowUpState.DONE}})
    async with begin(owner) as uow:
        old = uow.select(Conversation).where(
            Conversation.follow_up_state == FollowUpState.OPEN,
            Conversation.started_at < uow.now - STILL_OPEN,
        )
        rows = await uow.list(old.order_by(col(Conversation.started_at)))
    async with begin(owner, write=True) as uow:
        for row in rows:
            await conversations.update(uow, row.id, done)
