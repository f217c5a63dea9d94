"""The tables of live events: what open dashboards and streams are told, numbered in commit order."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from sekretarka.core.database.models import datetime_column, json_column


class LiveCursor(SQLModel, table=True):
    """Per organization the `sequence` of its newest live event (0: none yet), and `revision`, the count of its commits.

    Both move in the last statement before a commit, whose row lock makes it the order of commits (api.md#live-events).
    """

    __tablename__ = "live_cursors"

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id", ondelete="CASCADE")
    sequence: int = Field(default=0)
    revision: int = Field(default=0)


class LiveEvent(SQLModel, table=True):
    """One live event; stored for 24 hours so that a stream can resume where it broke."""

    __tablename__ = "live_events"

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id", ondelete="CASCADE")
    sequence: int = Field(primary_key=True)
    name: str = Field(max_length=64)
    data: dict[str, Any] = json_column(dict)
    created_at: datetime = datetime_column(index=True)


# The tables themselves: through the ORM, one statement at the end of each write would cost more than its transaction.
_CURSORS, EVENTS = (SQLModel.metadata.tables[model.__tablename__] for model in (LiveCursor, LiveEvent))


@cache
def advance_cursor(*, is_sqlite: bool) -> sa.Executable:
    """The upsert with parameters `whose` (organization id) and `live` (number of new events): adds 1 to `revision` and
    `live` to `sequence`, and returns the new `sequence`."""
    live = sa.bindparam("live", type_=sa.Integer)
    values = {"organization_id": sa.bindparam("whose", type_=sa.Uuid), "sequence": live, "revision": 1}
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(_CURSORS).values(values)
    more = {"sequence": _CURSORS.c.sequence + live, "revision": _CURSORS.c.revision + 1}
    return insert.on_conflict_do_update(index_elements=["organization_id"], set_=more).returning(_CURSORS.c.sequence)
