"""`migrate`, `create-owner`, `seed`: what they print, and how they end."""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.agents import connections
from tests import factories
from tests.support.processes import Serve, run, run_program

PASSWORD = "Orchidea-na-parapecie-7"
OWNER = ("create-owner", "--email", "iga@kwiaty.example", "--organization", "Kwiaciarnia Pod Lipą")


def test_migrate_may_be_repeated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'x.db'}"
    for _ in range(2):
        done = run_program("migrate", database_url=url)
        assert done.returncode == 0, done.stderr
    with contextlib.closing(sqlite3.connect(tmp_path / "new" / "x.db")) as file:
        assert file.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_nobody_else_reads_the_database_file(tmp_path: Path) -> None:
    file = tmp_path / "x.db"

    def modes() -> set[int]:
        return {path.stat().st_mode & 0o777 for path in tmp_path.glob("x.db*")}

    assert run("migrate", database_url=f"sqlite:///{file}").returncode == 0
    assert modes() == {0o600}
    file.chmod(0o644)  # as one from before may be
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE kept_open (n INTEGER)")
        assert len(list(tmp_path.glob("x.db*"))) == 3
        assert run("migrate", database_url=f"sqlite:///{file}").returncode == 0
        assert modes() == {0o600}
    file.chmod(0o602)
    assert run("migrate", database_url=f"sqlite:///{file}").returncode == 0
    assert modes() == {0o600}
    file.chmod(0o640)  # on purpose, for a group that makes copies
    assert run("migrate", database_url=f"sqlite:///{file}").returncode == 0
    assert modes() == {0o640}


@pytest.mark.parametrize("command", [("migrate",), ("api", "--port", "1"), (*OWNER, "--password", PASSWORD)])
def test_unreachable_database_is_reported_without_its_password(command: tuple[str, ...]) -> None:
    done = run(*command, database_url="postgresql://me:hunter2@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_an_owner_can_work_with_what_is_printed(database_url: str, serve: Serve) -> None:
    done = run(*OWNER, "--password", PASSWORD, "--json", database_url=database_url)
    assert done.returncode == 0, done.stderr
    owner = json.loads(done.stdout)
    assert set(owner) == {"userId", "organizationId", "apiKey"}

    server = serve(database_url=database_url)
    with httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {owner['apiKey']}"}) as client:
        response = client.post("/api/v1/agents", json={"name": "Ola", "language": "pl"})
        assert response.status_code == 201, response.text
        assert response.json()["data"]["organizationId"] == owner["organizationId"]


def test_the_password_may_come_from_the_input(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    done = run(*OWNER, "--password", "-", "--json", database_url=url, stdin=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr


def test_without_json_it_prints_lines(tmp_path: Path) -> None:
    done = run(*OWNER, "--password", PASSWORD, database_url=f"sqlite:///{tmp_path / 'x.db'}")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["userId", "organizationId", "apiKey"]


def test_existing_address_is_rejected(database_url: str) -> None:
    assert run(*OWNER, "--password", PASSWORD, database_url=database_url).returncode == 0
    again = run(*OWNER, "--password", PASSWORD, database_url=database_url)
    assert again.returncode == 1
    assert again.stdout == ""
    assert "account" in again.stderr


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("--password", ("iga@kwiaty.example", "short", "Kwiaty")),
        ("--password", ("iga@kwiaty.example", "password123", "Kwiaty")),
        ("--email", ("no address", PASSWORD, "Kwiaty")),
        ("--organization", ("iga@kwiaty.example", PASSWORD, "")),
    ],
)
def test_bad_values_are_named(tmp_path: Path, option: str, values: tuple[str, str, str]) -> None:
    email, password, organization = values
    arguments = ("--email", email, "--password", password, "--organization", organization)
    done = run("create-owner", *arguments, database_url=f"sqlite:///{tmp_path / 'x.db'}")
    assert done.returncode == 2, done.stderr
    assert option in done.stderr
    assert password not in done.stderr


@pytest.mark.parametrize("arguments", [("seed",), ("create-owner",), ("no-such-command",), ("api", "--port", "0")])
def test_wrong_use_ends_with_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 2


def calls(salon_url: str) -> tuple[int, str]:
    with contextlib.closing(sqlite3.connect(salon_url.removeprefix("sqlite:///"))) as file:
        row: tuple[int, str] = file.execute("SELECT count(*), max(updated_at) FROM conversations").fetchone()
        return row


def test_seeding_again_changes_nothing(salon_url: str) -> None:
    before = calls(salon_url)
    assert before[0] > 20
    done = run("seed", "--demo", "--json", database_url=salon_url)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {"organizationId", "agentId", "email", "password"}
    assert calls(salon_url) == before


@pytest.mark.soak
def test_three_months_are_seeded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    done = run_program("seed", "--demo", database_url=url)
    assert done.returncode == 0, done.stderr
    assert calls(url)[0] > 1000


async def test_reencrypt_after_a_changed_secret_key(
    database: engine.Database, database_url: str, configure: Callable[..., None]
) -> None:
    agent = await factories.agent((await factories.organization()).id)
    reveal = actor.system(agent.organization_id)
    async with begin(reveal) as uow:
        secret = await connections.reveal_secret(uow, agent.id)
    old, new = settings.secret_key.get_secret_value(), "vY7rQ2mZ9pL4xT8cWn3kJd6bHs5gFa1e"

    for before, code in ((new, 78), (old, 0), (new, 0)):  # nothing opens it; the old one does; which then may go
        done = run("reencrypt", database_url=database_url, secret_key=new, previous_secret_key=before)
        assert done.returncode == code, done.stderr
    configure(secret_key=new)
    async with begin(reveal) as uow:
        assert await connections.reveal_secret(uow, agent.id) == secret
