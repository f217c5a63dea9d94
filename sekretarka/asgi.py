"""`/api` and `/mcp` as one application: entry points that do not import each other, combined without Reflex."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from sekretarka.api import docs, health, mcp
from sekretarka.api.app import Lifespan, create_fastapi, wrap
from sekretarka.api.v1 import app as v1
from sekretarka.core.runtime import logging
from sekretarka.core.runtime.settings import settings
from sekretarka.domain import event_handlers
from sekretarka.web import auth, confirmation
from sekretarka.webhooks import ai_service, route, sms, voice

PREFIXES = ("/api", "/mcp")


def create_app(lifespan: Lifespan | None = None) -> ASGIApp:
    """REST, tools, sign-in, webhooks and health behind one envelope; a server of its own or in front of the pages."""
    logging.configure(settings.log_level)
    event_handlers.register()
    return wrap(_fastapi(lifespan), route.count_oversized)


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole API, as JSON values."""
    return _fastapi(None).openapi()


def in_front_of(dashboard: ASGIApp, more: Mapping[str, ASGIApp]) -> ASGIApp:
    """Our paths to our application, those of `more` to theirs, everything else to the dashboard.

    How and why: frameworks.md#the-api-in-front-of-reflex.
    """
    apps: dict[str, ASGIApp] = {
        **dict.fromkeys(PREFIXES, create_app()),
        confirmation.PATH: confirmation.create(),
        **more,
    }

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = dashboard
        if scope["type"] == "http":
            path = scope["path"]
            chosen = next((it for at, it in apps.items() if path == at or path.startswith(f"{at}/")), dashboard)
        await chosen(scope, receive, send)

    return choose


def _fastapi(lifespan: Lifespan | None) -> FastAPI:
    webhooks = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
    webhooks.include_router(voice.router)
    webhooks.include_router(sms.router)
    webhooks.include_router(ai_service.router)
    return create_fastapi(docs.router, v1.router, auth.router, webhooks, health.router, mcp.router, lifespan=lifespan)
