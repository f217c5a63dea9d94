"""Routes for vendors' events, which come in bursts and are answered with one of two receipts."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from sekretarka.core.errors import NotFound


class Door(APIRoute):
    """Gives its endpoint the request and the ids of the path, and sends the response that comes back.

    FastAPI still documents it. Reading two arguments and rendering the answer in its way took longer than the
    signature and the storing together.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            try:
                ids = [UUID(text) for text in request.path_params.values()]
            except ValueError:
                raise NotFound from None
            response: Response = await self.endpoint(request, *ids)
            return response

        return handle
