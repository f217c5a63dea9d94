"""One exchange with an SMS gateway over HTTP: no redirects, small answers, a short timeout; and what its failures
mean for the message."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import httpx2

from sekretarka.providers.conversions import clean
from sekretarka.providers.errors import InvalidPayload, refuse_inside_unit_of_work
from sekretarka.providers.sms import Failure, SendingFailed

TIMEOUT_SECONDS = 7.0  # altogether; a message takes two exchanges at most, far less than its job may last
CONNECT_SECONDS = 4.0
MAX_RESPONSE_BYTES = 256 * 1024
MAX_FIELDS = 200
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
# Before anything of the message was sent.
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


@dataclass(frozen=True)
class Answer:
    """What a gateway answered; `body` is empty when it was no JSON object."""

    status: int
    body: Mapping[str, Any] = field(repr=False)


async def exchange(
    vendor: str,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Whatever the gateway answered, also an error; `SendingFailed` for no answer, `RuntimeError` inside a unit of
    work."""
    refuse_inside_unit_of_work()
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS), _client() as http:
            request = http.build_request(method, url, headers={**HEADERS, **headers}, params=query, data=form)
            response = await http.send(request, stream=True)
            try:
                return Answer(response.status_code, await _object(response))
            finally:
                await response.aclose()
    except _NOT_SENT as error:
        raise SendingFailed(vendor, type(error).__name__, Failure.UNAVAILABLE, temporary=True) from None
    except (httpx2.HTTPError, TimeoutError) as error:
        raise SendingFailed(vendor, type(error).__name__, Failure.UNAVAILABLE, temporary=True, uncertain=True) from None


def failure_of_status(vendor: str, status: int) -> SendingFailed:
    """What an answer means that says no more than its status. Nothing is given up for it: what cannot be read may be
    another server in between."""
    failure, is_uncertain = Failure.UNAVAILABLE, status < 300 or status == 408 or status >= 500
    if status in (401, 403):
        failure = Failure.CREDENTIALS
    elif status == 429:
        failure = Failure.RATE_LIMITED
    return SendingFailed(vendor, f"answered {status}", failure, temporary=True, uncertain=is_uncertain)


def form_fields(body: bytes) -> list[tuple[str, str]]:
    """Names and values of a form-encoded body, in their order, also empty ones; `InvalidPayload` when it is none."""
    try:
        return parse_qsl(
            body.decode(),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise InvalidPayload("not a form") from None


def form_texts(body: bytes) -> dict[str, str]:
    """The same as texts that can be stored, the last value of each name."""
    return {name: clean(value) for name, value in form_fields(body)}


def uuid_or_none(text: str) -> UUID | None:
    """Our id of a message, as it comes back in a callback."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        verify=_tls(),
        timeout=httpx2.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


async def _object(response: httpx2.Response) -> Mapping[str, Any]:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_RESPONSE_BYTES:
            return {}
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)
