"""Point lookups that every request makes: one prepared statement, no transaction, nothing of the ORM.

On two cores 20 µs of processor time on PostgreSQL and 5 µs on SQLite, where a unit of work takes a millisecond. A
lookup sees what is committed at that instant, and nothing is cached between two of them.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from sekretarka.core.database import engine


class PreparedQuery:
    """A SELECT of plain columns with named bind parameters, of which the first row is wanted."""

    def __init__(self, statement: sa.Select[*tuple[Any, ...]]) -> None:
        self._statement = statement.limit(1)
        self._compiled: dict[str, _Compiled] = {}

    async def fetch_row(self, **values: Any) -> Sequence[Any] | None:
        """The first row or None; `Unavailable` when the database does not answer."""
        database = engine.current()
        dialect = database.engine.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        row = await database.raw.fetch_row(compiled.text, compiled.arguments(values))
        return compiled.row(row) if row is not None else None


class _Compiled:
    """The text and the converters of one dialect."""

    def __init__(self, statement: sa.Select[*tuple[Any, ...]], dialect: sa.Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.text = str(compiled)
        self._constants = compiled.params  # LIMIT's own parameter, for one
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        self._binds = [
            (name, types[name].dialect_impl(dialect).bind_processor(dialect)) for name in compiled.positiontup
        ]
        self._results = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.selected_columns
        ]

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """The parameters in order, as the driver takes them."""
        parameters = {**self._constants, **values}
        return [convert(parameters[name]) if convert else parameters[name] for name, convert in self._binds]

    def row(self, row: Sequence[Any]) -> Sequence[Any]:
        """The columns as Python has them."""
        return [convert(value) if convert else value for convert, value in zip(self._results, row, strict=True)]
