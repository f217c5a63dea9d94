"""HTTP towards providers: https outside development, no redirects, small answers, a short timeout (security.md#t12)."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client

from sekretarka.core.runtime import openid
from sekretarka.core.runtime.openid import OpenIdProvider
from sekretarka.core.runtime.settings import settings
from sekretarka.providers.errors import refuse_inside_unit_of_work
from sekretarka.providers.openid.ports import OpenIdFault

MAX_RESPONSE_BYTES = 256 * 1024
TIMEOUT_SECONDS = 10.0
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class _GuardedTransport(httpx2.AsyncBaseTransport):
    """Whoever asks: only addresses we may call, only plain answers of a bearable size."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=_tls(), trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not may_call(str(request.url)):
            raise OpenIdFault("an address that must not be called")
        response = await self._inner.handle_async_request(request)
        try:
            if response.is_redirect:
                raise OpenIdFault("a redirect")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise OpenIdFault("a compressed answer that was not asked for")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_RESPONSE_BYTES:
                    raise OpenIdFault("an answer that is too large")
        finally:
            await response.aclose()
        return httpx2.Response(response.status_code, headers=response.headers, content=bytes(body), request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def may_call(url: object) -> bool:
    """Whether `url` is a plain web address: https, outside production also http."""
    return openid.is_address(url, ("https",) if settings.env == "production" else ("https", "http"))


@asynccontextmanager
async def client(provider: OpenIdProvider, **more: Any) -> AsyncIterator[AsyncOAuth2Client]:
    """A client for one exchange with a provider: `TimeoutError` after `TIMEOUT_SECONDS` altogether, `RuntimeError`
    inside a unit of work. `more` goes to `AsyncOAuth2Client`."""
    refuse_inside_unit_of_work()
    session = AsyncOAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret.get_secret_value(),
        scope=provider.scopes,
        code_challenge_method="S256",
        transport=_GuardedTransport(),
        headers=HEADERS,
        follow_redirects=False,
        trust_env=False,
        timeout=TIMEOUT_SECONDS,
        **more,
    )
    async with session, asyncio.timeout(TIMEOUT_SECONDS):
        yield session


async def fetch_json(http: AsyncOAuth2Client, url: str, token: str | None = None) -> dict[str, Any]:
    """The JSON object at an address, with `token` as bearer; `OpenIdFault` for another status than 200 or another
    value."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = await http.request("GET", url, withhold_token=True, headers=headers)
    if response.status_code != 200:
        raise OpenIdFault(f"status {response.status_code}")
    parsed = response.json()
    if not isinstance(parsed, dict):
        raise OpenIdFault("an answer that is no object")
    return parsed


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)
