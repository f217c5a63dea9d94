"""what was odd about deliveries"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ix_webhook_inbox_odd"
IS_ODD = sa.text("(state = 'unreadable' OR notes IS NOT NULL)")


def upgrade() -> None:
    notes = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("webhook_inbox", sa.Column("notes", notes, nullable=True))
    op.create_index(
        NAME,
        "webhook_inbox",
        ["endpoint_id", "received_at"],
        unique=False,
        sqlite_where=IS_ODD,
        postgresql_where=IS_ODD,
    )


def downgrade() -> None:
    op.drop_index(NAME, "webhook_inbox")
    op.drop_column("webhook_inbox", "notes")
