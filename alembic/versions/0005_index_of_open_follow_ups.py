"""index of open follow-ups"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ix_conversations_open_follow_ups"
IS_OPEN = sa.text("follow_up_state = 'open'")


def upgrade() -> None:
    op.create_index(
        NAME,
        "conversations",
        ["organization_id", "started_at", "id"],
        unique=False,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    op.drop_index(NAME, "conversations")
