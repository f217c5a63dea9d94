"""A POST with an `Idempotency-Key` has one effect, however often it comes (api.md#idempotency)."""

from collections.abc import Awaitable, Callable, Collection

from starlette.responses import Response

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import AppError
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse, Request
from sekretarka.http import errors

Action = Callable[[UnitOfWork], Awaitable[Response]]
Comparison = Callable[[bytes, bytes], bool]
STORED_HEADERS = ("location", "etag")  # never a cookie


async def find(actor: Actor, request: Request | None) -> Response | None:
    """The response to an earlier request with this key, None when there is none or no key; `IdempotencyKeyReused` when
    that had another body."""
    if request is None:
        return None
    async with begin(actor) as uow:
        stored = await idempotency.find(uow, request)
    return _replay(stored) if stored else None


async def run_once(
    actor: Actor,
    request: Request | None,
    action: Action,
    stored_rejections: Collection[int] = (),
    still_true: Comparison | None = None,
) -> Response:
    """Act in one transaction and store the response in it, or replay the one stored; without a key only act.

    A rejection with one of the statuses `stored_rejections` is stored as well, after the rollback of its effects. With
    `still_true` a repeat acts as well, as the action finds what it did before; of its body and the stored one it says
    whether that may be replayed. Raises `IdempotencyInProgress` and `IdempotencyKeyReused`.
    """
    acting = False
    try:
        async with begin(actor, write=True) as uow:
            stored = await idempotency.acquire(uow, request) if request else None
            if stored is not None and still_true is None:
                return _replay(stored)
            acting = True
            response = await action(uow)
            if stored is not None and still_true is not None and still_true(stored.body, bytes(response.body)):
                return _replay(stored)
            if request is not None:
                await idempotency.store(uow, request, _to_stored(response))
            return response
    except AppError as error:
        if request is None or not acting or error.status not in stored_rejections:
            raise
        rejection = errors.to_response(error)

    async def reject(_: UnitOfWork) -> Response:
        return rejection

    # A request that came between the rollback and this transaction decides.
    return await run_once(actor, request, reject, still_true=still_true)


def _to_stored(response: Response) -> ReplayableResponse:
    headers = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
    return ReplayableResponse(response.status_code, bytes(response.body), headers)


def _replay(stored: ReplayableResponse) -> Response:
    headers = {**stored.headers, "Idempotency-Replayed": "true"}
    return Response(stored.body, stored.status, headers, media_type=errors.JSON)
