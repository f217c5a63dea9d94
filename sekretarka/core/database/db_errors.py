"""Which failures mean that the database is unavailable or overloaded, not that a statement is wrong; retries."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sekretarka.core.errors import Unavailable

T = TypeVar("T")

# What may be one; the last two are the driver's own words for a server that is gone or silent.
TRANSIENT_ERRORS = (DBAPIError, PoolTimeout, ConnectionError, TimeoutError)

# Beginnings of PostgreSQL's SQLSTATE: connection, resources, intervention (shutdown, cancelled by a timeout), system;
# then deadlock, serialization, a lock that was not given: the same request may succeed a moment later.
TRANSIENT_SQLSTATES = ("08", "53", "57", "58", "40001", "40P01", "55P03", "25P03")
CONFLICT_SQLSTATES = ("40001", "40P01")
FOREIGN_KEY_VIOLATION = "23503"
MAX_RETRIES = 3
TRANSIENT_SQLITE_WORDS = ("locked", "unable to open", "disk", "readonly", "full")


def is_transient(error: BaseException) -> bool:
    """Whether it is the database's fault and may pass."""
    if not isinstance(error, DBAPIError):
        return True
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if isinstance(error.orig, sqlite3.Error):
        return isinstance(error.orig, sqlite3.OperationalError) and any(
            word in str(error.orig) for word in TRANSIENT_SQLITE_WORDS
        )
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(TRANSIENT_SQLSTATES)


def is_serialization_failure(error: BaseException | None) -> bool:
    """Whether two transactions stood in each other's way and this one was given up: it may simply be tried again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in CONFLICT_SQLSTATES


def is_foreign_key_violation(error: DBAPIError) -> bool:
    """Whether a row points at one that there is not."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorname == "SQLITE_CONSTRAINT_FOREIGNKEY"
    return getattr(error.orig, "sqlstate", None) == FOREIGN_KEY_VIOLATION


async def retry_on_conflict(act: Callable[[], Awaitable[T]]) -> T:
    """Act in a transaction of its own; one that stood in another's way is tried again."""
    for _ in range(MAX_RETRIES):
        try:
            return await act()
        except Unavailable as error:
            if not is_serialization_failure(error.__cause__):
                raise
    return await act()
