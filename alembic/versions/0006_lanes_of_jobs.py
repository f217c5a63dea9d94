"""lanes of jobs"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("lane", sa.String(32), nullable=False, server_default="default"))
    op.execute("UPDATE jobs SET lane = 'mail' WHERE name = 'mail.send'")
    op.create_index("ix_jobs_turn", "jobs", ["state", "lane", "organization_id", "run_after", "id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE name LIKE 'schedule.%'")
    op.drop_index("ix_jobs_turn", table_name="jobs")
    op.drop_column("jobs", "lane")
