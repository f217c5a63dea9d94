"""The database's schema: is it the newest, and how it becomes so."""

import asyncio
import contextlib
import sqlite3
from typing import TYPE_CHECKING

from sekretarka.cli import startup
from sekretarka.core.database.migrations import head_revisions

if TYPE_CHECKING:
    from alembic.config import Config

    from sekretarka.core.runtime.settings import Settings

PRESENT = "SELECT version_num FROM alembic_version"


def alembic_config(url: str) -> "Config":
    """Alembic's configuration for our migrations and the database of `url`."""
    from alembic.config import Config

    config = Config(startup.ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database of `url` to the newest schema; two processes that start at once wait for each other.
    `Failed` when it cannot be migrated.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from alembic import command

    try:
        command.upgrade(alembic_config(url), "head")
    except (SQLAlchemyError, OSError) as error:
        # SQLAlchemy's own text may carry statements and values; the driver's says what is wrong.
        reason = getattr(error, "orig", None) or error
        raise startup.Failed(f"DATABASE_URL: the database cannot be migrated: {_in_short(reason)}") from error


def ensure_migrated(settings: "Settings") -> None:
    """Migrate unless the schema is the newest; in production `WrongSetting` instead, as the operator chooses the
    moment. `Failed` when the database cannot be used.
    """
    url = settings.database_url.get_secret_value()
    try:
        present = asyncio.run(_revisions(url))
    except Exception as error:  # whatever the driver raises: without its database no server starts
        raise startup.Failed(f"DATABASE_URL: the database cannot be used: {_in_short(error)}") from error
    if present == head_revisions():
        return
    if settings.env == "production":
        raise startup.WrongSetting("DATABASE_URL: the schema is not the newest; run `sekretarka migrate`")
    migrate(url)


async def _revisions(url: str) -> set[str]:
    """What the database is at; asks the driver directly, for the same reason."""
    import asyncpg

    scheme, _, rest = url.partition("://")
    if scheme.startswith("sqlite"):
        try:
            with contextlib.closing(sqlite3.connect(f"file:{rest.removeprefix('/')}?mode=ro", uri=True)) as file:
                return {row[0] for row in file.execute(PRESENT)}
        except sqlite3.OperationalError:  # no such file, or no such table
            return set()
    connection = await asyncpg.connect(f"postgresql://{rest}", timeout=5)
    try:
        return {row[0] for row in await connection.fetch(PRESENT)}
    except asyncpg.UndefinedTableError:
        return set()
    finally:
        await connection.close()


def _in_short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
