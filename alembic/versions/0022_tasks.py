"""tasks, of which calls that wait for somebody are the first"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from alembic import op
from sekretarka.core.database import models
from sekretarka.core.runtime import clock
from sekretarka.core.text.search_text import searchable

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BATCH = 500
URGENCIES = ("low", "normal", "high")
KINDS = ("message_taken", "urgent", "missed_call", "own")


def _table(name: str, /, **columns: Any) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, kind) for column, kind in columns.items()))


TEXT, ID, AT = sa.Text(), sa.Uuid(), models.UtcDateTime()
CALLS = _table(
    "conversations",
    **dict.fromkeys(("id", "organization_id", "client_id", "follow_up_assignee_id"), ID),
    **dict.fromkeys(("direction", "status", "outcome", "caller_number", "called_number"), TEXT),
    **dict.fromkeys(("follow_up_state", "follow_up_urgency", "follow_up_note"), TEXT),
    is_test=sa.Boolean(),
    sentiment=sa.Float(),
    started_at=AT,
    stamps=models.Json,
)
TASKS = _table(
    "tasks",
    **dict.fromkeys(("id", "organization_id", "client_id", "conversation_id", "assignee_id"), ID),
    **dict.fromkeys(("kind", "urgency", "state", "note", "caller_number", "line", "position", "search"), TEXT),
    **dict.fromkeys(("created_at", "updated_at", "last_at"), AT),
    **dict.fromkeys(("edits", "folded_ids"), models.Json),
    version=sa.Integer(),
)


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", models.UtcDateTime(), nullable=False),
        sa.Column("updated_at", models.UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("edits", models.Json, server_default="{}", nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("resolution", sa.String(32), nullable=True),
        sa.Column("done_at", models.UtcDateTime(), nullable=True),
        sa.Column("snoozed_until", models.UtcDateTime(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("caller_number", sa.String(16), nullable=True),
        sa.Column("last_at", models.UtcDateTime(), nullable=False),
        sa.Column("line", sa.String(64), nullable=True),
        sa.Column("folded_ids", models.Json, nullable=False),
        sa.Column(
            "position",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_tasks_assignee_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["organization_id", "appointment_id"],
            ["appointments.organization_id", "appointments.id"],
            name=op.f("fk_tasks_organization_id_appointment_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_tasks_organization_id_client_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversations.organization_id", "conversations.id"],
            name=op.f("fk_tasks_organization_id_conversation_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "message_id"],
            ["messages.organization_id", "messages.id"],
            name=op.f("fk_tasks_organization_id_message_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_tasks_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_tasks_organization_id_id")),
    )
    op.create_index("ix_tasks_client", "tasks", ["organization_id", "client_id"])
    op.create_index("ix_tasks_conversation", "tasks", ["organization_id", "conversation_id"])
    op.create_index("ix_tasks_position", "tasks", ["organization_id", "state", "position", "id"])
    open_only = sa.text("state = 'open'")
    unique = {"unique": True, "sqlite_where": open_only, "postgresql_where": open_only}
    op.create_index("uq_tasks_open_line", "tasks", ["organization_id", "line"], **unique)
    _carry_over(op.get_bind())


def downgrade() -> None:
    """What is open is on the calls, too; users' own tasks are lost."""
    op.drop_table("tasks")


def _carry_over(connection: sa.Connection) -> None:
    """A task for the open calls of each client, and for each open call of nobody known."""
    columns = CALLS.c
    is_open = (
        columns.follow_up_state == "open",
        columns.is_test.is_(False),
        sa.or_(columns.outcome.is_(None), columns.outcome != "spam"),
    )
    lines: dict[tuple[UUID, UUID], list[Any]] = {}
    newest_first = sa.select(CALLS).where(*is_open).order_by(columns.started_at.desc(), columns.id.desc())
    for call in connection.execute(newest_first):
        lines.setdefault((call.organization_id, call.client_id or call.id), []).append(call)
    tasks = [_task(f"calls:{subject}", calls) for (_, subject), calls in lines.items()]
    for begin in range(0, len(tasks), BATCH):
        connection.execute(sa.insert(TASKS), tasks[begin : begin + BATCH])


def _task(line: str, calls: list[Any]) -> dict[str, Any]:
    newest, now = calls[0], clock.now()
    urgency = max((call.follow_up_urgency for call in calls), key=URGENCIES.index)
    note = next((call.follow_up_note for call in calls if call.follow_up_note), None)
    number = newest.called_number if newest.direction == "outbound" else newest.caller_number
    return {
        "id": models.new_id(),
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "organization_id": newest.organization_id,
        "edits": {},
        "kind": min(map(_kind, calls), key=KINDS.index),
        "urgency": urgency,
        "state": "open",
        "assignee_id": next((call.follow_up_assignee_id for call in calls if call.follow_up_assignee_id), None),
        "note": note,
        "client_id": newest.client_id,
        "conversation_id": newest.id,
        "caller_number": number,
        "last_at": newest.started_at,
        "line": line,
        "folded_ids": [str(call.id) for call in calls],
        "position": f"{URGENCIES.index(urgency) + 1}{clock.to_json(newest.started_at)}",
        "search": searchable("\n".join(filter(None, (note, number)))),
    }


def _kind(call: Any) -> str:
    by_caller = call.follow_up_note and str(call.stamps.get("follow_up_note", "")).startswith("5:")
    if call.outcome == "message" or by_caller:
        return "message_taken"
    if call.sentiment is not None and call.sentiment <= -0.5:
        return "urgent"
    return "missed_call" if call.status in ("missed", "failed") else "own"
