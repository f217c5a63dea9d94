"""Which failures mean that the database is away or overloaded, not that a statement is wrong; trying again."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sekretarka.core.errors import Unavailable

T = TypeVar("T")

# What may be one; the last two are the driver's own words for a server that is gone or silent.
KINDS = (DBAPIError, PoolTimeout, ConnectionError, TimeoutError)

# Beginnings of PostgreSQL's SQLSTATE: connection, resources, intervention (shutdown, cancelled by a timeout), system;
# then deadlock, serialization, a lock that was not given: the same request may succeed a moment later.
STATES = ("08", "53", "57", "58", "40001", "40P01", "55P03", "25P03")
COLLISIONS = ("40001", "40P01")
MORE_TRIES = 3
SQLITE = ("locked", "unable to open", "disk", "readonly", "full")


def is_one(error: BaseException) -> bool:
    """Whether it is the database's fault and may pass."""
    if not isinstance(error, DBAPIError):
        return True
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if isinstance(error.orig, sqlite3.Error):
        return isinstance(error.orig, sqlite3.OperationalError) and any(word in str(error.orig) for word in SQLITE)
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(STATES)


def is_collision(error: BaseException | None) -> bool:
    """Whether two transactions stood in each other's way and this one was given up: it may simply be tried again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in COLLISIONS


async def again(act: Callable[[], Awaitable[T]]) -> T:
    """Act in a transaction of its own; one that stood in another's way is tried again."""
    for _ in range(MORE_TRIES):
        try:
            return await act()
        except Unavailable as error:
            if not is_collision(error.__cause__):
                raise
    return await act()
