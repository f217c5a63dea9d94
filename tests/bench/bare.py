"""The yardstick: the same bytes from Starlette under Granian, with nothing of ours in between."""

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SIZE = "BENCH_BYTES"


def create() -> Starlette:
    """`/` answers BENCH_BYTES bytes of JSON; a POST reads its body first."""
    body = b'"' + b"x" * (int(os.environ[SIZE]) - 2) + b'"'

    async def answer(request: Request) -> Response:
        await request.body()
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
