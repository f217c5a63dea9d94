"""The envelope of what went well, as models: they make the answers and document them."""

from collections.abc import Iterable
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from sekretarka.core.web import paging

T = TypeVar("T")


def _is_none(value: object) -> bool:
    return value is None


class Envelope(BaseModel, Generic[T]):
    """One resource."""

    success: Literal[True] = True
    data: T


class Metadata(BaseModel):
    """Where in the list this page is; a cursor is there when there is more that way."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)

    page: int
    limit: int
    total: int
    next_cursor: Annotated[str | None, Field(exclude_if=_is_none)] = None
    prev_cursor: Annotated[str | None, Field(exclude_if=_is_none)] = None


class Page(BaseModel, Generic[T]):
    """One page of resources."""

    success: Literal[True] = True
    data: list[T]
    metadata: Metadata


class PagedEnvelope(Envelope[T], Generic[T]):
    """One resource that holds a list, of which this is one page."""

    metadata: Metadata


class Deleted(BaseModel):
    """What is gone."""

    id: UUID


class ErrorBody(BaseModel):
    """`code` is stable and for programs, `message` is for readers, `details` names fields or facts.

    `say` is there for tools only: what the AI can tell the caller on the line.
    """

    code: str
    message: str
    details: Any = None
    say: str | None = None


class Error(BaseModel):
    """Something did not go well."""

    success: Literal[False] = False
    error: ErrorBody


def page_of(views: Iterable[T], page: paging.Page[Any]) -> Page[T]:
    """The envelope of `page`'s metadata and its rows, given as views."""
    return Page(data=list(views), metadata=metadata_of(page))


def metadata_of(page: paging.Page[Any]) -> Metadata:
    """Where in its list a page is."""
    return Metadata(
        page=page.page,
        limit=page.limit,
        total=page.total,
        next_cursor=page.next_cursor,
        prev_cursor=page.prev_cursor,
    )


def set_location(response: Response, path: str, row_id: UUID) -> None:
    """Set `Location` to `/api/v1/<path>/<row_id>`."""
    response.headers["Location"] = f"/api/v1/{path}/{row_id}"
