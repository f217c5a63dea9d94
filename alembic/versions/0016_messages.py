"""messages, also those that waited for the table"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INBOX = sa.table(
    "webhook_inbox", sa.column("type", sa.Text()), sa.column("state", sa.Text()), sa.column("payload", sa.LargeBinary())
)


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.Column("updated_at", models.UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("sender", sa.String(320), nullable=True),
        sa.Column("recipient", sa.String(320), nullable=True),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("occurred_at", models.UtcDateTime(), nullable=False),
        sa.Column("source_key", sa.String(64), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_messages_organization_id_client_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversations.organization_id", "conversations.id"],
            name=op.f("fk_messages_organization_id_conversation_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_messages_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_messages_organization_id_id")),
        sa.UniqueConstraint("organization_id", "source_key", name=op.f("uq_messages_organization_id_source_key")),
    )
    op.create_index("ix_messages_client", "messages", ["organization_id", "client_id", "occurred_at", "id"])
    op.create_index("ix_messages_conversation", "messages", ["conversation_id"])
    op.create_index("ix_messages_recent", "messages", ["organization_id", "occurred_at", "id"])
    waiting = (INBOX.c.type == "message_sent", INBOX.c.state == "waiting", INBOX.c.payload != b"")
    op.execute(sa.update(INBOX).where(*waiting).values(state="pending"))


def downgrade() -> None:
    op.drop_table("messages")
