"""Runs migrations on the product's own engine, SQLite or PostgreSQL; two that start at once wait for each other."""

import asyncio
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

from alembic import context
from sekretarka.core.database import models
from sekretarka.core.database.engine import Database
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.tables import metadata

LOCK = 7_155_330_219  # any number, the same in every process


def render_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types into a migration without tying it to today's code."""
    if kind != "type":
        return False
    if isinstance(item, models.UtcDateTime):
        return "models.UtcDateTime()"
    if isinstance(item, models.EnumType):
        return "sa.String(32)"
    if isinstance(item, AutoString):
        return f"sa.String({item.length})" if item.length else "sa.String()"
    if isinstance(item, sa.JSON) and not isinstance(item, postgresql.JSON):
        return "models.Json"
    return False


def migrate(connection: Connection) -> None:
    """Run in one transaction: a migration that fails or is killed leaves nothing behind."""
    if connection.dialect.name == "sqlite":
        # Rebuilding a table drops the old one; with foreign keys on, its children's rows would go with it.
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()
        connection = connection.execution_options(begin_mode="IMMEDIATE")
    else:
        connection.execute(sa.select(sa.func.set_config("statement_timeout", "0", False)))
        connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK)))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_type,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


async def run() -> None:
    """Open the database and migrate it."""
    url: str = context.config.attributes.get("url") or settings.database_url.get_secret_value()
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await database.dispose()


if context.is_offline_mode():
    raise SystemExit("migrations run on a database; there is no offline mode")
asyncio.run(run())
