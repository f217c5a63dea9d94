"""settled calls and the ledger of usage"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Nothing in the ledger is ever changed or deleted, whoever asks and however.
POSTGRESQL = (
    """
    CREATE FUNCTION usage_records_are_final() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'usage_records is append-only'; END $$
    """,
    """
    CREATE TRIGGER usage_records_final BEFORE UPDATE OR DELETE ON usage_records
    FOR EACH ROW EXECUTE FUNCTION usage_records_are_final()
    """,
)
SQLITE = tuple(
    f"""
    CREATE TRIGGER usage_records_final_{event.lower()} BEFORE {event} ON usage_records
    BEGIN SELECT RAISE(ABORT, 'usage_records is append-only'); END
    """
    for event in ("UPDATE", "DELETE")
)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("settled_at", models.UtcDateTime(), nullable=True))
    unsettled = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_conversations_unsettled",
        "conversations",
        ["organization_id", "status"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    op.create_table(
        "usage_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.Column("updated_at", models.UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("occurred_at", models.UtcDateTime(), nullable=False),
        sa.Column("source_key", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversations.organization_id", "conversations.id"],
            name=op.f("fk_usage_records_organization_id_conversation_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_usage_records_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_records")),
        sa.UniqueConstraint("organization_id", "source_key", name=op.f("uq_usage_records_organization_id_source_key")),
    )
    op.create_index("ix_usage_records_conversation", "usage_records", ["organization_id", "conversation_id"])
    op.create_index("ix_usage_records_period", "usage_records", ["organization_id", "occurred_at"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("usage_records")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION usage_records_are_final()")
    op.drop_index("ix_conversations_unsettled", "conversations")
    op.drop_column("conversations", "settled_at")
