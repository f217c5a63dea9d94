"""when calls were last heard of"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("last_event_at", models.UtcDateTime(), nullable=True))
    op.execute("UPDATE conversations SET last_event_at = updated_at")


def downgrade() -> None:
    op.drop_column("conversations", "last_event_at")
