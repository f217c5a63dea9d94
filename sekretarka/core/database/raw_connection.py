"""Single statements given to the drivers themselves, outside transactions; for `core.prepared_query`."""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sekretarka.core.errors import Unavailable

LOST = (OSError, SQLAlchemyError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError)


class RawConnection(Protocol):
    """Runs one SELECT by itself."""

    async def fetch_row(self, text: str, arguments: Sequence[Any]) -> Sequence[Any] | None:
        """The first row or None; `Unavailable` when the database does not answer."""
        ...

    async def close(self) -> None:
        """Close the connections; the next `fetch_row` makes new ones."""
        ...


class RawSQLite:
    """Reads in the event loop: a point lookup in a WAL database waits for nobody and is over before a thread wakes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    async def fetch_row(self, text: str, arguments: Sequence[Any]) -> Sequence[Any] | None:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, isolation_level=None, timeout=1, check_same_thread=False)
                self._connection.execute("PRAGMA query_only=ON")
            row: Sequence[Any] | None = self._connection.execute(text, arguments).fetchone()
        except sqlite3.OperationalError as error:
            await self.close()
            raise Unavailable from error
        return row

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class RawPostgreSQL:
    """Keeps up to `most` connections, on each of which the driver prepares each statement once.

    They are made by an engine, which sets the codecs up. A connection that fails is thrown away; since the ones that
    lay idle may all have died with a restart of the server, the statement is tried again on a fresh one.
    """

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        self._engine = engine
        self._free = asyncio.Semaphore(most)
        self._idle: list[AsyncConnection] = []

    async def fetch_row(self, text: str, arguments: Sequence[Any]) -> Sequence[Any] | None:
        async with self._free:
            try:
                return await self._try(text, arguments)
            except TimeoutError as error:
                raise Unavailable from error  # it is there but does not answer: a second try would wait as long
            except LOST:
                await self.close()
            try:
                return await self._try(text, arguments)
            except LOST as error:
                raise Unavailable from error

    async def _try(self, text: str, arguments: Sequence[Any]) -> Sequence[Any] | None:
        connection = self._idle.pop() if self._idle else await self._engine.connect()
        try:
            driver = await _driver(connection)
            while driver.is_closed():  # the engine's pool may hold many that died; this one is made anew
                await connection.invalidate()
                await connection.close()
                connection = await self._engine.connect()
                driver = await _driver(connection)
            row: Sequence[Any] | None = await driver.fetchrow(text, *arguments)
        except BaseException:
            await connection.invalidate()
            await connection.close()
            raise
        self._idle.append(connection)
        return row

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()


async def _driver(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection
