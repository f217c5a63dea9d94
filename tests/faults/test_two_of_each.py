"""Two servers and two workers on one PostgreSQL and one Redis: what one is told, everyone sees, whoever dies."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.domain.auth import registration
from tests.faults.listening import listening
from tests.support.processes import Running, Serve
from tests.support.redis import Valkey
from tests.ui import signed_calls as ringing
from tests.ui.conftest import Dashboard, sign_in, start
from tests.ui.pages import open_page, shows

PASSWORD = "Orchidea-na-parapecie-7"


@dataclass(frozen=True)
class Cluster:
    """What runs; the origin of every page is the first server's, as behind one address."""

    servers: tuple[Dashboard, Dashboard]
    workers: tuple[Running, Running]


@pytest.fixture
def cluster(database_url: str, valkey: Valkey, serve: Serve, tmp_path: Path) -> Iterator[Cluster]:
    valkey.start()
    shared = {"redis_url": valkey.url, "run_worker": "false"}
    server = start(tmp_path, database_url, **shared)
    other_server = start(tmp_path, database_url, **shared, base_url=server.url)
    workers = [serve.worker(database_url=database_url, redis_url=valkey.url) for _ in range(2)]
    yield Cluster((server, other_server), (workers[0], workers[1]))
    server.kill()
    other_server.kill()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_call_told_to_one_server_shows_on_the_other(cluster: Cluster, database: engine.Database) -> None:
    (server, other_server), (first, second) = cluster.servers, cluster.workers
    owner = await registration.create_owner("iga@kwiaty.example", PASSWORD, "Kwiaciarnia")
    person = await sign_in(Actor("user", organization_id=owner.organization_id, user_id=owner.user_id))
    line = await ringing.line(server.url, owner.organization_id)
    tab = await open_page(other_server, person.session, origin=server.url)
    async with listening(other_server.url, owner.api_key) as stream:
        await line.ring("call_1")
        await tab.until(shows(tab, 1))
        await stream.until("conversation.created", 1)
        for number, (dying, living) in enumerate(((first, second), (second, first)), 2):
            dying.kill()
            await line.ring(f"call_{number}")
            await tab.until(shows(tab, number))
            await stream.until("conversation.created", number)
            await asyncio.to_thread(dying.start)
            assert living.process is not None
            assert living.process.poll() is None
        line.url = other_server.url
        server.kill()
        await line.ring("call_4")
        await tab.until(shows(tab, 4))
        await stream.until("conversation.created", 4)
    assert stream.numbers == list(range(1, len(stream.numbers) + 1))
    await other_server.quiet()
