"""Pages of a list: by number as people ask, by encrypted cursor as programs should (api.md#lists)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field, TypeAdapter, field_validator, model_validator
from pydantic_core import PydanticCustomError
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.models import Table, UtcDateTime
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid
from sekretarka.core.runtime import crypto
from sekretarka.core.web.schemas import Input, plain_digits

Row = TypeVar("Row", bound=Table)
MAX_CURSOR = 2_048  # more than the longest sort value makes: 250 characters of at most four bytes each, in base 64


class PageQuery(Input):
    """What a list takes: `page` and `limit`, or the `cursor` of an earlier answer and `limit`."""

    page: Annotated[int | None, Field(ge=1, le=10_000, description="Number of the page, from 1.")] = None
    limit: Annotated[int, Field(ge=1, le=100, description="Rows per page.")] = 20
    cursor: Annotated[
        str | None, Field(max_length=MAX_CURSOR, description="`nextCursor` or `prevCursor` of an earlier answer.")
    ] = None

    # by name, so that a list with a limit of its own has it, too
    _plain = field_validator("page", "limit", mode="before")(plain_digits)

    @model_validator(mode="after")
    def _one_way(self) -> "PageQuery":
        if self.page is not None and self.cursor is not None:
            raise PydanticCustomError("cursor_and_page", "Send either a page or a cursor, not both")
        return self


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page; `total` counts the whole filtered list in the same transaction, a cursor is None at that end of it."""

    rows: Sequence[Row]
    page: int
    limit: int
    total: int
    next_cursor: str | None
    prev_cursor: str | None


@dataclass(frozen=True)
class SortKey:
    """A total order: a column of instants or short texts (`models.SortText`) that is never null, then the id, both in
    the same direction. `tie` is a text to go before the id, of at most 250 characters; one list alone may have it."""

    column: Any
    descending: bool = True
    tie: Any = None

    def write(self, row: Table) -> str:
        """A row's sort value as text; ISO 8601 for a datetime."""
        value = getattr(row, self.column.key)
        return value.isoformat() if isinstance(value, datetime) else str(value)

    def read(self, text: str) -> Any:
        """The sort value that `write` made into text."""
        return datetime.fromisoformat(text) if isinstance(self.column.type, UtcDateTime) else text

    def _columns(self, model: type[Table]) -> tuple[Any, ...]:
        return (self.column, *([] if self.tie is None else [self.tie]), col(model.id))

    def by(self, model: type[Table], *, reverse: bool) -> tuple[Any, ...]:
        """The ORDER BY terms, turned round when walking backwards."""
        down = self.descending is not reverse
        return tuple(column.desc() if down else column.asc() for column in self._columns(model))

    def after_cursor(self, model: type[Table], cursor: "_Cursor") -> Any:
        """The WHERE condition of the rows after the cursor's, or before it when the cursor walks backwards."""
        columns = self._columns(model)
        values = (self.read(cursor.value), *([] if self.tie is None else [cursor.tie]), cursor.id)
        current = sa.tuple_(*columns)
        boundary = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(values, columns, strict=True)))
        return current < boundary if self.descending is not cursor.back else current > boundary


class _Cursor(NamedTuple):
    """Where a page ended: the sort values and id of its last row. Not the id alone: rows are deleted and renamed."""

    value: str
    tie: str
    id: UUID
    page: int
    back: bool


async def paginate(
    uow: UnitOfWork, statement: SelectOfScalar[Row], order: SortKey, query: PageQuery, filters: Mapping[str, Any]
) -> Page[Row]:
    """One page of `statement`. `filters` is all that shaped it: `Invalid` for a cursor made under other ones."""
    return await paginate_union(uow, [(statement, order)], query, filters)


Sources = Sequence[tuple[SelectOfScalar[Any], SortKey]]


async def paginate_union(uow: UnitOfWork, sources: Sources, query: PageQuery, filters: Mapping[str, Any]) -> Page[Any]:
    """One page of several lists as if they were one; all sort keys have the same direction and type.
    `Invalid` for a cursor that does not belong to them.
    """
    list_hash = _filters_hash(uow, sources, filters)
    cursor = _decrypt(query.cursor, list_hash) if query.cursor else None
    back = cursor is not None and cursor.back
    total = sum([await uow.count(statement) for statement, _ in sources])
    number = cursor.page if cursor else query.page or 1
    matches = await _read(uow, sources, query.limit + 1, cursor, skip=0 if cursor else (number - 1) * query.limit)
    more, rows = len(matches) > query.limit, [row for row, _ in matches[: query.limit]]
    order_of = {row.id: order for row, order in matches}
    if back:
        rows.reverse()
    has_next, has_previous = (True, more) if back else (more, number > 1)

    def mark(row: Table, page: int, *, backwards: bool) -> str:
        order = order_of[row.id]
        tie = "" if order.tie is None else getattr(row, order.tie.key)
        return _encrypt(_Cursor(order.write(row), tie, row.id, max(page, 1), backwards), list_hash)

    return Page(
        rows=rows,
        page=number,
        limit=query.limit,
        total=total,
        next_cursor=mark(rows[-1], number + 1, backwards=False) if rows and has_next else None,
        prev_cursor=mark(rows[0], number - 1, backwards=True) if rows and has_previous else None,
    )


async def _read(
    uow: UnitOfWork, sources: Sources, limit: int, cursor: _Cursor | None, skip: int
) -> list[tuple[Any, SortKey]]:
    """The next rows of each list, merged; where to begin is the database's business if there is only one."""
    back, alone = cursor is not None and cursor.back, len(sources) == 1
    matches: list[tuple[Any, SortKey]] = []
    for statement, order in sources:
        model = _model(statement)
        rows = statement.order_by(None).order_by(*order.by(model, reverse=back))
        if cursor:
            rows = rows.where(order.after_cursor(model, cursor))
        rows = rows.limit(limit).offset(skip) if alone else rows.limit(skip + limit)
        matches += [(row, order) for row in await uow.list(rows)]
    if alone or not sources:
        return matches
    matches.sort(key=lambda match: (getattr(match[0], match[1].column.key), match[0].id))
    if sources[0][1].descending is not back:
        matches.reverse()
    return matches[skip : skip + limit]


def _model(statement: SelectOfScalar[Any]) -> type[Table]:
    model: type[Table] = statement.column_descriptions[0]["entity"]
    return model


def _filters_hash(uow: UnitOfWork, sources: Sources, filters: Mapping[str, Any]) -> str:
    lists = [(_model(statement).__name__, order.column.key, order.descending) for statement, order in sources]
    parts = [str(uow.actor.organization_id), lists, dict(filters)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


_CURSOR = TypeAdapter(_Cursor)


def _encrypt(cursor: _Cursor, list_hash: str) -> str:
    return crypto.encrypt_stable(_CURSOR.dump_json(cursor).decode(), f"cursor|{list_hash}")


def _decrypt(text: str, list_hash: str) -> _Cursor:
    try:
        return _CURSOR.validate_json(crypto.decrypt_stable(text, f"cursor|{list_hash}"))
    except ValueError:
        raise Invalid.field(("query", "cursor"), "invalid_cursor", "The cursor does not belong to this list") from None
