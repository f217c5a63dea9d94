"""urgent calls are told to one user after another"""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

RULES = {"userIds": [], "minutes": 5}


def upgrade() -> None:
    op.add_column(
        "organizations", sa.Column("escalation", models.Json, nullable=False, server_default=json.dumps(RULES))
    )
    op.create_index("ix_messages_recipient", "messages", ["organization_id", "recipient", "occurred_at"])
    op.create_table(
        "escalations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.Column("updated_at", models.UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("user_ids", models.Json, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("ended_at", models.UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(32), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_escalations_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversations.organization_id", "conversations.id"],
            name=op.f("fk_escalations_organization_id_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["users.id"], name=op.f("fk_escalations_acknowledged_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_escalations_organization_id_id")),
        sa.UniqueConstraint(
            "organization_id", "conversation_id", name=op.f("uq_escalations_organization_id_conversation_id")
        ),
    )
    op.create_index("ix_escalations_state", "escalations", ["organization_id", "state"])
    op.create_table(
        "escalation_rungs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.Column("updated_at", models.UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("told_at", models.UtcDateTime(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_escalation_rungs_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "escalation_id"],
            ["escalations.organization_id", "escalations.id"],
            name=op.f("fk_escalation_rungs_organization_id_escalation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "message_id"],
            ["messages.organization_id", "messages.id"],
            name=op.f("fk_escalation_rungs_organization_id_message_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_escalation_rungs_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rungs")),
        sa.UniqueConstraint("escalation_id", "position", name=op.f("uq_escalation_rungs_escalation_id_position")),
    )
    op.create_index("ix_escalation_rungs_message", "escalation_rungs", ["message_id"])


def downgrade() -> None:
    op.drop_table("escalation_rungs")
    op.drop_table("escalations")
    op.drop_index("ix_messages_recipient", "messages")
    op.drop_column("organizations", "escalation")
