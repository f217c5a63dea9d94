"""The contract over a real socket and server, where test clients would hide the difference (testing.md)."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import envelope
from tests.support import processes
from tests.support.processes import Serve, Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One server for the whole module: what it answers does not depend on what was asked before."""
    folder: Path = tmp_path_factory.mktemp("socket")
    serving = Serve(folder)
    url = f"sqlite:///{folder}/api.db"
    server = serving(database_url=url)
    owner = processes.run(
        "create-owner",
        "--email",
        "iga@example.com",
        "--password",
        "osiem-slow-ktore-pamietam",
        "--organization",
        "Studio Lawenda",
        "--json",
        database_url=url,
    )
    assert owner.returncode == 0, owner.stderr
    yield server, json.loads(owner.stdout)["apiKey"]
    for running in serving.started:
        running.kill()


@pytest.fixture
def client(served: tuple[Served, str]) -> Any:
    """A program with a key, over the network."""
    server, key = served
    with httpx2.Client(
        base_url=server.url,
        headers={"Authorization": f"Bearer {key}"},
        event_hooks={"response": [envelope.check_sync]},
    ) as client:
        yield client


def exchange(served: tuple[Served, str], request: bytes, patience: float = 5) -> bytes:
    """Send raw bytes, read what comes until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", served[0].port), timeout=patience) as connection:
        connection.sendall(request)
        connection.settimeout(1)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except TimeoutError:
            pass
        return answer


def head(method: str, path: str, key: str, *lines: str) -> bytes:
    """The head of a request."""
    fields = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {key}", *lines, "", ""]
    return "\r\n".join(fields).encode("utf-8", "surrogateescape")


AGENT = {"name": "Ola", "language": "pl"}


def test_a_body_too_large_is_413_announced_or_not(client: httpx2.Client) -> None:
    big = b" " * 1_100_000
    announced = client.post("/api/v1/agents", content=big, headers={"Content-Type": "application/json"})
    chunked = client.post("/api/v1/agents", content=iter([big]), headers={"Content-Type": "application/json"})
    hook = client.post("/api/webhooks/ai-service", content=b" " * 600_000)
    for response in (announced, chunked, hook):
        assert response.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"
    assert client.get("/api/v1/agents").status_code == 200, "the server lives on"


def test_a_lie_about_the_length_is_counted(served: tuple[Served, str]) -> None:
    body = b"2710\r\n" + b" " * 10_000 + b"\r\n"
    lines = ("Content-Type: application/json", "Transfer-Encoding: chunked")
    answer = exchange(served, head("POST", "/api/v1/agents", served[1], *lines) + body * 120 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/agents/", 404),
        ("/api/v1/agents/%00", 404),
        ("/api/v1/agents/%ff", 404),
        ("/api/v1/agents/%2e%2e", 404),
    ],
)
def test_odd_paths(client: httpx2.Client, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert "location" not in response.headers


def test_no_redirect_names_the_host_that_was_sent(served: tuple[Served, str]) -> None:
    request = b"GET /api/v1/agents/ HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    answer = exchange(served, request)
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"evil.example" not in answer


@pytest.mark.parametrize("method", ["PUT", "TRACE", "PROPFIND", "LOCK"])
def test_other_methods(client: httpx2.Client, method: str) -> None:
    response = client.request(method, "/api/v1/agents")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


def test_head_and_options(client: httpx2.Client) -> None:
    get, head_only = client.get("/api/v1/agents"), client.head("/api/v1/agents")
    assert (head_only.status_code, head_only.content) == (get.status_code, b"")
    assert head_only.headers["content-length"] == get.headers["content-length"]
    options = client.options("/api/v1/agents")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert client.head("/api/v1/conversations/stream").status_code == 200


MALFORMED = [
    b"GET /api/v1/agents HTTP/1.1\r\n\r\n",
    b"GET /api/v1/agents HTTP/9.9\r\nHost: x\r\n\r\n",
    b"\x00\x01\x02\r\n\r\n",
    b"GET " + b"/api/" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /api/v1/agents HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"POST /api/v1/agents HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/v1/agents HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /api/v1/agents HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    b"GET /api/v1/agents?%zz HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", MALFORMED, ids=lambda value: repr(value[:30]))
def test_malformed_requests_are_refused(served: tuple[Served, str], request_bytes: bytes) -> None:
    """security.md#t26: refused by server or application, never a 5xx, never taken for something else."""
    answer = exchange(served, request_bytes)
    assert answer == b"" or 400 <= int(answer.split(b" ", 2)[1]) < 500, answer[:200]
    assert httpx2.get(f"{served[0].url}/api/health/live").status_code == 200


def test_a_client_that_leaves_in_the_middle_is_no_failure(served: tuple[Served, str]) -> None:
    before = served[0].log.read_text()
    request = head("POST", "/api/v1/agents", served[1], "Content-Type: application/json", "Content-Length: 100")
    with socket.create_connection(("127.0.0.1", served[0].port)) as connection:
        connection.sendall(request + b'{"name": "O')
    time.sleep(0.5)
    assert "Traceback" not in served[0].log.read_text()[len(before) :]
    assert "failed" not in served[0].log.read_text()[len(before) :]


def test_keep_alive_survives_a_refusal(served: tuple[Served, str]) -> None:
    bad = head("POST", "/api/v1/agents", served[1], "Content-Type: text/plain", "Content-Length: 2") + b"{}"
    good = head("GET", "/api/v1/agents", served[1])
    answer = exchange(served, bad + good)
    assert b"HTTP/1.1 415" in answer
    assert b"HTTP/1.1 200" in answer


def test_log_has_no_personal_data(served: tuple[Served, str], client: httpx2.Client) -> None:
    canary = {
        "name": "Kunegunda Tajemnicza",
        "language": "pl",
        "phoneNumber": "+48601999888",
        "greeting": "tajne@example.com",
    }
    assert client.post("/api/v1/agents", json=canary).status_code == 201
    client.get("/api/v1/conversations", params={"search": "Tajemnicza"})
    client.get("/api/v1/agents", headers={"Authorization": "Bearer sk_live_sekretny"})
    client.post("/api/v1/agents", json={"name": "Kunegunda", "password": "Tajemnicza"})
    log = served[0].log.read_text()
    assert "GET /api/v1/conversations 200" in log
    for word in ("Tajemnicza", "Kunegunda", "601999888", "tajne@", "sekretny", served[1][:16]):
        assert word not in log


async def test_a_live_event_arrives_over_the_network(served: tuple[Served, str]) -> None:
    server, key = served
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=10) as client:
        agent = (await client.post("/api/v1/agents", json=AGENT)).json()["data"]
        async with client.stream("GET", "/api/v1/conversations/stream") as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == "event: ready"
            began = time.monotonic()
            call = {"agentId": agent["id"], "callId": "call_live"}
            assert (await client.post("/api/v1/conversations", json=call)).status_code == 201
            async with asyncio.timeout(5):
                while await anext(lines) != "event: conversation.created":
                    pass
            assert time.monotonic() - began < 5


def test_the_interface_needs_no_reflex() -> None:
    code = "import sys; from sekretarka import asgi; asgi.create_app(); print('reflex' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


async def test_a_server_that_is_told_to_end_does_not_wait_for_streams(tmp_path: Path) -> None:
    serving = Serve(tmp_path)
    url = f"sqlite:///{tmp_path}/end.db"
    server = serving(database_url=url)
    owner = processes.run(
        *("create-owner", "--email", "iga@example.com", "--password", "osiem-slow-ktore-pamietam"),
        *("--organization", "Studio Lawenda", "--json"),
        database_url=url,
    )
    key = json.loads(owner.stdout)["apiKey"]
    try:
        async with (
            httpx2.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {key}"}) as client,
            client.stream("GET", "/api/v1/conversations/stream") as stream,
        ):
            assert await anext(stream.aiter_lines()) == "event: ready"
            began = time.monotonic()
            await asyncio.to_thread(server.stop, 20)
            assert time.monotonic() - began < 15
    finally:
        server.kill()
    assert "Traceback" not in server.log.read_text()
