"""Routes for vendors' events, which come in bursts and are answered with one of two receipts."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from sekretarka.core.errors import AppError, NotFound, PayloadTooLarge
from sekretarka.domain.agents.rejected_deliveries import rejected
from sekretarka.domain.inbox import test_deliveries

PREFIX = "/api/webhooks/"
REJECTED_STATUSES = (400, 404, 422)


class WebhookRoute(APIRoute):
    """Gives its endpoint the request and the ids of the path, and sends the response that comes back.

    FastAPI only documents it: its own handling took longer than the signature and the storing together. `NotFound` for
    an id that is no UUID; rejections with `REJECTED_STATUSES` are counted for the endpoint, if there is one, but for
    test deliveries.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            ids: list[UUID] = []
            try:
                ids = _ids(request)
                response: Response = await self.endpoint(request, *ids)
            except AppError as error:
                if error.status in REJECTED_STATUSES and not test_deliveries.is_test(request.headers):
                    known = [] if isinstance(error, NotFound) else ids
                    rejected.count(next(iter(known), None), error.code)
                raise
            return response

        return handle


def _ids(request: Request) -> list[UUID]:
    try:
        return [UUID(text) for text in request.path_params.values()]
    except ValueError:
        raise NotFound from None


def count_oversized(path: str) -> None:
    """Count a rejected delivery whose body was too large, by its path; paths outside `/api/webhooks/` are ignored."""
    if path.startswith(PREFIX):
        try:
            endpoint_id = UUID(path.rpartition("/")[2])
        except ValueError:
            endpoint_id = None
        rejected.count(endpoint_id, PayloadTooLarge.code)
