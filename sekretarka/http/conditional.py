"""Entity tags of responses, 304, and what `If-Match` and its like ask of a write.

The rules: api.md#conditional-requests, RFC 9110 §13.
"""

import re
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.actor import Actor
from sekretarka.core.database import etags
from sekretarka.core.database.etags import Precondition
from sekretarka.core.errors import PreconditionFailed
from sekretarka.core.web.schemas import InputInstant, VersionedView
from sekretarka.core.web.validation import checked_value
from sekretarka.http.bodies import JsonRequest

UPDATED_AT = "ifUpdatedAt"
CONDITIONS = {"if-match", "if-none-match"}
_INSTANT: TypeAdapter[Any] = TypeAdapter(InputInstant)
# Our own serialiser wrote it: a view begins with its ids and its version, before any text of anybody.
_VERSIONED = re.compile(
    rb'\{"success":true,"data":\{"id":"([0-9a-f-]{36})",(?:"organizationId":"[0-9a-f-]{36}",)?"version":(\d+),'
)


def etag_for_body(body: bytes, view: Any = None) -> str:
    """`"v3-1a2b3c4d"` when `view` is a `VersionedView`, with a hash of the body when the resource shows other
    rows, too; a hash alone for anything but one versioned resource. With quotes."""
    match = _VERSIONED.match(body)
    if match is None:
        return etags.etag_for_content(body)
    own = etags.etag_for(int(match[2]), UUID(match[1].decode()))
    is_whole = isinstance(view, type) and issubclass(view, VersionedView)
    return f'"{own}"' if is_whole else f'"{own}-{etags.etag_for_content(body)[1:13]}"'


def is_versioned(body: bytes) -> bool:
    """Whether a response body is the envelope of one resource with a version."""
    return _VERSIONED.match(body) is not None


def not_modified(request_headers: Headers, response_headers: Headers) -> Response | None:
    """304 when the answer to a GET is known already, None when it is to be sent; `PreconditionFailed` for `If-Match`,
    which is looked at first (RFC 9110 §13.2.2)."""
    tag = response_headers.get("etag")
    if tag is None or not CONDITIONS & set(request_headers.keys()):
        return None
    match, none_match = _tags(request_headers, "if-match"), _tags(request_headers, "if-none-match")
    if match is not None and not _matches(match, tag):
        raise PreconditionFailed
    if none_match is None or not etags.matches_any(none_match, tag, weakly=True):
        return None
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": response_headers["cache-control"]})


def with_etag(request: Request, response: Response) -> Response:
    """The response with the entity tag of its content, or 304 when the caller has it; `PreconditionFailed` for
    `If-Match`."""
    response.headers["ETag"] = etags.etag_for_content(bytes(response.body))
    return not_modified(request.headers, response.headers) or response


def _matches(match: tuple[str, ...], tag: str) -> bool:
    """Whether the tags name this version of a row, or exactly this answer."""
    parts = tag.strip('"').split("-")
    return etags.matches_any(match, tag) or (len(parts) > 1 and etags.matches(match, "-".join(parts[:2])))


def precondition_of(request: JsonRequest, actor: Actor) -> Precondition | None:
    """What a write's headers and body demand of the row that its path names; None when nothing.
    Takes `ifUpdatedAt` out of the decoded body; `Invalid` when that is no instant.
    """
    match, none_match = _tags(request.headers, "if-match"), _tags(request.headers, "if-none-match")
    updated_at = _updated_at(request)
    if match is None and none_match is None and updated_at is None:
        return None
    return Precondition(_row_id(request, actor), match, none_match, updated_at)


def _row_id(request: JsonRequest, actor: Actor) -> UUID | None:
    ids = list(request.path_params.values())
    if not ids:
        return actor.user_id  # what has no id in its path is the caller's own
    try:
        return UUID(str(ids[-1]))
    except ValueError:
        return None


def _tags(headers: Headers, name: str) -> tuple[str, ...] | None:
    values = headers.getlist(name)
    return etags.parse(",".join(values)) if values else None


def _updated_at(request: JsonRequest) -> Any:
    """`ifUpdatedAt`, taken out of a patch: it is about the resource and no part of it."""
    body = request.decoded
    if request.method != "PATCH" or not isinstance(body, dict) or UPDATED_AT not in body:
        return None
    return checked_value(_INSTANT, body.pop(UPDATED_AT), ("body", UPDATED_AT))
