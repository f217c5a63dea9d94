"""What the dashboard's pages tell browsers to refuse, and what is never served at all."""

import base64
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sekretarka.ui.headers import SecurityHeaders
from tests.ui.conftest import Dashboard

SCRIPT = 'if (1 < 2 && "a") { console.log("&amp; </b>") }\n'


def hash_of(script: str) -> str:
    """As a policy writes it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A build with scripts inside and beside its pages, and things that should not have been left there."""
    for name, text in {
        "index.html": f"<html><script>{SCRIPT}</script><script src='/start.js'>not run</script></html>",
        "login/index.html": "<html><script type=module>import '/assets/a.js'</script></html>",
        "start.js": "1",
        "assets/a-1234.js": "1",
        "assets/a-1234.js.map": "{}",
        "fonts/inter.woff2": "x",
        ".env": "SECRET_KEY=x",
        ".git/config": "x",
        "data.db": "x",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def client(pages: Path) -> httpx2.AsyncClient:
    """A browser before those pages."""
    files = Starlette(routes=[Mount("/", StaticFiles(directory=pages, html=True))])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(SecurityHeaders(files, pages)), base_url="http://test")


def script_sources(answer: httpx2.Response) -> list[str]:
    """What may run on a page."""
    directives = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    return directives["script-src"].split()


async def test_only_scripts_that_were_built_run(client: httpx2.AsyncClient) -> None:
    async with client:
        sources = script_sources(await client.get("/"))
    assert hash_of(SCRIPT) in sources
    assert hash_of("import '/assets/a.js'") in sources
    assert hash_of("not run") not in sources
    assert "'unsafe-inline'" not in sources
    assert [source for source in sources if source.startswith(("http", "*", "data"))] == []


async def test_a_rebuild_brings_its_own_hashes(client: httpx2.AsyncClient, pages: Path) -> None:
    async with client:
        await client.get("/")
        (pages / "index.html").write_text("<script>rebuilt()</script>")
        os.utime(pages / "index.html", (1, 1))
        sources = script_sources(await client.get("/"))
    assert hash_of("rebuilt()") in sources
    assert hash_of(SCRIPT) not in sources


async def test_a_page_taken_from_the_browsers_memory_keeps_its_policy(client: httpx2.AsyncClient) -> None:
    """The headers of a 304 replace those that were stored with the page."""
    async with client:
        first = await client.get("/login/")
        again = await client.get("/login/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert again.headers["cache-control"] == "no-cache"


async def test_nobody_frames_sniffs_or_leaks_our_addresses(client: httpx2.AsyncClient) -> None:
    async with client:
        for path in ("/", "/start.js", "/missing"):
            headers = (await client.get(path)).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "same-origin"
            assert "strict-transport-security" not in headers


async def test_pages_of_mailed_links_tell_nobody_where_one_came_from(client: httpx2.AsyncClient) -> None:
    async with client:
        for path in ("/reset/new", "/reset/new/", "/verify"):
            assert (await client.get(path)).headers["referrer-policy"] == "no-referrer"


async def test_https_is_remembered_where_there_is_https(
    client: httpx2.AsyncClient, configure: Callable[..., None]
) -> None:
    configure(base_url="https://sekretarka.example")
    async with client:
        headers = (await client.get("/")).headers
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "connect-src 'self' wss://sekretarka.example;" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/assets/a-1234.js", "public, max-age=31536000, immutable"),
        ("/fonts/inter.woff2", "public, max-age=604800"),
        ("/start.js", "no-cache"),
        ("/", "no-cache"),
        ("/assets/none.js", "no-store"),
    ],
)
async def test_files_are_stored_as_long_as_their_names_allow(
    client: httpx2.AsyncClient, path: str, expected: str
) -> None:
    async with client:
        assert (await client.get(path)).headers["cache-control"] == expected


@pytest.mark.parametrize("path", ["/.env", "/.git/config", "/data.db", "/assets/a-1234.js.map", "/assets/../.env"])
async def test_what_is_not_a_page_is_not_there(client: httpx2.AsyncClient, path: str) -> None:
    async with client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.text == "Not Found"


async def test_the_running_dashboard_sends_them(dashboard: Dashboard) -> None:
    async with httpx2.AsyncClient(base_url=dashboard.url) as client:
        ping = await client.get("/ping")
        statuses = [
            (await client.get(path)).status_code
            for path in ("/.env", "/_all_routes", "/docs", "/redoc", "/openapi.json", "/_upload/x", "/.web/env.json")
        ]
    assert ping.headers["x-content-type-options"] == "nosniff"
    assert set(statuses) == {404}
