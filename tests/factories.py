"""One builder per table: rows with sensible values, anything of which a test may set."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts.fields import email_key
from sekretarka.domain.accounts.models import Identity, User
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent, AgentConnection, AgentStatus
from sekretarka.domain.appointments import booking
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentCreate
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.messages import gateways
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.gateway_schemas import SmsGatewayCreate
from sekretarka.domain.messages.models import Message, SmsGateway
from sekretarka.domain.organizations import invitations
from sekretarka.domain.organizations.days import public_holidays
from sekretarka.domain.organizations.models import Invitation, Membership, Organization
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Task
from sekretarka.domain.tasks.schemas import TaskCreate
from sekretarka.providers.message_events import MessagePayload


async def organization(**values: Any) -> Organization:
    """A business in Warsaw."""
    async with begin(actor.system(), write=True) as uow:
        return await add_organization(uow, **values)


async def add_organization(uow: UnitOfWork, **values: Any) -> Organization:
    """The same, with others in one transaction."""
    row = uow.add(Organization(**{"id": new_id(), "name": "Studio Lawenda", **values}))
    await uow.flush()
    return row


async def user(**values: Any) -> User:
    """A person without a password."""
    async with begin(actor.system(), write=True) as uow:
        return add_user(uow, **values)


def add_user(uow: UnitOfWork, **values: Any) -> User:
    """The same, with others in one transaction."""
    user_id = new_id()
    email = values.pop("email", f"osoba-{user_id.hex}@example.com")
    return uow.add(
        User(**{"id": user_id, "name": "Iga Nowak", "email": email, "email_key": email.casefold(), **values})
    )


async def member(organization_id: UUID, role: Role = Role.OWNER, **values: Any) -> Actor:
    """A person with a role in the business, as entry points see them."""
    async with begin(actor.system(), write=True) as uow:
        return await add_member(uow, organization_id, role, **values)


async def add_member(uow: UnitOfWork, organization_id: UUID, role: Role = Role.OWNER, **values: Any) -> Actor:
    """The same, with others in one transaction."""
    person = add_user(uow, **values)
    await uow.flush()
    uow.add(Membership(organization_id=organization_id, user_id=person.id, role=role))
    return Actor("user", organization_id=organization_id, user_id=person.id, role=role)


async def invitation(organization_id: UUID, **values: Any) -> Invitation:
    """Somebody was invited to the business; nobody has the link."""
    async with begin(actor.system(), write=True) as uow:
        return add_invitation(uow, organization_id, **values)


def add_invitation(uow: UnitOfWork, organization_id: UUID, **values: Any) -> Invitation:
    """The same, with others in one transaction."""
    row_id = new_id()
    email = values.pop("email", f"osoba-{row_id.hex}@example.com")
    expires_at = clock.now() + invitations.LIFETIME
    defaults = {"email_key": email_key(email), "role": Role.STAFF, "token_hash": row_id.hex, "expires_at": expires_at}
    row = Invitation(**{"id": row_id, "organization_id": organization_id, "email": email, **defaults, **values})
    return uow.add(row)


async def identity(user_id: UUID, **values: Any) -> Identity:
    """An account at Google that signs the person in."""
    async with begin(actor.system(), write=True) as uow:
        return add_identity(uow, user_id, **values)


def add_identity(uow: UnitOfWork, user_id: UUID, **values: Any) -> Identity:
    """The same, with others in one transaction."""
    shared = {"provider": "google", "issuer": "https://accounts.google.com", "subject": new_id().hex}
    return uow.add(Identity(**{"user_id": user_id, **shared, "email": "osoba@gmail.example", **values}))


async def agent(organization_id: UUID, **values: Any) -> Agent:
    """An agent that is switched on, with a connection."""
    async with begin(actor.system(organization_id), write=True) as uow:
        return await add_agent(uow, **values)


async def add_agent(uow: UnitOfWork, **values: Any) -> Agent:
    """The same, with others in one transaction."""
    defaults = {"name": "Ola", "status": AgentStatus.ACTIVE}
    row = Agent(**{"id": new_id(), "organization_id": uow.organization_id, **defaults, **values})
    uow.add(row)
    await uow.flush()
    connections.create(uow, row)
    return row


async def connection(of: Agent) -> AgentConnection:
    """The connection of an agent."""
    async with begin(actor.system(of.organization_id)) as uow:
        return await connections.get_by_agent(uow, of.id)


async def service(organization_id: UUID, **values: Any) -> Service:
    """An hour's haircut for 120 zł with ten minutes to tidy up."""
    haircut = {
        "name": "Strzyżenie",
        "duration": 60,
        "buffer_after": 10,
        "price_amount": 12_000,
        "price_currency": "pln",
    }
    row = Service(**{"id": new_id(), "organization_id": organization_id, **haircut, **values})
    async with begin(actor.system(organization_id), write=True) as uow:
        return uow.add(row)


async def staff(organization_id: UUID, **values: Any) -> Staff:
    """Somebody who works the business hours and can do everything."""
    row = Staff(**{"id": new_id(), "organization_id": organization_id, "name": "Ewa", **values})
    async with begin(actor.system(organization_id), write=True) as uow:
        return uow.add(row)


async def client(organization_id: UUID, phone: str = "+48601000111", name: str = "Anna Kowalska") -> Client:
    """Somebody with a number."""
    async with begin(actor.system(organization_id), write=True) as uow:
        return await clients.get_or_create_by_phone(uow, phone, name)


async def add_sms_gateway(uow: UnitOfWork, provider: str = "smsapi", **values: Any) -> SmsGateway:
    """A gateway with a number that can be answered; what a part costs is 16 groszy."""
    sms: dict[str, Any] = {"provider": provider, "number": "+48601000333", "part_price": 16, **values}
    return await gateways.create(uow, SmsGatewayCreate(**{"credentials": {"token": "test-token"}, **sms}))


async def message(organization_id: UUID, call: Conversation | None = None, **values: Any) -> Message:
    """An SMS to Łucja's number, of a call or none."""
    payload = MessagePayload.model_validate(
        {"channel": "sms", "from": "Lawenda", "to": "+48601000111", "body": "Do zobaczenia w piątek.", **values}
    )
    async with begin(actor.system(organization_id), write=True) as uow:
        row, _ = await messages.record(uow, payload, uow.now, uuid4().hex, call)
        return row


async def reply(organization_id: UUID, phone: str | None = "+48601000111", **values: Any) -> Message:
    """An SMS from that number."""
    inbound: dict[str, Any] = {"direction": "inbound", "from": phone, "to": "+48221000200", "body": "Spóźnię się."}
    return await message(organization_id, **{**inbound, **values})


async def task(organization_id: UUID, **values: Any) -> Task:
    """Something that somebody wrote down."""
    async with begin(actor.system(organization_id), write=True) as uow:
        return await add_task(uow, **values)


async def add_task(uow: UnitOfWork, **values: Any) -> Task:
    """The same, with others in one transaction."""
    return await tasks.create(uow, TaskCreate.model_validate({"note": "Zamówić farbę", **values}))


def open_day(number: int = 0) -> date:
    """The first, second … day from a week ahead on which businesses in Poland are open."""
    day = datetime.now(UTC).date() + timedelta(days=7)
    while day.weekday() > 4 or day in public_holidays("PL", day.year) or number:
        number -= day.weekday() < 5 and day not in public_holidays("PL", day.year)
        day += timedelta(days=1)
    return day


def at(wall_time: str, day: int = 0) -> datetime:
    """A time on the clock in Warsaw on one of those days."""
    local = datetime.combine(open_day(day), time.fromisoformat(wall_time), tzinfo=ZoneInfo("Europe/Warsaw"))
    return local.astimezone(UTC)


async def appointment(by: Actor, start: datetime | None = None, **values: Any) -> Appointment:
    """An appointment for a haircut, at ten on the first open day from a week ahead."""
    body = {
        "clientName": "Anna Kowalska",
        "clientPhone": "+48601000111",
        "serviceType": "Strzyżenie",
        "scheduledAt": start or at("10:00"),
        **values,
    }
    async with begin(by, write=True) as uow:
        return await booking.book(uow, AppointmentCreate.model_validate(body))
