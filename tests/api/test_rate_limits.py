"""How often one may call (api.md#rate-limits)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient
from starlette.types import ASGIApp

from sekretarka.core.runtime.settings import settings
from tests import clients
from tests.clients import Caller

PUBLIC = "/api/v1/nothing"


async def statuses(client: AsyncClient, path: str, times: int) -> list[int]:
    answers = await asyncio.gather(*(client.get(path) for _ in range(times)))
    return [answer.status_code for answer in answers]


async def test_ten_in_ten_seconds_without_a_credential(app: ASGIApp, nobody: AsyncClient) -> None:
    assert sorted(await statuses(nobody, PUBLIC, 11)) == [404] * 10 + [429]
    refused = await nobody.get("/api/v1/agents")
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert refused.headers["ratelimit-policy"] == '"ip";q=10;w=10'
    assert refused.headers["ratelimit"].startswith('"ip";r=0;t=')
    async with clients.client_of(app) as other:
        assert (await other.get(PUBLIC)).status_code == 404, "another address has its own"


async def test_a_bad_credential_counts_against_the_address(nobody: AsyncClient) -> None:
    bad = {"Authorization": "Bearer sk_test_nonsense"}
    answers = [(await nobody.get("/api/v1/agents", headers=bad)).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]


async def test_people_and_keys_have_their_own_limits(app: ASGIApp, owner: Caller, program: Caller) -> None:
    assert sorted(await statuses(owner.client, "/api/v1/agents", 101)) == [200] * 100 + [429]
    assert (await program.send("GET", "/api/v1/agents")).headers["ratelimit-policy"] == '"key";q=600;w=60'
    token = await clients.sign_in(owner.actor)
    async with clients.client_of(app, clients.browser_headers(token)) as again:
        assert (await again.get("/api/v1/agents")).status_code == 429, "a second session is the same person"


async def test_reading_the_sign_in_has_a_bucket_of_its_own(nobody: AsyncClient) -> None:
    assert sorted(await statuses(nobody, "/api/auth/csrf", 61)) == [200] * 60 + [429]
    assert (await nobody.get(PUBLIC)).status_code == 404


async def test_coming_back_from_a_provider_shares_it(nobody: AsyncClient) -> None:
    """Many people share an office's address, and a browser that was sent back cannot wait."""
    for path in ("/api/auth/callback/google?code=x", "/api/auth/signin?error=AccessDenied"):
        assert await statuses(nobody, path, 30) == [302] * 30
    assert (await nobody.get("/api/auth/csrf")).status_code == 429


async def test_what_is_not_counted(nobody: AsyncClient) -> None:
    assert await statuses(nobody, "/api/health/live", 40) == [200] * 40
    assert (await nobody.get(PUBLIC)).headers["ratelimit"] == '"ip";r=9;t=10'


BAD_KEY = {"Authorization": "Bearer sk_test_nonsense"}
FORGED = {"webhook-id": "msg_1", "webhook-timestamp": "1795399200", "webhook-signature": "v1,bm9uc2Vuc2U="}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/webhooks/ai-service", {}, 400),
        ("/api/webhooks/ai-service", FORGED, 400),
        ("/api/webhooks/ai-service", BAD_KEY, 401),
        ("/api/webhooks/ai-service", {**BAD_KEY, **FORGED}, 401),
        ("/api/webhooks/ai-service/01a20612-a641-75d4-b92e-9103e8b2ec35", FORGED, 404),
        ("/api/webhooks/nonsense", {}, 404),
        ("/api/v1/conversations", FORGED, 400),
        ("/api/v1/conversations", {**BAD_KEY, **FORGED}, 401),
        ("/api/v1/tools/book", FORGED, 400),
        ("/api/v1/tools/nonsense", FORGED, 400),
        ("/api/v1/tools/nonsense", {**BAD_KEY, **FORGED}, 401),
    ],
)
async def test_wrong_signatures_count_against_the_address(
    nobody: AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    answers = [await nobody.post(path, json={}, headers=headers) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [status] * 10 + [429] * 2
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"ip";q=10;w=10'] * 12
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert (await nobody.get(PUBLIC)).status_code == 429, "one bucket for all routes"


async def test_nonsense_sent_with_a_key_to_the_webhooks_counts_too(program: Caller) -> None:
    answers = [await program.send("POST", "/api/webhooks/ai-service", json={}) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 2


@pytest.mark.parametrize("path", ["/api/v1/conversations", "/api/v1/tools/book", "/api/v1/tools/nonsense"])
async def test_a_signature_beside_a_key_changes_nothing(program: Caller, path: str) -> None:
    answer = await program.send("POST", path, json={}, headers=FORGED)
    assert answer.headers["ratelimit-policy"] == '"key";q=600;w=60'


async def test_forged_forwarded_for_is_ignored(nobody: AsyncClient) -> None:
    answers = [(await nobody.get(PUBLIC, headers={"X-Forwarded-For": f"10.9.8.{n}"})).status_code for n in range(11)]
    assert answers == [404] * 10 + [429]


async def test_behind_a_trusted_proxy_each_client_counts(
    app: ASGIApp, nobody: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.__dict__, "trusted_proxy_hops", 1)
    # Appended to the caller's list, as a line of its own (HAProxy), with the caller's port (Azure).
    for lines in (("{forged}, 203.0.113.1",), ("{forged}", "203.0.113.2"), ("{forged}", "203.0.113.3:{number}")):
        answers = []
        for number in range(11):
            values = [line.format(forged=f"6.6.6.{number}", number=4000 + number) for line in lines]
            headers = [("X-Forwarded-For", value) for value in values]
            answers.append((await nobody.get(PUBLIC, headers=headers)).status_code)
        assert answers == [404] * 10 + [429], lines


async def test_the_limit_comes_before_the_body(owner: Caller) -> None:
    async def read() -> bytes:
        raise AssertionError("the body was read")

    async def never() -> AsyncIterator[bytes]:
        yield await read()

    await statuses(owner.client, "/api/v1/agents", 100)
    response = await owner.send("POST", "/api/v1/agents", content=never(), headers={"Content-Type": "application/json"})
    assert response.status_code == 429
