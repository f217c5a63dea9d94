"""Copies made while the system works, brought back elsewhere: the same content to the last value, and it serves."""

import asyncio
import contextlib
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import sqlalchemy as sa

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.tables import metadata
from tests.faults.stream import UNLIMITED, Line, nothing_lost_nothing_doubled
from tests.support import databases
from tests.support.postgres import Postgres
from tests.support.processes import Serve, run


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """`url` as this process's database."""
    engine.connect(url)
    try:
        yield
    finally:
        await engine.disconnect()


async def content(url: str) -> dict[str, list[str]]:
    """Every value of every row of every table, in an order that does not depend on how they are stored."""
    contents = {}
    async with opened(url), begin(actor.system()) as uow:
        for table in [*metadata.tables, "alembic_version"]:
            rows = await uow.execute(sa.text(f'SELECT * FROM "{table}"'))  # noqa: S608 - our own tables' names
            contents[table] = sorted(str(sorted(row.items())) for row in rows.mappings())
    return contents


async def work_a_while(url: str, serve: Serve, seconds: float) -> None:
    """A server takes calls and is then stopped."""
    async with opened(url):
        line = await Line.make()
        served = serve(database_url=url, **UNLIMITED)
        async with line.stream(served.url) as stream:
            await asyncio.sleep(seconds)
        await nothing_lost_nothing_doubled(stream)
    served.stop()


async def test_sqlite_is_copied_while_it_is_written_and_brought_back(tmp_path: Path, serve: Serve) -> None:
    path = tmp_path / "live.db"
    path.write_bytes(databases.sqlite_template().read_bytes())
    url, early, late = f"sqlite:///{path}", tmp_path / "early.db", tmp_path / "late.db"

    def copy(target: Path) -> int:
        return run("backup", str(target), database_url=url).returncode

    working = asyncio.create_task(work_a_while(url, serve, 3))
    await asyncio.sleep(2)
    assert await asyncio.to_thread(copy, early) == 0
    await working
    with contextlib.closing(sqlite3.connect(early)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
    assert stat.S_IMODE(early.stat().st_mode) == 0o600
    assert (copy(late), copy(late)) == (0, 1), "a copy is never written over"
    before = await content(url)
    assert len(before["conversations"]) > 0
    assert await content(f"sqlite:///{late}") == before
    again = serve(database_url=f"sqlite:///{late}")
    assert httpx2.get(f"{again.url}/api/health/ready").status_code == 200


async def test_postgresql_is_copied_while_it_is_written_and_brought_back(own_postgres: Postgres, serve: Serve) -> None:
    url = own_postgres.url
    restored = url.replace("/postgres?", "/restored?")
    host = url.partition("?host=")[2]
    folder = own_postgres.folder("dumps")

    def dump(name: str) -> str:
        target = str(folder / name)
        own_postgres.run("pg_dump", "-Fc", "-h", host, "-U", "postgres", "-f", target, "postgres")
        return target

    def restore(dumped: str) -> None:
        own_postgres.run("dropdb", "-h", host, "-U", "postgres", "--if-exists", "restored")
        own_postgres.run("createdb", "-h", host, "-U", "postgres", "restored")
        own_postgres.run("pg_restore", "-h", host, "-U", "postgres", "--exit-on-error", "-1", "-d", "restored", dumped)

    working = asyncio.create_task(work_a_while(url, serve, 3))
    await asyncio.sleep(2)
    early = await asyncio.to_thread(dump, "early")
    await working
    await asyncio.to_thread(restore, early)  # a copy from the middle of the work keeps every constraint
    await asyncio.to_thread(restore, await asyncio.to_thread(dump, "late"))
    before = await content(url)
    assert len(before["conversations"]) > 0
    assert await content(restored) == before
    again = serve(database_url=restored)
    assert httpx2.get(f"{again.url}/api/health/ready").status_code == 200
    again.stop()


def test_only_sqlite_is_copied_by_us(tmp_path: Path) -> None:
    done = run("backup", str(tmp_path / "x"), database_url="postgresql://localhost/x")
    assert (done.returncode, "pg_dump" in done.stderr) == (2, True)
    missing = run("backup", str(tmp_path / "x"), database_url=f"sqlite:///{tmp_path}/none.db")
    assert missing.returncode == 1
    assert not (tmp_path / "x").exists()
