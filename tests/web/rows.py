"""What is in the database, to tell whether anything changed."""

from typing import Any

import sqlalchemy as sa

from sekretarka.core import actor
from sekretarka.core.scope import open_scope
from sekretarka.domain.tables import metadata


async def contents() -> dict[str, list[Any]]:
    """Every row of the database."""
    async with open_scope(actor.system()) as scope:
        return {
            table.name: sorted(map(repr, (await scope.execute(sa.select(table))).all()))
            for table in metadata.sorted_tables
        }
