"""A salon whose messages go through the sandbox's gateway over real HTTP, and a client who answers them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain import event_handlers
from sekretarka.domain.appointments import booking, statuses, undo
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.messages.callbacks import CALLBACK
from sekretarka.domain.messages.models import Message
from sekretarka.domain.organizations import defaults
from sekretarka.jobs import runner, worker
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.support.sms_gateways import CREDENTIALS

ANNA, BEATA = "+48601000111", "+48601000222"
AWAKE = {**defaults.messaging(), "quietFrom": "00:00", "quietTo": "00:00"}
_NUMBERS = itertools.count(1)


@dataclass
class Salon:
    """An organization with one staff member and one service."""

    owner: Actor
    gateway_id: UUID
    sandbox: Gateway

    @property
    def id(self) -> UUID:
        assert self.owner.organization_id is not None
        return self.owner.organization_id

    @property
    def program(self) -> Actor:
        """The AI, whose changes are told at once: nobody takes them back."""
        return actor.system(self.id)

    async def book(self, start: datetime | None = None, **values: Any) -> Appointment:
        """Anna's haircut, by default at ten on a day more than a week ahead."""
        return await factories.appointment(self.program, start, **values)

    async def move(self, row: Appointment, start: datetime, by: Actor | None = None) -> Appointment:
        async with begin(by or self.program, write=True) as uow:
            return await booking.update(uow, row.id, AppointmentPatch(scheduled_at=start))

    async def cancel(self, row: Appointment, by: Actor | None = None) -> Appointment:
        async with begin(by or self.program, write=True) as uow:
            return await statuses.cancel(uow, row.id)

    async def confirm(self, row: Appointment, by: Actor | None = None) -> Appointment:
        async with begin(by or self.program, write=True) as uow:
            return await statuses.confirm(uow, row.id)

    async def undo(self, row: Appointment) -> Appointment:
        """The owner takes their last change back, which made this row."""
        async with begin(self.owner, write=True) as uow:
            return await undo.undo(uow, row.id, row.version)

    async def now(self, row: Appointment) -> Appointment:
        """As it is by now."""
        async with begin(self.program) as uow:
            return await booking.get_appointment(uow, row.id)

    async def write(self, text: str, sender: str = ANNA) -> None:
        """An SMS from a client, and what follows from it."""
        await self.write_unread(text, sender)
        await work()

    async def write_unread(self, text: str, sender: str = ANNA) -> None:
        """An SMS from a client as the gateway delivers it, who has not got what waits to be sent."""
        number = next(_NUMBERS)
        fields = {
            "sms_to": "48601000333",
            "sms_from": sender.removeprefix("+"),
            "sms_text": text,
            "MsgId": f"in{number}",
        }
        delivery = inbox.Delivery(
            f"smsapi:{self.gateway_id}", f"e{number}", CALLBACK, urlencode(fields).encode(), self.id, self.gateway_id
        )
        async with begin(actor.system(self.id), write=True) as uow:
            await inbox.store(uow, [delivery])
        while await worker.drain():
            pass

    async def sent(self) -> Sequence[Message]:
        """Our messages that left, the oldest first."""
        async with begin(self.program) as uow:
            rows = await uow.list(uow.select(Message).where(Message.direction == "outbound", Message.status == "sent"))
        return sorted(rows, key=lambda row: (row.occurred_at, row.id))

    async def told(self) -> list[str | None]:
        """The templates of those, the oldest first."""
        return [row.template for row in await self.sent()]


async def work() -> None:
    """Everything that is due."""
    await runner.drain(JOB_HANDLERS)


async def open_salon(sandbox: Gateway, **values: Any) -> Salon:
    """Another one."""
    organization = await factories.organization(phone="+48221000200", messaging=AWAKE, **values)
    owner = await factories.member(organization.id)
    await factories.service(organization.id)
    await factories.staff(organization.id)
    async with begin(actor.system(organization.id), write=True) as uow:
        gateway = await factories.add_sms_gateway(uow, credentials=dict(CREDENTIALS["smsapi"]))
    return Salon(owner, gateway.id, sandbox)


@pytest.fixture
async def salon(database: engine.Database, sms_sandbox: Gateway) -> Salon:
    event_handlers.register()
    return await open_salon(sms_sandbox)
