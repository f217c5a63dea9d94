"""What the outermost layer does when the inside misbehaves, and that it leaves no traces of people (E1-E8, T22)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

import pytest
from fastapi import APIRouter, HTTPException, Query
from httpx2 import AsyncClient
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from sekretarka.api.app import create_fastapi, wrap
from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import logging as our_logging
from sekretarka.core.web import rate_limiter
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.schemas import AgentCreate, AgentView
from sekretarka.http.responses import Envelope
from tests import clients
from tests.clients import Caller

SECRET = "postgresql://app:hunter2@db/x Anna Kowalska +48601000111 anna@example.com"
open_routes = APIRouter(prefix="/api/v1")
written = APIRouter(prefix="/api/v1", route_class=TransactionalRoute)


@open_routes.get("/crash")
async def crash() -> None:
    raise RuntimeError(SECRET)


@open_routes.get("/late")
async def late() -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"success": true, '
        raise RuntimeError(SECRET)

    return StreamingResponse(body(), media_type="application/json")


@open_routes.get("/text")
async def text() -> Response:
    return PlainTextResponse("no", 418)


@open_routes.get("/page")
async def page() -> Response:
    return HTMLResponse("<h1>Traceback</h1>", 502)


@open_routes.get("/bare")
async def bare(status: Annotated[int, Query()]) -> None:
    raise HTTPException(status, "internal words", {"X-Extra": "1"})


@open_routes.get("/slow")
async def slow() -> None:
    await asyncio.sleep(60)


@written.post("/broken", status_code=201, openapi_extra=requires(Permission.AGENTS_WRITE))
async def broken(uow: WithUnitOfWork, data: AgentCreate) -> Envelope[AgentView]:
    """Writes, then fails while the answer is made."""
    agent = await agents.create(uow, data)
    return Envelope(data=cast(AgentView, agent))  # a mistake


@pytest.fixture
async def app(database: engine.Database) -> AsyncIterator[ASGIApp]:
    """Our layers around routes that misbehave."""
    yield wrap(create_fastapi(open_routes, written), oversized=print)
    await rate_limiter.disconnect()


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    our_logging.configure("INFO")
    caplog.set_level(logging.INFO)
    return caplog


async def test_a_crash_is_the_fixed_500_with_its_request_in_the_log(
    nobody: AsyncClient, records: pytest.LogCaptureFixture
) -> None:
    response = await nobody.get("/api/v1/crash")
    assert response.status_code == 500
    assert response.json() == {
        "success": False,
        "error": {"code": "INTERNAL_SERVER_ERROR", "message": "An unexpected error occurred"},
    }
    assert f"request {response.headers['x-request-id']} failed" in records.text
    assert "test_envelope.py" in records.text
    assert "RuntimeError" in records.text
    for canary in ("hunter2", "601000111", "anna@"):
        assert canary not in records.text


async def raw(app: ASGIApp, path: str) -> list[Any]:
    """What a server would be told; nothing may be raised into it."""
    sent: list[Any] = []
    arriving = iter([{"type": "http.request", "body": b""}])

    async def receive() -> Any:
        return next(arriving, None) or await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": b"", "query_string": b"", "headers": []}
    await app(scope, receive, send)
    return sent


async def test_nothing_is_raised_into_the_server(app: ASGIApp) -> None:
    sent = await raw(app, "/api/v1/crash")
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


async def test_an_answer_that_breaks_off_is_logged_and_left_unfinished(
    app: ASGIApp, records: pytest.LogCaptureFixture
) -> None:
    sent = await raw(app, "/api/v1/late")
    assert [message.get("status") for message in sent] == [200, None]
    assert sent[1]["more_body"] is True
    assert "failed" in records.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/text", 400, "BAD_REQUEST"),
        ("/api/v1/page", 500, "INTERNAL_SERVER_ERROR"),
        ("/api/v1/bare?status=403", 403, "FORBIDDEN"),
        ("/api/v1/bare?status=409", 409, "CONFLICT"),
        ("/api/v1/bare?status=418", 400, "BAD_REQUEST"),
        ("/api/v1/bare?status=503", 503, "SERVICE_UNAVAILABLE"),
    ],
)
async def test_framework_errors_become_envelopes(nobody: AsyncClient, path: str, status: int, code: str) -> None:
    response = await nobody.get(path)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert "words" not in response.text


async def test_unserializable_response_rolls_back(app: ASGIApp, records: pytest.LogCaptureFixture) -> None:
    owner = await clients.founder(app)
    response = await owner.send("POST", "/api/v1/broken", json={"name": "Kornelia Unikatowa", "language": "pl"})
    assert response.status_code == 500
    assert "Unikatowa" not in records.text
    assert "Unikatowa" not in response.text
    assert await count(owner) == 0


async def count(owner: Caller) -> int:
    async with begin(owner.actor) as uow:
        return len(await agents.find(uow))


async def test_access_log_has_templates_only(nobody: AsyncClient, records: pytest.LogCaptureFixture) -> None:
    await nobody.get("/api/v1/bare?status=404&search=Kowalska")
    await nobody.get("/api/v1/Kowalska")
    lines = [record.getMessage() for record in records.records if record.name == "sekretarka.access"]
    assert len(lines) == 2
    assert "GET /api/v1/bare 404" in lines[0]
    assert "Kowalska" not in records.text


async def test_client_disconnect_is_no_failure(app: ASGIApp, records: pytest.LogCaptureFixture) -> None:
    async with clients.client_of(app) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get("/api/v1/slow")
    assert "failed" not in records.text
