"""Browsers in front of the whole application, without a network between."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from sekretarka.asgi import create_app
from sekretarka.core.database import engine
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_limiter
from tests.support.accounts import person
from tests.web.browser import Browser, Open

NETWORK = "203.0.113.7"


@pytest.fixture(scope="session")
def app() -> Any:
    """The application, which keeps nothing between requests."""
    return create_app()


@pytest.fixture
async def open_browser(app: Any, database: engine.Database, request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    """Open browsers at other networks or addresses; the default one is where BASE_URL says."""
    request.getfixturevalue("light_hashes")
    await rate_limiter.disconnect()
    opened: list[Browser] = []

    async def new(network: str = NETWORK, base_url: str | None = None) -> Browser:
        transport = httpx2.ASGITransport(app, client=(network, 50_000))
        visitor = Browser(transport=transport, base_url=base_url or settings.base_url)
        opened.append(visitor)
        return visitor

    yield new
    for visitor in opened:
        await visitor.aclose()
    await rate_limiter.disconnect()


@pytest.fixture
async def visitor(open_browser: Open) -> Browser:
    """A browser, and a person who can sign in: iga@example.com."""
    await person()
    return await open_browser()


@pytest.fixture
def https(configure: Callable[..., None]) -> str:
    """Settings of a public address; its origin."""
    configure(base_url="https://app.lawenda.example")
    return "https://app.lawenda.example"
