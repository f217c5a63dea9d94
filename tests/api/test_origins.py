"""Other sites: which may read our answers (CORS), why none may write with a visitor's cookie (CSRF, security.md#t5)."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from sekretarka.core.runtime.settings import settings
from tests import factories
from tests.clients import Caller

LISTED = "https://panel.example"


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site that the settings let in."""
    monkeypatch.setitem(settings.__dict__, "cors_allowed_origins", LISTED)
    settings.__dict__.pop("origins", None)
    yield LISTED
    settings.__dict__.pop("origins", None)


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1:8000"])
async def test_our_own_pages_may_read(owner: Caller, origin: str) -> None:
    response = await owner.send("GET", "/api/v1/agents", headers={"Origin": origin})
    assert response.headers["access-control-allow-origin"] == origin
    assert response.headers["access-control-allow-credentials"] == "true"
    assert "X-Request-Id" in response.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost:8001", "https://localhost:8000", "http://localhost:8000.evil"],
)
@pytest.mark.parametrize("path", ["/api/v1/agents", "/api/v1/nothing", "/api/health/live"])
async def test_other_origins_may_not_read(owner: Caller, origin: str, path: str) -> None:
    response = await owner.send("GET", path, headers={"Origin": origin})
    assert not [name for name in response.headers if name.startswith("access-control-")]
    assert "Origin" in response.headers["vary"]


async def test_a_listed_site_may_also_read_failures(nobody: AsyncClient, listed: str) -> None:
    for _ in range(12):
        response = await nobody.get("/api/v1/agents", headers={"Origin": listed})
    assert response.status_code == 429
    assert response.headers["access-control-allow-origin"] == listed
    assert "Retry-After" in response.headers["access-control-expose-headers"]


async def test_a_listed_site_may_read_every_documented_header(owner: Caller, listed: str) -> None:
    document = (await owner.send("GET", "/api/v1/openapi.json")).json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    responses = [response for operation in operations for response in operation["responses"].values()]
    documented = {name for response in responses for name in response.get("headers", {})}
    response = await owner.send("GET", "/api/v1/agents", headers={"Origin": listed})
    assert documented
    assert documented <= set(response.headers["access-control-expose-headers"].split(", "))


async def test_a_preflight_is_answered_by_the_list(nobody: AsyncClient, listed: str) -> None:
    asking = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "content-type"}
    good = await nobody.options("/api/v1/agents/1", headers={"Origin": listed, **asking})
    assert good.status_code == 204
    assert good.headers["access-control-allow-origin"] == listed
    assert "PATCH" in good.headers["access-control-allow-methods"]
    assert "Content-Type" in good.headers["access-control-allow-headers"]
    bad = await nobody.options("/api/v1/agents/1", headers={"Origin": "https://evil.example", **asking})
    assert bad.status_code == 400
    assert not [name for name in bad.headers if name.startswith("access-control-")]


OUR_OWN = "http://localhost:8000"
WRITES = [
    ({"Origin": OUR_OWN, "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": OUR_OWN}, True),
    ({"Referer": f"{OUR_OWN}/dashboard"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": LISTED, "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": LISTED, "Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": LISTED, "Sec-Fetch-Site": "same-origin"}, False),
    ({"Origin": LISTED}, False),
    ({"Referer": f"{LISTED}/panel"}, False),
    ({}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://sub.localhost:8000"}, False),
    ({"Origin": "https://localhost:8000"}, False),
    ({"Origin": "http://localhost"}, False),
    ({"Origin": OUR_OWN, "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": OUR_OWN, "Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Referer": "https://evil.example/?http://localhost:8000"}, False),
    ({"Referer": "http://localhost:8000@evil.example/"}, False),
]


@pytest.mark.parametrize(("headers", "trusted"), WRITES)
async def test_a_write_with_a_cookie_must_come_from_our_page(
    owner: Caller, listed: str, headers: dict[str, str], trusted: bool
) -> None:
    agent = await factories.agent(owner.organization_id)
    for name in ("Origin", "Sec-Fetch-Site"):
        del owner.client.headers[name]
    writes: list[tuple[str, str, Any]] = [
        ("POST", "/api/v1/agents", {"name": "Ola", "language": "pl"}),
        ("PATCH", f"/api/v1/agents/{agent.id}", {"name": "Ewa"}),
        ("POST", f"/api/v1/agents/{agent.id}/activate", None),
        ("DELETE", f"/api/v1/agents/{agent.id}", None),
    ]
    for method, path, body in writes:
        response = await owner.send(method, path, json=body, headers=headers)
        assert (response.status_code < 400) == trusted, response.text
        if not trusted:
            assert response.json()["error"]["code"] == "CSRF_FAILED"
    total = (await owner.send("GET", "/api/v1/agents")).json()["metadata"]["total"]
    assert total == 1


@pytest.mark.parametrize("origin", ["https://evil.example", LISTED])
async def test_a_key_has_no_ambient_authority(program: Caller, listed: str, origin: str) -> None:
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    response = await program.send("POST", "/api/v1/agents", json={"name": "a", "language": "pl"}, headers=headers)
    assert response.status_code == 201
    assert response.headers.get("access-control-allow-origin") == (listed if origin == listed else None)


async def test_a_plain_form_from_elsewhere_does_nothing(owner: Caller) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": media_type, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        response = await owner.send("POST", "/api/v1/agents", content=b'{"name":"a","language":"pl"}', headers=headers)
        assert response.status_code == 403
