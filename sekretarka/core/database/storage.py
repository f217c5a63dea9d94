"""Whether the database can take more: it may answer every question and keep nothing."""

import shutil
import time
from pathlib import Path

import sqlalchemy as sa

from sekretarka.core.actor import system
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Unavailable

MINIMUM_FREE = 32 * 2**20  # bytes; the log of changes beside a SQLite file alone may need a few megabytes at once
KEEP_SECONDS = 5.0  # anybody may ask, and PostgreSQL has to write to know
# A page of its own, which goes with the transaction: rows of a table that exists may fit where others were.
PROBE = "CREATE TEMPORARY TABLE storage_probe ON COMMIT DROP AS SELECT repeat('x', 1000) FROM generate_series(1, 20)"

_last: tuple[engine.Database, float, bool] | None = None


async def is_writable() -> bool:
    """Whether there is disk left and the database is no standby, as of at most `KEEP_SECONDS` ago. On SQLite by the
    free space beside the file, on PostgreSQL by writing. False too when the database is away."""
    global _last
    database = engine.current()
    if _last is None or _last[0] is not database or time.monotonic() - _last[1] > KEEP_SECONDS:
        writable = _has_space(database) if database.is_sqlite else await _takes_a_page()
        _last = (database, time.monotonic(), writable)
    return _last[2]


def _has_space(database: engine.Database) -> bool:
    file = database.url.database
    return not file or file == ":memory:" or shutil.disk_usage(Path(file).parent).free >= MINIMUM_FREE


async def _takes_a_page() -> bool:
    try:
        async with begin(system(), write=True) as uow:
            await uow.execute(sa.text(PROBE))
    except Unavailable:
        return False
    return True
