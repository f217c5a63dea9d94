"""The API as one ASGI application: FastAPI inside, our own layers around it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from sekretarka.api.authentication import AuthenticationMiddleware
from sekretarka.api.envelope import EnvelopeMiddleware
from sekretarka.api.openapi import Documented
from sekretarka.api.paths import PathMiddleware, VersionAliasMiddleware
from sekretarka.api.rate_limits import RateLimitMiddleware
from sekretarka.api.response_cache import ResponseCache
from sekretarka.api.turns import FairShareMiddleware
from sekretarka.core.errors import AppError
from sekretarka.http import errors
from sekretarka.http.bodies import BodyLimitMiddleware

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
    """The layers, from the outside in: turns, envelope, alias, caller, rate limits, paths, cached responses, body size.

    `oversized` is called with the path of each body that is too large.
    """
    app: ASGIApp = BodyLimitMiddleware(fastapi, oversized)
    app = ResponseCache(app)
    app = PathMiddleware(app, fastapi)
    app = RateLimitMiddleware(app)
    app = AuthenticationMiddleware(app)
    app = VersionAliasMiddleware(app)
    app = EnvelopeMiddleware(app)
    return FairShareMiddleware(app)
