"""threads of messages"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNREAD = sa.text("unread_count > 0")
# What was there before counts as read.
OF_PRESENT_MESSAGES = """
    INSERT INTO message_threads
        (id, version, created_at, updated_at, organization_id, last_message_id, last_message_at, unread_count)
    SELECT client_id, 1, created_at, created_at, organization_id, id, occurred_at, 0
    FROM (
        SELECT *, row_number() OVER (PARTITION BY client_id ORDER BY occurred_at DESC, id DESC) AS place
        FROM messages WHERE client_id IS NOT NULL
    ) AS ordered
    WHERE place = 1
"""


def upgrade() -> None:
    op.create_table(
        "message_threads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.Column("updated_at", models.UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("last_message_id", sa.Uuid(), nullable=False),
        sa.Column("last_message_at", models.UtcDateTime(), nullable=False),
        sa.Column("unread_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_message_threads_organization_id_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "last_message_id"],
            ["messages.organization_id", "messages.id"],
            name=op.f("fk_message_threads_organization_id_last_message_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_message_threads_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_threads")),
    )
    op.create_index("ix_message_threads_recent", "message_threads", ["organization_id", "last_message_at", "id"])
    op.create_index(
        "ix_message_threads_unread",
        "message_threads",
        ["organization_id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
    op.create_index("ix_messages_channel", "messages", ["organization_id", "channel", "client_id"])
    op.execute(OF_PRESENT_MESSAGES)


def downgrade() -> None:
    op.drop_index("ix_messages_channel", "messages")
    op.drop_table("message_threads")
