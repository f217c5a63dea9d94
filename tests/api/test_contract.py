"""What the document promises holds for requests nobody thought of: Schemathesis against a running server."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from sekretarka import asgi
from sekretarka.core.actor import system
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.organizations.models import Membership
from tests import clients, factories
from tests.api.routes import PATH_IDS, rows
from tests.clients import Caller
from tests.support import databases
from tests.support.processes import Serve
from tests.support.workspace import ROOT

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "use_after_free",
    "foreign_rows_are_not_there",
)
LIMITS = ("rate_limit_api_key", "rate_limit_session", "rate_limit_anonymous", "rate_limit_webhook")
UNLIMITED = "1000000/1seconds"
# Who tries what. Routes of accounts are for callers without a session: a wrong password, a sign-out or a new password
# would end the others'. Who selects another business has another session afterwards, so one caller does nothing else.
# A stream does not end: nobody generates requests for it, tests/api/test_stream.py has its answers.
ACCOUNTS, SELECT = "^/api/auth/", "/select$"
EXCLUDED = ("--exclude-path-regex", f"{ACCOUNTS}|/conversations/stream$|{SELECT}")
# What was seen in one answer is tried in the next request, so callers may find themselves and each other: a member
# would leave or be removed, a session end. Only the owner, who comes last, tries that.
STAYING = ("--exclude-path-regex", f"{EXCLUDED[1]}|/members/|/me/sessions")
# Who owns nothing but one business has another session after deleting that, should the requests find its id.
STAYING_OWNER = (*STAYING, "--exclude-operation-id", "delete_organization")
ONLY = {"visitor": ("--include-path-regex", ACCOUNTS), "mover": ("--include-path-regex", SELECT)}
ROWS_OF_EACH_KIND = 4


@dataclass(frozen=True)
class Who:
    """A caller: what every request carries, and rows whose ids stand in paths, by the name of the parameter."""

    headers: dict[str, str]
    ids: dict[str, list[str]]
    is_foreign: bool = False
    paths: tuple[str, ...] = EXCLUDED


async def callers(url: str) -> dict[str, Who]:
    """A business with rows, and everybody who calls."""
    engine.connect(url)
    app = asgi.create_app()
    owner = await clients.founder(app)
    row_sets = [(await rows(owner)).ids for _ in range(ROWS_OF_EACH_KIND)]
    own_ids = {name: [row[slot] for row in row_sets] for name, slot in PATH_IDS.items()}
    viewer = await clients.person(app, owner.organization_id, Role.VIEWER)
    stranger = await clients.founder(app, name="Warsztat Nowak")
    program = await clients.program(app, owner.actor)
    mover = await clients.person(app, owner.organization_id)
    # Another one may be deleted: without one's own nobody would be left to call.
    at_home = {**own_ids, "organization_id": [str(await spare(owner)) for _ in range(ROWS_OF_EACH_KIND)]}
    mover_ids = {**own_ids, "organization_id": [str(await spare(mover)) for _ in range(ROWS_OF_EACH_KIND)]}
    await databases.disconnect()
    return {
        "owner": Who(session(owner), at_home),
        "program": Who({"Authorization": f"Bearer {program.credential}"}, at_home, paths=STAYING),
        "viewer": Who(session(viewer), own_ids, paths=STAYING),
        "stranger": Who(session(stranger), own_ids, is_foreign=True, paths=STAYING_OWNER),
        "nobody": Who({}, own_ids, is_foreign=True),
        "visitor": Who({}, own_ids, paths=ONLY["visitor"]),
        "mover": Who(session(mover), mover_ids, paths=ONLY["mover"]),
    }


def session(caller: Caller) -> dict[str, str]:
    """What the person's browser sends from our own page."""
    return {"Cookie": f"{settings.session_cookie}={caller.credential}", "Sec-Fetch-Site": "same-origin"}


async def spare(owner: Caller) -> UUID:
    """Another business of the same person."""
    other = await factories.organization(name="Studio Mięta")
    async with begin(system(), write=True) as uow:
        uow.add(Membership(organization_id=other.id, user_id=owner.user_id, role=Role.OWNER))
    return other.id


def try_everything(url: str, who: Who, folder: Path, *limits: str) -> str:
    """One run; what it printed."""
    headers = [word for name, value in who.headers.items() for word in ("--header", f"{name}: {value}")]
    checks = CHECKS if who.headers.get("Authorization") is None else (*CHECKS, "ignored_auth")
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/api/v1/openapi.json", *headers),
        *("--checks", ",".join(checks), *who.paths, "--request-timeout", "20", "--no-color", *limits),
    ]
    hooks = {
        "SCHEMATHESIS_HOOKS": "tests.support.contract_hooks",
        "PYTHONPATH": str(ROOT),
        "CONTRACT_IDS": json.dumps(who.ids),
        "CONTRACT_FOREIGN": "yes" if who.is_foreign else "no",
    }
    variables = {**os.environ, **hooks}
    tried = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stdout[-20_000:] + tried.stderr[-4_000:]
    return tried.stdout


async def is_signed_in(url: str, who: Who) -> bool:
    """Whether the caller is still who it was."""
    async with httpx2.AsyncClient(base_url=url, headers=who.headers, trust_env=False) as client:
        return (await client.get("/api/v1/organizations")).status_code == 200


def everybody_tries(
    serve: Serve, url: str, folder: Path, limits: Callable[[str], tuple[str, ...]], at_once: int
) -> None:
    served = serve(database_url=url, **dict.fromkeys(LIMITS, UNLIMITED))
    everybody = asyncio.run(callers(url))

    def tried(name: str) -> int:
        printed = try_everything(served.url, everybody[name], folder, *limits(name))
        if name not in {*ONLY, "owner"}:
            assert asyncio.run(is_signed_in(served.url, everybody[name])) == (name != "nobody")
        generated = re.search(r"(\d+) generated", printed)
        assert generated is not None
        return int(generated[1])

    # The owner comes last: removing a member signs that member out, and deleting the organization the owner.
    others = [name for name in everybody if name != "owner"]
    with ThreadPoolExecutor(at_once) as pool:
        counts = dict(zip(others, pool.map(tried, others), strict=True))
    counts["owner"] = tried("owner")
    assert min(counts.values()) > 0, counts
    assert min(count for name, count in counts.items() if name not in ONLY) > 100, counts
    log = served.log.read_text()
    assert "Traceback" not in log
    assert not re.search(r"request \S+ failed", log)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_generated_requests_break_no_promise(serve: Serve, database_url: str, tmp_path: Path) -> None:
    def limits(who: str) -> tuple[str, ...]:
        # Coverage asks thousands of things after the owner's session has ended: only the campaign does.
        phases = "examples,fuzzing,stateful" if who == "owner" else "fuzzing"
        return ("--max-examples", "2", "--seed", "1", "--phases", phases)

    everybody_tries(serve, database_url, tmp_path, limits, at_once=2)


@pytest.mark.soak
def test_generated_requests_break_no_promise_for_long(serve: Serve, database_url: str, tmp_path: Path) -> None:
    """Ten minutes of each caller, all but the owner beside one another; again and again a few requests of each
    operation."""
    limits = ("--max-examples", "20", "--max-time", "600")
    everybody_tries(serve, database_url, tmp_path, lambda _: limits, at_once=6)
