"""The API without network, and who calls it: owner, staff, viewer, program, a stranger from elsewhere, nobody."""

from collections.abc import AsyncIterator
from functools import cache

import httpx2
import pytest
from starlette.types import ASGIApp

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.core.permissions import Role
from sekretarka.core.web import rate_limiter
from tests import clients
from tests.clients import Caller


@pytest.fixture
async def app(database: engine.Database) -> AsyncIterator[ASGIApp]:
    """Everything under `/api`, on both databases."""
    yield _application()
    await rate_limiter.disconnect()


@cache
def _application() -> ASGIApp:
    """Building it takes longer than most tests; what it remembers is of their businesses."""
    return asgi.create_app()


@pytest.fixture
async def owner(app: ASGIApp) -> Caller:
    """Owns Studio Lawenda."""
    return await clients.founder(app)


@pytest.fixture
async def staff(app: ASGIApp, owner: Caller) -> Caller:
    """Works there."""
    return await clients.person(app, owner.organization_id, Role.STAFF)


@pytest.fixture
async def viewer(app: ASGIApp, owner: Caller) -> Caller:
    """May only look."""
    return await clients.person(app, owner.organization_id, Role.VIEWER)


@pytest.fixture
async def program(app: ASGIApp, owner: Caller) -> Caller:
    """The AI service of Studio Lawenda, with a key of every scope."""
    return await clients.program(app, owner.actor)


@pytest.fixture
async def stranger(app: ASGIApp) -> Caller:
    """Owns another business."""
    return await clients.founder(app, name="Warsztat Nowak")


@pytest.fixture
async def nobody(app: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """Without any credential."""
    async with clients.client_of(app) as client:
        yield client
