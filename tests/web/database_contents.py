"""What is in the database, to tell whether anything changed."""

from typing import Any

import sqlalchemy as sa

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.tables import metadata


async def contents() -> dict[str, list[Any]]:
    """Every row of the database."""
    async with begin(actor.system()) as uow:
        return {
            table.name: sorted(map(repr, (await uow.execute(sa.select(table))).all()))
            for table in metadata.sorted_tables
        }
