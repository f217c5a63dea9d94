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
# then deadlock, serialization, a lock that was not given, a standby that is not the primary yet: the same request may
# succeed a moment later.
TRANSIENT_SQLSTATES = ("08", "53", "57", "58", "40001", "40P01", "55P03", "25P03", "25006")
CONFLICT_SQLSTATES = ("40001", "40P01")
FOREIGN_KEY_VIOLATION = "23503"
MAX_RETRIES = 3
TRANSIENT_SQLITE_WORDS = ("locked", "unable to open", "disk", "readonly", "full")


def is_transient(error: BaseException) -> bool:
    """Whether an error of `TRANSIENT_ERRORS` means that the database is away or overloaded, not a wrong statement."""
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
    """Whether PostgreSQL ended this transaction for another's sake (40001, 40P01): it may be run again. None is not."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in CONFLICT_SQLSTATES


def is_foreign_key_violation(error: DBAPIError) -> bool:
    """Whether the statement violated a foreign key, on either database."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorname == "SQLITE_CONSTRAINT_FOREIGNKEY"
    return getattr(error.orig, "sqlstate", None) == FOREIGN_KEY_VIOLATION


async def retry_on_conflict(act: Callable[[], Awaitable[T]]) -> T:
    """The result of `act`, which begins its own transaction; run again up to `MAX_RETRIES` times when that one met a
    serialization failure or deadlock. Raises what `act` raises, `Unavailable` after the last retry."""
    for _ in range(MAX_RETRIES):
        try:
            return await act()
        except Unavailable as error:
            if not is_serialization_failure(error.__cause__):
                raise
    return await act()
