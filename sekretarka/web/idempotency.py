"""A POST with an `Idempotency-Key` has one effect here, too (api.md#idempotency): the key belongs to the network.

Requests that are answered with cookies are not repeatable (0021-repeatable-posts.md).
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.actor import system
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.web.idempotency import HEADER
from sekretarka.core.web.idempotency import request as keyed_request
from sekretarka.core.web.schemas import Input
from sekretarka.core.web.validation import checked
from sekretarka.http import errors, idempotency, origins
from sekretarka.web import bodies

Data = TypeVar("Data", bound=Input)
Prepared = TypeVar("Prepared")
Prepare = Callable[[Data, str], Awaitable[Prepared]]
Act = Callable[[UnitOfWork, Data, Prepared], Awaitable[BaseModel]]


async def submit(
    request: Request, model: type[Data], prepare: Prepare[Data, Prepared], act: Act[Data, Prepared], status: int = 200
) -> Response:
    """Check the body, count and hash outside of any transaction, then act and store the response in one.

    A repeated request gets the stored response and is not counted. `prepare` gets the body and the network, `act` the
    unit of work, the body and what `prepare` returned; its model becomes the response. Raises as `bodies.parse` and
    `http.idempotency.run_once`, and what the two raise.
    """
    body, network = await bodies.read_own_json(request), origins.network(request.scope)
    keyed = keyed_request(request.headers.getlist(HEADER), [request.url.path, network], body)
    stored = await idempotency.find(system(), keyed)
    if stored is not None:
        return stored
    data = checked(model, body)
    prepared = await prepare(data, network)

    async def action(uow: UnitOfWork) -> Response:
        answer = await act(uow, data, prepared)
        return Response(answer.model_dump_json(by_alias=True), status, media_type=errors.JSON)

    return await idempotency.run_once(system(), keyed, action)
