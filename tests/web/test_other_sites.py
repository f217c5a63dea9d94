"""A page of another site, in a real browser that is signed in: whatever it tries, nothing changes (security.md#t5)."""

import asyncio
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext

from sekretarka.core.database import engine
from tests.support.accounts import PASSWORD
from tests.support.processes import Serve, Served
from tests.web.browser import Browser as Visitor
from tests.web.database_contents import contents

# Everything a page can do to another site without asking first, and what it must ask for.
ATTACKS = """
const form = (path, fields, type) => new Promise((done) => {
  const frame = Object.assign(document.createElement("iframe"), { name: "f" + Math.random() });
  document.body.append(frame);
  const form = document.createElement("form");
  Object.assign(form, { action: target + path, method: "post", target: frame.name });
  if (type) form.enctype = type;
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  frame.onload = () => done("sent");
  setTimeout(() => done("no answer"), 1500);
  form.submit();
});
const send = (path, options) =>
  fetch(target + path, { credentials: "include", signal: AbortSignal.timeout(5000), ...options })
    .then(() => "sent", () => "refused");
const json = { "Content-Type": "application/json" };
const image = (path) => new Promise((done) => {
  const img = new Image();
  img.onload = img.onerror = () => done("sent");
  setTimeout(() => done("no answer"), 5000);
  img.src = target + path;
});
const token = "a".repeat(64);
const thief = { email: "zlodziej@example.com", password: PASSWORD, csrfToken: token };
const account = JSON.stringify({ email: "nowa@example.com", name: "N", password: PASSWORD });
const answers = [
  await form("/api/auth/signout", { csrfToken: token }),
  await form("/api/auth/signout", {}),
  await form("/api/auth/callback/credentials", thief),
  await form("/api/auth/session", { csrfToken: token }),
  await form("/api/auth/register", { [account.slice(0, -1) + ',"x":"']: '"}' }, "text/plain"),
  await form("/api/v1/organizations", { '{"name":"': '"}' }, "text/plain"),
  await send("/api/auth/register", { method: "POST", body: account, mode: "no-cors" }),
  await send("/api/auth/register", { method: "POST", body: account, headers: json }),
  await send("/api/auth/register", { method: "POST", body: new Blob([account], { type: "text/plain" }) }),
  await send("/api/auth/signout", { method: "POST", body: new URLSearchParams({ csrfToken: token }), mode: "no-cors" }),
  await send("/api/v1/users/me", { method: "PATCH", body: '{"name":"X"}', headers: json }),
  await send("/api/v1/organizations", { method: "POST", body: '{"name":"X"}', mode: "no-cors" }),
  await send("/api/auth/csrf", {}),
  await image("/api/auth/signout"),
  await image("/api/auth/callback/credentials?email=zlodziej@example.com&password=" + encodeURIComponent(PASSWORD)),
];
return answers;
"""


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>another site</title><body></body>")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def other_port() -> Iterator[int]:
    """A site that is not ours."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.daemon_threads = True  # a browser keeps connections open for later
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


async def signed_in(context: BrowserContext, served: Served) -> None:
    async with Visitor(base_url=served.url) as visitor:
        for email in ("iga@example.com", "zlodziej@example.com"):
            person = {"email": email, "name": "Ktoś", "password": PASSWORD}
            assert (await visitor.post("/api/auth/register", json=person)).status_code == 201
        assert (await visitor.sign_in()).status_code == 302
        cookies = visitor.cookies.items()
        await context.add_cookies([{"name": name, "value": value, "url": served.url} for name, value in cookies])


@pytest.mark.browser
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["another site", "a sibling"])
async def test_another_site_changes_nothing(
    serve: Serve, database: engine.Database, database_url: str, browser: Browser, other_port: int, host: str
) -> None:
    served = await asyncio.to_thread(serve, database_url=database_url, run_worker="false")
    context = await browser.new_context()
    await signed_in(context, served)
    before = await contents()

    page = await context.new_page()
    await page.goto(f"http://{host}:{other_port}/")
    constants = f"const target = {served.url!r}, PASSWORD = {PASSWORD!r};"
    async with asyncio.timeout(60):
        answers = await page.evaluate(f"(async () => {{ {constants} {ATTACKS} }})()")

    assert len(answers) == 15
    assert "sent" in answers
    assert await contents() == before
    response = await context.request.get(f"{served.url}/api/auth/session")
    assert (await response.json())["user"]["email"] == "iga@example.com"
    await context.close()
