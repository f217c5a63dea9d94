"""`api`, `worker`, `simulate`, `openapi`: processes that start, do their work and end as they are told."""

import asyncio
import json
import os
import signal
import socket
import time

import pytest

from tests.support.jobs import scheduled
from tests.support.processes import Running, Serve, run

PASSWORD = "Orchidea-na-parapecie-7"


@pytest.fixture
def agent(database_url: str, serve: Serve) -> str:
    """A running server with an agent in its database; its address."""
    import httpx2

    owner = ("--email", "iga@kwiaty.example", "--password", PASSWORD, "--organization", "Kwiaciarnia", "--json")
    key = json.loads(run("create-owner", *owner, database_url=database_url).stdout)["apiKey"]
    server = serve(database_url=database_url)
    with httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}) as client:
        created = client.post("/api/v1/agents", json={"name": "Ola", "language": "pl"}).json()["data"]
        client.post(f"/api/v1/agents/{created['id']}/activate").raise_for_status()
    return server.url


def test_simulated_calls_arrive_and_are_worked_off(agent: str, database_url: str) -> None:
    done = run(
        "simulate",
        "--url",
        agent,
        "--calls",
        "5",
        "--rate",
        "10",
        "--speed",
        "200",
        "--json",
        database_url=database_url,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["calls"] == 5
    assert report["acknowledged"] == report["events"] > 0


def test_unacknowledged_calls_exit_with_one(database_url: str, agent: str) -> None:
    nobody = "http://127.0.0.1:1"
    paths = ("--agent", "01a20000-0000-7000-8000-000000000000", "--secret", "whsec_" + "QUJD" * 8)
    done = run(
        "simulate", "--url", nobody, "--calls", "1", "--speed", "1000", *paths, "--json", database_url=database_url
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["acknowledged"] == 0


def test_other_machines_are_not_called(tmp_path: object) -> None:
    paths = ("--agent", "01a20000-0000-7000-8000-000000000000", "--secret", "whsec_" + "QUJD" * 8)
    done = run("simulate", "--url", "https://example.org", "--calls", "1", *paths)
    assert done.returncode == 2
    assert "this machine" in done.stderr


def test_a_server_ends_when_asked(serve: Serve, database_url: str) -> None:
    assert serve.program(database_url=database_url).stop() == 0


def test_a_server_ends_well_when_its_processes_hear_of_it_first(serve: Serve, database_url: str) -> None:
    """As when all of a service are told at once, and the one that watches over them runs last."""
    served = serve(database_url=database_url)
    assert served.process is not None
    (child,) = served.children()
    os.kill(served.process.pid, signal.SIGSTOP)
    os.kill(child, signal.SIGTERM)
    while child in served.children():
        time.sleep(0.01)
    os.kill(served.process.pid, signal.SIGTERM)
    os.kill(served.process.pid, signal.SIGCONT)
    assert served.process.wait(15) == 0


def test_port_in_use_is_reported(database_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("api", "--port", port, database_url=database_url)
    assert done.returncode == 1
    assert port in done.stderr


async def ends_at_work(worker: Running, number: signal.Signals) -> None:
    assert worker.process is not None
    async with asyncio.timeout(30):
        while not await scheduled():  # noqa: ASYNC110 - it is another process that makes them when it is up
            await asyncio.sleep(0.05)
    os.kill(worker.process.pid, number)
    assert await asyncio.to_thread(worker.process.wait, 15) == 0


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_ends_when_asked(database_url: str, serve: Serve, number: signal.Signals) -> None:
    await ends_at_work(serve.worker(database_url=database_url), number)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_program_is_a_worker(database_url: str, serve: Serve) -> None:
    await ends_at_work(serve.worker_program(database_url=database_url), signal.SIGTERM)


def test_openapi_is_printed() -> None:
    done = run("openapi")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/agents" in document["paths"]
