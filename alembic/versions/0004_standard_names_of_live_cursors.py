"""standard names of live cursors and stored responses"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _cursors("live_cursors", "sequence", "revision")
    op.execute("INSERT INTO live_cursors SELECT organization_id, n, changes FROM live_heads")
    op.drop_table("live_heads")
    op.alter_column("live_events", "n", new_column_name="sequence")
    _responses("stored_responses")
    op.execute("INSERT INTO stored_responses SELECT * FROM kept_answers")
    op.drop_table("kept_answers")


def downgrade() -> None:
    _responses("kept_answers")
    op.execute("INSERT INTO kept_answers SELECT * FROM stored_responses")
    op.drop_table("stored_responses")
    op.alter_column("live_events", "sequence", new_column_name="n")
    _cursors("live_heads", "n", "changes")
    op.execute("INSERT INTO live_heads SELECT organization_id, sequence, revision FROM live_cursors")
    op.drop_table("live_cursors")


def _cursors(table: str, sequence: str, revision_column: str) -> None:
    op.create_table(
        table,
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(sequence, sa.Integer(), nullable=False),
        sa.Column(revision_column, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f(f"fk_{table}_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f(f"pk_{table}")),
    )


def _responses(table: str) -> None:
    op.create_table(
        table,
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", models.Json, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_created_at"), table, ["created_at"], unique=False)
