"""The API as one ASGI application: FastAPI inside, our own layers around it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from sekretarka.api import errors
from sekretarka.api.answers import Answers
from sekretarka.api.bodies import BodyLimit
from sekretarka.api.envelope import Envelope
from sekretarka.api.identity import Identify
from sekretarka.api.limits import Limit
from sekretarka.api.openapi import Documented
from sekretarka.api.paths import Alias, Paths
from sekretarka.core.errors import AppError

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_fastapi(*routers: APIRouter, lifespan: Lifespan | None = None) -> FastAPI:
    """Routes and their documentation, without the layers."""
    app = Documented(
        title="AI Sekretarka",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    for router in routers:
        app.include_router(router)
    handlers: dict[Any, Any] = {
        AppError: errors.on_app_error,
        RequestValidationError: errors.on_validation_error,
        HTTPException: errors.on_http_error,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    return app


def wrap(fastapi: FastAPI, oversized: Callable[[str], None]) -> ASGIApp:
    """The layers, from the outside in: envelope, alias, caller, limits, paths, kept answers, body size.

    `oversized` hears of each path that too large a body was sent to.
    """
    app: ASGIApp = BodyLimit(fastapi, oversized)
    app = Answers(app)
    app = Paths(app, fastapi)
    app = Limit(app)
    app = Identify(app)
    app = Alias(app)
    return Envelope(app)
