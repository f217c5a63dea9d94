"""calls of changes"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CALL = op.f("fk_appointment_changes_organization_id_conversation_id")


def upgrade() -> None:
    with op.batch_alter_table("appointment_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("conversation_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            CALL,
            "conversations",
            ["organization_id", "conversation_id"],
            ["organization_id", "id"],
            ondelete="NO ACTION",
        )


def downgrade() -> None:
    with op.batch_alter_table("appointment_changes", schema=None) as batch_op:
        batch_op.drop_constraint(CALL, type_="foreignkey")
        batch_op.drop_column("conversation_id")
