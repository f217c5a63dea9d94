"""What every session of ours does by itself: refuse queries without their organization, note whose rows change."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors

from sekretarka.core.database.models import TenantTable

UNSCOPED, CHANGED = "across_organizations", "changed_organizations"


class UnscopedQueryError(RuntimeError):
    """A programming error: an organization's table was queried without its organization."""


@sa.event.listens_for(Session, "before_flush")
def _record_changed_organizations(session: Session, *_: Any) -> None:
    """Remember whose rows are about to be written; what `UnitOfWork.execute` writes is the actor's organization's."""
    for row in (*session.new, *session.dirty, *session.deleted):
        owner = row.id if row.__tablename__ == "organizations" else getattr(row, "organization_id", None)
        if owner is not None:
            session.info[CHANGED].add(owner)
    session.info[CHANGED] -= {row.id for row in session.deleted if row.__tablename__ == "organizations"}


@sa.event.listens_for(Session, "do_orm_execute")
def _refuse_unscoped(state: ORMExecuteState) -> None:
    """The net under `UnitOfWork.select`: any ORM statement on an organization's table must compare its organization."""
    if state.is_relationship_load or state.is_column_load or state.execution_options.get(UNSCOPED):
        return
    tables = {mapper.local_table for mapper in state.all_mappers if issubclass(mapper.class_, TenantTable)}
    if not tables or state.is_insert:
        return
    criteria = getattr(state.statement, "whereclause", None)
    limited = set()
    if criteria is not None:
        compared = (e.left for e in visitors.iterate(criteria) if isinstance(e, sa.BinaryExpression))
        limited = {c.table for c in compared if isinstance(c, sa.Column) and c.name == "organization_id"}
    if not tables <= limited:
        names = ", ".join(sorted(str(table) for table in tables - limited))
        raise UnscopedQueryError(f"query on {names} without its organization")
