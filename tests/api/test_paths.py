"""Which paths exist, what they allow, and the two ways to write them."""

import itertools

import pytest
from httpx2 import AsyncClient
from starlette.types import ASGIApp

from sekretarka.api import paths
from sekretarka.api.app import create_fastapi
from sekretarka.api.v1 import app as v1
from tests import factories
from tests.clients import Caller


def test_formats_are_those_of_the_document() -> None:
    app = create_fastapi(v1.router)
    documented = app.openapi()["paths"]
    for resource in itertools.chain.from_iterable(paths.resources(app).values()):
        answers = [
            response
            for operation in documented.get(resource.template, {}).values()
            for status, response in operation["responses"].items()
            if status.startswith("2")
        ]
        kinds = {kind for answer in answers for kind in answer.get("content", {})}
        assert (resource.produces or set()) == kinds, resource.template


@pytest.mark.parametrize("prefix", ["/api", "/api/v1"])
async def test_both_prefixes_are_the_same_api(owner: Caller, prefix: str) -> None:
    created = await owner.send("POST", f"{prefix}/agents", json={"name": "Ola", "language": "pl"})
    assert created.status_code == 201
    agent_id = created.json()["data"]["id"]
    assert created.headers["location"] == f"/api/v1/agents/{agent_id}"
    assert (await owner.data("PATCH", f"{prefix}/agents/{agent_id}", json={"name": "Ewa"}))["name"] == "Ewa"
    assert (await owner.data("GET", f"{prefix}/agents/{agent_id}"))["name"] == "Ewa"
    assert (await owner.send("GET", f"{prefix}/agents?limit=1")).json()["metadata"]["limit"] == 1
    assert (await owner.send("PUT", f"{prefix}/agents/{agent_id}")).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/nothing",
        "/api/v1/agents/",
        "/api/agents/",
        "/api/v1//agents",
        "/api/v1/v1/agents",
        "/api/v1/agents/x.css",
        "/api/v1/agents;.js",
        "/api/v1/agents/..%2fusers",
        "/api/v1%2fagents",
        "/api%2Fv1/agents",
        "/api/v1/agents%2f",
        "/api/v1/agents/%00",
        "/api/v1/agents/%ff",
        "/api/v1/agents/1",
        "/api/v1/health/live",
        "/api/docs/x",
        "/api/redoc",
        "/api/openapi.yaml",
        "/api/v1/redoc",
        "/api/V1/agents",
    ],
)
async def test_what_does_not_exist_is_404(owner: Caller, path: str) -> None:
    response = await owner.send("GET", path)
    assert response.status_code == 404
    assert response.json()["error"] == {"code": "NOT_FOUND", "message": "There is no such thing here"}


@pytest.mark.parametrize("path", ["/api/v2", "/api/v2/agents", "/api/v0/agents", "/api/v11/agents"])
async def test_other_versions_do_not_exist_yet(nobody: AsyncClient, path: str) -> None:
    response = await nobody.get(path)
    assert response.status_code == 404
    assert response.json()["error"]["details"] == {"supported": ["v1"]}


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/api/v1/agents", "GET, HEAD, OPTIONS, POST"),
        ("/api/v1/agents/1", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/api/v1/agents/1/activate", "OPTIONS, POST"),
        ("/api/v1/conversations/stream", "GET, HEAD, OPTIONS"),
        ("/api/v1/users/me", "GET, HEAD, OPTIONS, PATCH"),
        ("/api/webhooks/ai-service", "OPTIONS, POST"),
        ("/api/auth/csrf", "GET, HEAD, OPTIONS"),
        ("/api/health/live", "GET, HEAD, OPTIONS"),
    ],
)
async def test_allow_is_complete(nobody: AsyncClient, path: str, allow: str) -> None:
    for method in ("PUT", "TRACE", "PROPFIND"):
        response = await nobody.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, allow)
    options = await nobody.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, allow)


async def test_head_is_get_without_its_body(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    for path in ("/api/v1/agents", f"/api/v1/agents/{agent.id}", "/api/v1/agents/1", "/api/health/live"):
        get, head = await owner.send("GET", path), await owner.send("HEAD", path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        changing = {"x-request-id", "ratelimit", "date"}
        same = {name: value for name, value in get.headers.items() if name not in changing}
        assert {name: value for name, value in head.headers.items() if name not in changing} == same


async def test_head_of_a_stream_ends(owner: Caller) -> None:
    response = await owner.send("HEAD", "/api/v1/conversations/stream")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.8", 200),
        ("", 200),
        ("application/xml", 406),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("text/event-stream", 406),
    ],
)
async def test_formats_we_do_not_speak_are_406(owner: Caller, accept: str, status: int) -> None:
    response = await owner.send("GET", "/api/v1/agents", headers={"Accept": accept})
    assert response.status_code == status


@pytest.mark.parametrize("sent", ["abcd-1234_XYZ", "a" * 64])
async def test_a_good_request_id_comes_back(nobody: AsyncClient, sent: str) -> None:
    response = await nobody.get("/api/health/live", headers={"X-Request-Id": sent})
    assert response.headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["short", "a" * 65, "with space 1", "a\u017c-12345678", "12345678\t9"])
async def test_a_bad_request_id_is_replaced(app: ASGIApp, nobody: AsyncClient, sent: str) -> None:
    response = await nobody.get("/api/health/live", headers=[(b"X-Request-Id", sent.encode())])
    assert response.headers["x-request-id"] != sent


async def test_the_frameworks_own_pages_are_not_there(nobody: AsyncClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/api/v1/redoc"):
        assert (await nobody.get(path)).status_code == 404
