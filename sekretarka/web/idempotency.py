"""A POST with an `Idempotency-Key` has one effect here, too (api.md#idempotency): the key belongs to the network.

What answers with cookies is no part of this (0021-repeatable-posts.md).
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.actor import system
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.web import idempotency
from sekretarka.core.web.idempotency import ReplayableResponse
from sekretarka.core.web.schemas import Input
from sekretarka.core.web.validation import checked
from sekretarka.http import origins
from sekretarka.web import bodies

Data = TypeVar("Data", bound=Input)
Ready = TypeVar("Ready")
Prepare = Callable[[Data, str], Awaitable[Ready]]
Act = Callable[[UnitOfWork, Data, Ready], Awaitable[BaseModel]]


async def submit(
    request: Request, model: type[Data], prepare: Prepare[Data, Ready], act: Act[Data, Ready], status: int = 200
) -> Response:
    """Read the wish, count and hash outside of any transaction, then act and keep the answer in one; a repeat gets the
    answer that was kept, and is not counted."""
    given, network = await bodies.read_own_json(request), origins.network(request)
    asked = idempotency.request(request.headers.getlist(idempotency.HEADER), [request.url.path, network], given)
    if asked is not None:
        async with begin(system()) as uow:
            kept = await idempotency.find(uow, asked)
        if kept is not None:
            return _replayed(kept)
    wish = checked(model, given)
    ready = await prepare(wish, network)
    async with begin(system(), write=True) as uow:
        kept = await idempotency.acquire(uow, asked) if asked else None
        if kept is not None:
            return _replayed(kept)
        body = _body(await act(uow, wish, ready))
        if asked is not None:
            await idempotency.store(uow, asked, ReplayableResponse(status, body, {}))
    return Response(body, status, media_type=bodies.JSON)


def _body(answer: BaseModel) -> bytes:
    return answer.model_dump_json(by_alias=True).encode()


def _replayed(kept: ReplayableResponse) -> Response:
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.body, kept.status, headers, media_type=bodies.JSON)
