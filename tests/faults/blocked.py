"""The API with a path `/block` that holds the whole process for an hour, and an application that never starts."""

import ctypes
import sys
import time

from starlette.types import ASGIApp, Receive, Scope, Send

from sekretarka.cli import background

STARTING = "starts"


def create() -> ASGIApp:
    """The application."""
    api = background.create_api()

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/block":
            time.sleep(3600)  # noqa: ASYNC251 - this is the fault
        await api(scope, receive, send)

    return choose


def start() -> ASGIApp:
    """It holds the interpreter's lock, as the import of a large library does for a while."""
    sys.stderr.write(STARTING)
    while True:
        ctypes.pythonapi.sleep(3600)
