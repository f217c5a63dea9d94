"""calls in an open dashboard, and ends that announce an analysis"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("analysis_follows", sa.Boolean()))
    op.add_column(
        "notification_preferences", sa.Column("app_calls", sa.String(32), server_default="to_do", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("notification_preferences", "app_calls")
    op.drop_column("conversations", "analysis_follows")
