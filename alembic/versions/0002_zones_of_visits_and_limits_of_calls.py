"""zones of visits and limits of calls"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("appointments", sa.Column("timezone", sa.String(64), nullable=False, server_default="UTC"))
    op.execute(
        "UPDATE appointments SET timezone ="
        " (SELECT timezone FROM organizations WHERE organizations.id = appointments.organization_id)"
    )
    for counter in ("tool_changes", "tool_failures"):
        op.add_column("conversations", sa.Column(counter, sa.Integer(), nullable=False, server_default="0"))
    # until now it was "pl" whether anybody had said so or not
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.alter_column("language", existing_type=sa.String(2), nullable=True)
    op.execute("UPDATE clients SET language = NULL WHERE language = 'pl'")


def downgrade() -> None:
    op.execute("UPDATE clients SET language = 'pl' WHERE language IS NULL")
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.alter_column("language", existing_type=sa.String(2), nullable=False)
    for counter in ("tool_failures", "tool_changes"):
        op.drop_column("conversations", counter)
    op.drop_column("appointments", "timezone")
