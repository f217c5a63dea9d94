"""test calls"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# What the button of the agent's screen has sent so far: "test_", 32 hex digits, and the caller's name of its language.
SENT = sa.text("""
    UPDATE webhook_inbox SET is_test = :yes
    WHERE event_id LIKE 'test\\_%\\__' ESCAPE '\\' AND length(event_id) = 39 AND source LIKE 'ai-service:%'
""")
CALLS = sa.text("""
    UPDATE conversations SET is_test = :yes
    WHERE call_id LIKE 'test\\_%' ESCAPE '\\' AND length(call_id) = 37
    AND caller_name IN ('Próba połączenia', 'Connection test')
""")
# The ledger is never changed: what was entered for them is taken back by another entry.
LEDGER = sa.text("""
    INSERT INTO usage_records
        (id, version, created_at, updated_at, organization_id, conversation_id, quantity, unit, reason, occurred_at,
         source_key)
    SELECT c.id, 1, max(u.updated_at), max(u.updated_at), c.organization_id, c.id, -sum(u.quantity), max(u.unit),
           'corrected', max(u.occurred_at), max(u.source_key) || '\\:test'
    FROM conversations c JOIN usage_records u ON u.conversation_id = c.id
    WHERE c.is_test GROUP BY c.id, c.organization_id HAVING sum(u.quantity) <> 0
""")


def upgrade() -> None:
    for table in ("webhook_inbox", "conversations"):
        op.add_column(table, sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false()))
    for statement in (SENT, CALLS):
        op.get_bind().execute(statement, {"yes": True})
    op.get_bind().execute(LEDGER)


def downgrade() -> None:
    for table in ("webhook_inbox", "conversations"):
        op.drop_column(table, "is_test")
