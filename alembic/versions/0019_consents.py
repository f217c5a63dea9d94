"""consents to advertising"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CONSENTS = ("sms_consent_at", "email_consent_at")


def upgrade() -> None:
    for name in CONSENTS:
        op.add_column("clients", sa.Column(name, models.UtcDateTime(), nullable=True))


def downgrade() -> None:
    for name in CONSENTS:
        op.drop_column("clients", name)
