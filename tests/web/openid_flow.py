"""The way to a provider and back, as a browser goes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.web.browser import Browser
from tests.web.database_contents import contents


async def away(visitor: Browser, provider: str = "local", **fields: Any) -> str:
    """Go to the provider, where the user consents; returns the callback's address."""
    response = await visitor.send_form(f"/api/auth/signin/{provider}", **fields)
    assert response.status_code == 302, response.text
    async with httpx2.AsyncClient(verify=False) as outside:  # certificates, which nobody has, take 20 ms to load
        agreed = await outside.get(response.headers["location"])
    assert agreed.status_code == 302, agreed.text
    return str(agreed.headers["location"])


async def comes_back(visitor: Browser, address: str) -> httpx2.Response:
    """Back from the provider."""
    parts = urlsplit(address)
    return await visitor.get(f"{parts.path}?{parts.query}")


async def goes(visitor: Browser, **fields: Any) -> httpx2.Response:
    """There and back."""
    return await comes_back(visitor, await away(visitor, **fields))


def error_of(response: httpx2.Response, page: str = "/api/auth/signin") -> tuple[str, str | None]:
    """What the sign-in page or another is told, and its code."""
    assert response.status_code == 302
    parts = urlsplit(response.headers["location"])
    assert parts.path == page, response.headers["location"]
    parameters = parse_qs(parts.query)
    return parameters["error"][0], parameters.get("code", [None])[0]


@asynccontextmanager
async def nothing_changes(visitor: Browser) -> AsyncIterator[None]:
    """No row is there that was not there before, and nobody is signed in."""
    before = await contents()
    yield
    assert await contents() == before
    assert visitor.cookie("session-token") is None
    assert await visitor.who() is None
