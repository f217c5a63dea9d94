"""who edited which value last"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

EDITED = ("agents", "appointments", "clients", "conversations", "organizations", "services", "staff", "users")


def upgrade() -> None:
    for table in EDITED:
        op.add_column(table, sa.Column("edits", models.Json, server_default="{}", nullable=False))


def downgrade() -> None:
    for table in EDITED:
        op.drop_column(table, "edits")
