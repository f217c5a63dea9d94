"""folded lines"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models
from sekretarka.core.text import search_text

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LINES_PER_PART = 100
LINES = sa.table(
    "segments",
    sa.column("id", sa.Uuid()),
    sa.column("conversation_id", sa.Uuid()),
    sa.column("said_at", models.UtcDateTime()),
    sa.column("segment_id", sa.String()),
    sa.column("text", sa.Text()),
    sa.column("part", sa.Integer()),
)
CALLS = sa.table("conversations", sa.column("id", sa.Uuid()), sa.column("line_count", sa.Integer()))
TEXTS = sa.table(
    "conversation_search",
    sa.column("organization_id", sa.Uuid()),
    sa.column("conversation_id", sa.Uuid()),
    sa.column("content", sa.Text()),
)

Lines = Sequence[sa.Row[Any]]


def upgrade() -> None:
    """What search reads of a call's lines moves from the end of its one text to texts of a hundred lines."""
    op.add_column("conversations", sa.Column("line_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("segments", sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_segments_in_order", "segments", ["conversation_id", "said_at", "segment_id"], unique=False)
    op.create_index("ix_segments_part", "segments", ["conversation_id", "part"], unique=False)
    parts = op.create_table(
        "transcript_search",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversations.organization_id", "conversations.id"],
            name=op.f("fk_transcript_search_organization_id_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "part", name=op.f("pk_transcript_search")),
    )
    connection = op.get_bind()
    place = sa.update(LINES).where(LINES.c.id == sa.bindparam("line")).values(part=sa.bindparam("number"))
    for text, lines in _transcripts(connection):
        call = {"organization_id": text.organization_id, "conversation_id": text.conversation_id}
        for number, first in enumerate(range(0, len(lines), LINES_PER_PART)):
            some = lines[first : first + LINES_PER_PART]
            connection.execute(sa.insert(parts).values(**call, part=number, content=_said(some)))
            if number:
                connection.execute(place, [{"line": line.id, "number": number} for line in some])
        counted = sa.update(CALLS).where(CALLS.c.id == text.conversation_id)
        connection.execute(counted.values(line_count=len(lines)))
        _write(connection, text, text.content.removesuffix(_said(lines)).removesuffix("\n"))


def downgrade() -> None:
    connection = op.get_bind()
    for text, lines in _transcripts(connection):
        _write(connection, text, "\n".join(filter(None, (text.content, _said(lines)))))
    op.drop_table("transcript_search")
    for index in ("ix_segments_part", "ix_segments_in_order"):
        op.drop_index(index, table_name="segments")
    op.drop_column("segments", "part")
    op.drop_column("conversations", "line_count")


def _transcripts(connection: sa.Connection) -> Iterator[tuple[sa.Row[Any], Lines]]:
    """The text of each call that has lines, with them in order: one call is in memory at a time."""
    calls = connection.execute(sa.select(LINES.c.conversation_id).distinct()).scalars().all()
    for call in calls:
        lines = sa.select(LINES.c.id, LINES.c.text).where(LINES.c.conversation_id == call)
        ordered = connection.execute(lines.order_by(LINES.c.said_at, LINES.c.segment_id)).all()
        yield connection.execute(sa.select(TEXTS).where(TEXTS.c.conversation_id == call)).one(), ordered


def _said(lines: Lines) -> str:
    return "\n".join(search_text.normalize(line.text) for line in lines if line.text)


def _write(connection: sa.Connection, text: sa.Row[Any], content: str) -> None:
    own = sa.update(TEXTS).where(TEXTS.c.conversation_id == text.conversation_id)
    connection.execute(own.values(content=content))
