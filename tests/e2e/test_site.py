"""The product as production runs it: pages and API on one port, started without Node, live over the websocket."""

import subprocess

import httpx2
from playwright.async_api import Browser

from tests.support.processes import run
from tests.support.site import Site

CLOSED = ("/_all_routes", "/.env", "/docs", "/redoc", "/openapi.json", "/_upload/x", "/auth-codespace")


async def test_pages_hydrate_without_console_errors(site: Site, browser: Browser) -> None:
    """Guards Reflex's two internal names by which a built app starts; `console` has the errors."""
    page = await browser.new_page()
    async with page.expect_websocket() as opening:
        await page.goto(f"{site.url}/login")
    socket = await opening.value
    assert "/_event" in socket.url
    await page.wait_for_selector("form input[type=password]")
    await page.wait_for_timeout(500)
    await page.close()


def test_pages_and_api_share_one_port(site: Site) -> None:
    page = httpx2.get(f"{site.url}/login/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    live = httpx2.get(f"{site.url}/api/health/live")
    assert live.json()["success"] is True


def test_the_built_site_runs_without_node(site: Site) -> None:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,sid=,comm="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    assert {row[3].strip() for row in rows if row[2] == str(site.pid)}.isdisjoint({"node", "npm", "bun"})


def test_unknown_paths_are_not_found(site: Site) -> None:
    assert {path: httpx2.get(f"{site.url}{path}").status_code for path in CLOSED} == dict.fromkeys(CLOSED, 404)


def test_source_maps_are_not_served(site: Site) -> None:
    html = httpx2.get(f"{site.url}/login/").text
    scripts = [part.split('"')[0] for part in html.split('href="') if part.split('"')[0].endswith(".js")]
    assert scripts
    assert {httpx2.get(f"{site.url}{script}.map").status_code for script in scripts} == {404}


def test_second_server_on_the_port_fails(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    done = run("api", "--port", port, database_url=site.database_url)
    assert done.returncode == 1
    assert port in done.stderr


async def test_nothing_can_be_sent_before_the_scripts_run(site: Site, browser: Browser) -> None:
    """A click then would be lost, or be a plain post without its token."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    for path in ("/login/", "/register/", "/reset/", "/reset/new/"):
        await page.goto(f"{site.url}{path}")
        assert await page.locator("form button[aria-busy]").evaluate_all("all => all.map(one => one.disabled)") == [
            True
        ]
    await context.close()
