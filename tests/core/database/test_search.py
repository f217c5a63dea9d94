"""What was stored before search and order were what they are is found and ordered after the migration."""

import asyncio
from uuid import UUID

import sqlalchemy as sa

from alembic import command
from sekretarka.cli.schema import alembic_config
from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.schemas import ClientFilter
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.schemas import ConversationFilter
from sekretarka.providers.call_events import CallEvent
from tests import factories
from tests.calls import event, line
from tests.support.databases import apart

NAMES = ["Łucja", "Zenon O´Brien", "Żaneta"]


async def fill(organization_id: UUID) -> None:
    agent = await factories.agent(organization_id)
    said = event("transcript_updated", agent.id, segments=[line(1, "Tu O´Brien, numer 601 000 999.")])
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        for number, name in enumerate(sorted(NAMES)):
            await clients.get_or_create_by_phone(uow, f"+4860100044{number}", name)
        await conversations.apply(uow, CallEvent.model_validate(said), "m1")


async def as_before(database: engine.Database) -> None:
    """What rows looked like: an acute accent of its own became a space, numbers stood as they were said."""
    async with database.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE clients SET search = 'zenon o brien' WHERE name LIKE 'Zenon%'"))
        await connection.execute(sa.text("UPDATE transcript_search SET content = 'tu o brien, numer 601 000 999.'"))
        await connection.execute(sa.text("UPDATE users SET email_key = 'iga@xn--w-uga1v8h.pl'"))
    await database.engine.dispose()  # nothing that was prepared for the tables as they are now


async def count(owner: Actor, term: str) -> tuple[int, int]:
    async with begin(owner) as uow:
        found = await clients.page(uow, ClientFilter(search=term), PageQuery())
        return found.total, await uow.count(await conversations.query(uow, ConversationFilter(search=term)))


async def test_stored_texts_are_folded_again(database: engine.Database, database_url: str) -> None:
    organization = await factories.organization()
    owner = await factories.member(organization.id, email="iga@żółw.pl")
    await fill(organization.id)
    await as_before(database)

    def there_and_back() -> None:
        command.downgrade(alembic_config(database_url), "0011")
        command.upgrade(alembic_config(database_url), "head")

    await asyncio.to_thread(apart, there_and_back)
    assert await count(owner, "o'brien") == (1, 1)
    assert await count(owner, "601-000-999") == (0, 1)
    assert await count(owner, "tel. 601 000 440 Zenon") == (1, 0)
    async with begin(owner) as uow:
        ordered = await clients.page(uow, ClientFilter(sort="name"), PageQuery())
        assert [row.name for row in ordered.rows] == NAMES
        assert await accounts.find_by_email(uow, "iga@ŻÓŁW.pl") is not None
