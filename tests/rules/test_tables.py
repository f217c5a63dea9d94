"""Tables and migrations say the same on both databases, and migrations go both ways."""

import asyncio
import importlib
import pkgutil

import pytest
from sqlmodel import SQLModel

import sekretarka
from alembic import command
from sekretarka.cli.schema import alembic_config
from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import Lane
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain import tables
from sekretarka.domain.accounts.mail import SendMail
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients.models import Client
from tests import factories as make
from tests.jobs.kinds import Note, enqueue
from tests.support.databases import apart
from tests.support.jobs import jobs


def test_migrations_make_what_the_models_say(database_url: str) -> None:
    apart(lambda: command.check(alembic_config(database_url)))


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_every_migration_can_be_taken_back_and_repeated(database_url: str) -> None:
    def there_and_back() -> None:
        command.downgrade(alembic_config(database_url), "base")
        command.upgrade(alembic_config(database_url), "head")
        command.check(alembic_config(database_url))

    apart(there_and_back)


async def test_migrations_keep_what_is_there(database: engine.Database, database_url: str) -> None:
    organization = await make.organization(timezone="Europe/Lisbon")
    await make.service(organization.id)
    await make.staff(organization.id)
    appointment = await make.appointment(await make.member(organization.id))
    await enqueue(SendMail(to="iga@kwiaty.example", subject="", text="", html=""), organization)
    await enqueue(Note(), organization)
    await database.engine.dispose()  # nothing that was prepared for the tables as they are now

    def there_and_back() -> None:
        command.downgrade(alembic_config(database_url), "0001")
        command.upgrade(alembic_config(database_url), "head")

    await asyncio.to_thread(apart, there_and_back)
    async with begin(actor.system(organization.id)) as uow:
        stored = await uow.get(Appointment, appointment.id)
        assert (stored.timezone, stored.busy_from, stored.client_id) == (
            "Europe/Lisbon",
            appointment.busy_from,
            appointment.client_id,
        )
        assert stored.client_id is not None
        client = await uow.get(Client, stored.client_id)
        assert (client.phone, client.language) == (appointment.client_phone, None)
    assert {job.name: job.lane for job in await jobs()} == {"mail.send": Lane.MAIL, "test.note": Lane.DEFAULT}


async def test_the_database_keeps_bookings_apart(database: engine.Database) -> None:
    """Written by hand into the migration, so no comparison of models would miss it."""
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not database.is_sqlite:
        names = "SELECT conname FROM pg_constraint WHERE contype = 'x'"
    async with database.engine.connect() as connection:
        present = set((await connection.exec_driver_sql(names)).scalars())
    expected = (
        {"appointments_busy_insert", "appointments_busy_update"} if database.is_sqlite else {"ex_appointments_busy"}
    )
    assert expected <= present


def test_every_table_is_imported_by_domain_tables() -> None:
    listed = set(tables.metadata.tables)
    for module in pkgutil.walk_packages(sekretarka.__path__, "sekretarka."):
        if module.name.startswith(("sekretarka.core.", "sekretarka.domain.")):
            importlib.import_module(module.name)
    assert set(SQLModel.metadata.tables) == listed
