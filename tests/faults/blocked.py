"""The API with a path `/block` that holds the whole process for an hour."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from sekretarka.cli import background


def create() -> ASGIApp:
    """The application."""
    api = background.create_api()

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/block":
            time.sleep(3600)  # noqa: ASYNC251 - this is the fault
        await api(scope, receive, send)

    return choose
