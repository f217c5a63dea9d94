"""search and order of names"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models
from sekretarka.core.text import domains
from sekretarka.core.text.collation import sort_key
from sekretarka.core.text.search_text import searchable

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BATCH = 500


def _table(name: str, /, **columns: Any) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, kind) for column, kind in columns.items()))


TEXT, ID = sa.Text(), sa.Uuid()
CLIENTS = _table("clients", id=ID, name=TEXT, phone=TEXT, email=TEXT, search=TEXT, sort_name=models.SortText)
SHORT = ("caller_name", "caller_number", "caller_raw", "summary", "intent", "notes")
CALLS = _table("conversations", id=ID, **dict.fromkeys(SHORT, TEXT), topics=models.Json)
LINES = _table(
    "segments", conversation_id=ID, part=sa.Integer(), segment_id=TEXT, said_at=models.UtcDateTime(), text=TEXT
)
PARTS = _table("transcript_search", conversation_id=ID, part=sa.Integer(), content=TEXT)
TEXTS = _table("conversation_search", conversation_id=ID, content=TEXT)
KEYS = [_table(name, id=ID, email_key=TEXT) for name in ("users", "invitations", "one_time_tokens")]


def upgrade() -> None:
    op.add_column("clients", sa.Column("sort_name", models.SortText, nullable=False, server_default=""))
    connection = op.get_bind()
    _clients(connection)
    _calls(connection)
    for keys in KEYS:
        _email_keys(connection, keys)
    op.create_index("ix_clients_name", "clients", ["organization_id", "sort_name", "id"], unique=False)


def downgrade() -> None:
    """What search reads stays: it still finds what it is asked for."""
    op.drop_index("ix_clients_name", table_name="clients")
    op.drop_column("clients", "sort_name")


def _clients(connection: sa.Connection) -> None:
    columns = CLIENTS.c
    fill = sa.update(CLIENTS).where(columns.id == sa.bindparam("row")).values(search=sa.bindparam("found"))
    fill = fill.values(sort_name=sa.bindparam("order"))
    rows = connection.execute(sa.select(columns.id, columns.name, columns.phone, columns.email)).all()
    for begin in range(0, len(rows), BATCH):
        batch = []
        for row_id, *values in rows[begin : begin + BATCH]:
            known = [value for value in values if value]
            order = sort_key(known[0]) if known else ""
            batch.append({"row": row_id, "found": searchable(" ".join(known)), "order": order})
        connection.execute(fill, batch)


def _calls(connection: sa.Connection) -> None:
    """One call is in memory at a time."""
    fill = sa.update(TEXTS).where(TEXTS.c.conversation_id == sa.bindparam("call"))
    fill_part = sa.update(PARTS).where(
        PARTS.c.conversation_id == sa.bindparam("call"), PARTS.c.part == sa.bindparam("of")
    )
    for (call,) in connection.execute(sa.select(TEXTS.c.conversation_id)).all():
        row = connection.execute(sa.select(CALLS).where(CALLS.c.id == call)).mappings().one()
        content = _searchable([*(row[name] for name in SHORT), *row["topics"]])
        connection.execute(fill.values(content=content), {"call": call})
        said = sa.select(LINES.c.part, LINES.c.text).where(LINES.c.conversation_id == call)
        parts: dict[int, list[str]] = {}
        for part, text in connection.execute(said.order_by(LINES.c.said_at, LINES.c.segment_id)):
            parts.setdefault(part, []).append(text)
        for part, lines in parts.items():
            connection.execute(fill_part.values(content=_searchable(lines)), {"call": call, "of": part})


def _searchable(texts: Iterable[str | None]) -> str:
    return "\n".join(searchable(text) for text in texts if text)


def _email_keys(connection: sa.Connection, keys: sa.TableClause) -> None:
    """Addresses are compared with their domains in letters; one whose account has another spelling, too, stays."""
    for row_id, key in connection.execute(sa.select(keys.c.id, keys.c.email_key)).all():
        local, _, domain = key.rpartition("@")
        if "xn--" not in domain:
            continue
        try:
            spelled = f"{local}@{domains.to_unicode(domain).casefold()}"
        except ValueError:
            continue
        taken = sa.exists().where(keys.c.email_key == spelled).select()
        if keys.name != "users" or not connection.execute(taken).scalar():
            connection.execute(sa.update(keys).where(keys.c.id == row_id).values(email_key=spelled))
