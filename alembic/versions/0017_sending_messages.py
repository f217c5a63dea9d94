"""sending messages, through gateways of one's own"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MESSAGING = {
    "quietFrom": "21:00",
    "quietTo": "08:00",
    "dailyLimit": 500,
    "dailyLimitPerNumber": 10,
    "countries": [],
    "textBack": True,
}
OWN = ["organization_id", "id"]


def columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("kind", sa.String(32), nullable=False, server_default="service"),
        sa.Column("template", sa.String(32), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_time", models.UtcDateTime(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=True),
        sa.Column("price_amount", sa.Integer(), nullable=True),
        sa.Column("price_currency", sa.String(3), nullable=True),
        sa.Column("failure", sa.String(32), nullable=True),
        sa.Column("gateway_id", sa.Uuid(), nullable=True),
        sa.Column("gateway_message_id", sa.String(64), nullable=True),
        sa.Column("first_tried_at", models.UtcDateTime(), nullable=True),
    )


def upgrade() -> None:
    op.add_column(
        "organizations", sa.Column("messaging", models.Json, nullable=False, server_default=json.dumps(MESSAGING))
    )
    op.create_table(
        "sms_gateways",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.Column("updated_at", models.UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("number", sa.String(16), nullable=True),
        sa.Column("sender_name", sa.String(11), nullable=True),
        sa.Column("sender_name_status", sa.String(32), nullable=False),
        sa.Column("callback_id", sa.Uuid(), nullable=False),
        sa.Column("part_price", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(32), nullable=True),
        sa.Column("problem_at", models.UtcDateTime(), nullable=True),
        sa.Column("removed_at", models.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_sms_gateways_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_gateways")),
        sa.UniqueConstraint("callback_id", name=op.f("uq_sms_gateways_callback_id")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_sms_gateways_organization_id_id")),
    )
    in_use = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_sms_gateways_position",
        "sms_gateways",
        ["organization_id", "position"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    with op.batch_alter_table("messages") as messages:
        for column in columns():
            messages.add_column(column)
        for table, column, ondelete in (
            ("appointments", "appointment_id", "NO ACTION"),
            ("sms_gateways", "gateway_id", "NO ACTION"),
        ):
            name = op.f(f"fk_messages_organization_id_{column}")
            messages.create_foreign_key(name, table, ["organization_id", column], OWN, ondelete=ondelete)
        messages.create_foreign_key(op.f("fk_messages_author_id"), "users", ["author_id"], ["id"], ondelete="SET NULL")
        messages.create_index("ix_messages_appointment", ["appointment_id"])
        messages.create_index("ix_messages_gateway", ["gateway_id", "gateway_message_id"])


def downgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.drop_index("ix_messages_gateway")
        messages.drop_index("ix_messages_appointment")
        messages.drop_constraint("fk_messages_author_id", type_="foreignkey")
        messages.drop_constraint("fk_messages_organization_id_gateway_id", type_="foreignkey")
        messages.drop_constraint("fk_messages_organization_id_appointment_id", type_="foreignkey")
        for column in reversed(columns()):
            messages.drop_column(column.name)
    op.drop_table("sms_gateways")
    op.drop_column("organizations", "messaging")
