"""A POST with an `Idempotency-Key` has one effect, however often it comes (api.md#idempotency)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import AppError
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse, Request
from sekretarka.http import errors

Act = Callable[[UnitOfWork], Awaitable[Response]]
# What acting found out and would find out again; who may not, was throttled or sent nonsense may try anew.
STORED_REJECTIONS = (402, 404, 409, 410)
STORED_HEADERS = ("location", "etag")


def request_key(headers: Headers, actor: Actor, where: Sequence[str], sent: Any) -> Request | None:
    """The request as its key names it, for this caller alone; None without a key."""
    caller = (actor.kind, actor.organization_id, actor.user_id, actor.api_key_id)
    return idempotency.request(headers.getlist(idempotency.HEADER), [*map(str, caller), *where], sent)


async def run_once(actor: Actor, request: Request, act: Act) -> Response:
    """Act and keep the answer in the same transaction, or give the answer that was kept."""
    acting = False
    try:
        async with begin(actor, write=True) as uow:
            kept = await idempotency.acquire(uow, request)
            if kept is not None:
                return replay(kept)
            acting = True
            response = await act(uow)
            await idempotency.store(uow, request, to_stored(response))
            return response
    except AppError as error:
        if not acting or error.status not in STORED_REJECTIONS:
            raise
        refusal = errors.to_response(error)
    # The effects are rolled back by now; whoever came in between has the say.
    async with begin(actor, write=True) as uow:
        kept = await idempotency.acquire(uow, request)
        if kept is not None:
            return replay(kept)
        await idempotency.store(uow, request, to_stored(refusal))
    return refusal


def to_stored(response: Response) -> ReplayableResponse:
    """What is worth keeping of an answer; never a cookie."""
    headers = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
    return ReplayableResponse(response.status_code, bytes(response.body), headers)


def replay(kept: ReplayableResponse) -> Response:
    """The same answer again, and that it is one."""
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.body, kept.status, headers, media_type=errors.JSON)
