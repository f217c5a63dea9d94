"""The only way to the database: engines for SQLite and PostgreSQL that behave alike; for `core.unit_of_work` only."""

import asyncio
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from sekretarka.core.database.raw_connection import RawConnection, RawPostgreSQL, RawSQLite
from sekretarka.core.runtime.settings import settings

# PostgreSQL itself gives a statement up; a server that is frozen or cut off cannot, so a little later we do.
GRACE_AFTER_TIMEOUT = 2.0
IDLE_IN_TRANSACTION = "60s"
SQLITE_FILES = ("-wal", "-shm")
RAW_SHARE = 4  # one of so many connections of the pool is for lookups
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class Database:
    """One engine; `pool_size` is the most connections to PostgreSQL. On SQLite writers queue on `write_lock`, which
    is faster than its busy waits."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        parsed = make_url(url)
        self.url = parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.write_lock = asyncio.Lock()
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql(pool_size)
        self.raw: RawConnection = (
            RawSQLite(str(self.url.database))
            if self.is_sqlite
            else RawPostgreSQL(self.engine, max(1, pool_size // RAW_SHARE))
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    def _sqlite(self) -> AsyncEngine:
        engine = create_async_engine(self.url, connect_args={"timeout": 30}, pool_size=8, max_overflow=8)
        if self.url.database and self.url.database != ":memory:":
            file = Path(self.url.database)
            file.parent.mkdir(parents=True, exist_ok=True)
            event.listen(engine.sync_engine, "do_connect", lambda *_: _keep_private(file))
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    def _postgresql(self, pool_size: int) -> AsyncEngine:
        seconds = settings.database_statement_timeout
        options = {
            "statement_timeout": str(round(seconds * 1000)),
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION,
            "timezone": "UTC",
        }
        patience = seconds + GRACE_AFTER_TIMEOUT
        return create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=settings.database_pool_timeout,
            connect_args={"server_settings": options, "timeout": 5, "command_timeout": patience},
        )

    async def begin(self, *, write: bool) -> AsyncSession:
        """A session inside a transaction: with `write` IMMEDIATE (SQLite) or read-write, else a read-only snapshot.
        Raises what the driver raises; `unit_of_work.begin` makes `Unavailable` of it.
        """
        session = self.sessions()
        options: dict[str, Any]
        if self.is_sqlite:
            options = {"begin_mode": "IMMEDIATE" if write else "DEFERRED"}
        elif write:
            options = {"isolation_level": "READ COMMITTED"}
        else:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            await session.connection(execution_options=options)
        except BaseException:
            await session.close()
            raise
        return session

    async def dispose(self) -> None:
        """Close every pooled connection."""
        await self.raw.close()
        await self.engine.dispose()


def _keep_private(file: Path) -> None:
    """Calls, names and numbers are in it: no other user of the machine reads it. SQLite gives the files beside it the
    same mode. One that an operator opened to a group stays so; one open to everybody is only what umask made of it."""
    with suppress(OSError):  # SQLite says what is wrong with the place
        file.touch(mode=0o600)
        if file.stat().st_mode & stat.S_IRWXO:
            for part in (file, *(file.with_name(f"{file.name}{suffix}") for suffix in SQLITE_FILES)):
                if part.exists():
                    part.chmod(0o600)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours, see `_begin_sqlite`
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


_current: Database | None = None


def connect(url: str, pool_size: int = 10) -> Database:
    """Make `url` (sqlite://… or postgresql://…) this process's database; a previous one must have been closed by
    `disconnect`. Nothing is connected before the first use."""
    global _current
    _current = Database(url, pool_size)
    return _current


def current() -> Database:
    """This process's database, opened from the settings on first use."""
    if _current is not None:
        return _current
    return connect(settings.database_url.get_secret_value(), settings.database_pool_size)


async def disconnect() -> None:
    """Close this process's database, if open."""
    global _current
    if _current is not None:
        database, _current = _current, None
        await database.dispose()
