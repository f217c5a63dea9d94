"""What callers and colleagues write stays text: nothing of it runs, loads or leaves the page (security.md#t5, #t13)."""

import asyncio
from typing import Any

import httpx2
import pytest
from playwright.async_api import Page, Request, Route, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import KEY_SCOPES, Role
from sekretarka.domain.organizations import api_keys
from sekretarka.ui.list_state import PAGE_SIZE
from tests import calls, factories
from tests.e2e.conftest import COOKIE, Studio
from tests.ui.signed_calls import Line, of_agent, past_call

pytestmark = pytest.mark.browser

CANARY = "https://canary.invalid/"
RUN = "window.pwned=1"
# What would run, load or lead away …
VECTORS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src={CANARY}i>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    "<iframe src=javascript:parent.pwned=1>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<object data={CANARY}o></object>",
    f"<embed src={CANARY}e>",
    f"<video src={CANARY}v autoplay>",
    f"<link rel=stylesheet href={CANARY}l>",
    f"<style>@import '{CANARY}s'</style>",
    f"<meta http-equiv=refresh content=0;{CANARY}r>",
    f"<base href={CANARY}>",
    f"<form action={CANARY}><button>x</button></form>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<input autofocus onfocus={RUN}>",
    f"<math><mtext><script>{RUN}</script></mtext></math>",
)
# … and what it would have to get out of first.
CONTEXTS = (
    "@",
    '">@',
    "'>@",
    "</title>@",
    "</textarea>@",
    "</script>@",
    "</style>@",
    "--><!--@",
    "]]>@",
    "</p>@",
    "`}@",
    "&quot;>@",
)
ALONE = (
    "'-window.pwned-'",
    f"[x](javascript:{RUN})",
    f"![x]({CANARY}m)",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    "`+window.pwned+`",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"<!--<script>{RUN}</script>-->",
    "{n} {name} {id}",
    "<b>zażółć</b> 🙂 \u200d",
    "__proto__",
)
PAYLOADS = [*(context.replace("@", vector) for vector in VECTORS for context in CONTEXTS), *ALONE]
assert len(set(PAYLOADS)) >= 200


def packs(longest: int) -> list[str]:
    """All of them, as many in one text as fit."""
    texts = [""]
    for payload in PAYLOADS:
        if len(texts[-1]) + 1 + len(payload) > longest:
            texts.append("")
        texts[-1] = f"{texts[-1]} {payload}".lstrip()
    return texts


async def program(studio: Studio) -> httpx2.AsyncClient:
    """Sends over the network with a key that may do everything."""
    owner = await factories.member(studio.organization_id)
    assert owner.user_id is not None
    async with begin(actor.system(), write=True) as uow:
        _, key = api_keys.issue(uow, studio.organization_id, owner.user_id, "Kanarek", KEY_SCOPES)
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.AsyncClient(base_url=f"{studio.url}/api/v1", headers=headers, timeout=30, trust_env=False)


async def sent(client: httpx2.AsyncClient, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """One request that must be accepted."""
    answer = await client.request(method, path, json=body)
    assert answer.status_code in (200, 201), answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def call_of(client: httpx2.AsyncClient, line: Line, call_id: str, name: str, lines: list[str]) -> str:
    """A call in which everything that anybody may write is hostile: what the AI tells, and what colleagues add."""
    conversation = await sent(client, "POST", "/conversations", {"agentId": str(line.agent.id), "callId": call_id})
    text = "\n".join(lines)
    short = name[:120]
    segments = [calls.line(number, line) for number, line in enumerate(lines)]
    facts: dict[str, Any] = {"callerName": short, "intent": short, "endedReason": short, "topics": lines[:50]}
    event = calls.event("call_ended", line.agent.id, call_id, segments=segments, summary=text, **facts)
    await line.deliver(event)
    follow_up = {"state": "open", "urgency": "high", "note": text[:2_000]}
    await sent(client, "PATCH", f"/conversations/{conversation['id']}", {"notes": text[:10_000], "followUp": follow_up})
    return str(conversation["id"])


async def settled(client: httpx2.AsyncClient) -> None:
    """All deliveries have been worked off."""
    async with asyncio.timeout(30):
        while (await client.get("/conversations?status=active")).json()["metadata"]["total"]:  # noqa: ASYNC110 - as told
            await asyncio.sleep(0.1)


async def watch(page: Page) -> list[str]:
    """Dialogs and requests to other hosts, as they happen."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: seen.append(f"dialog {dialog.message}"))

    async def stop(route: Route, request: Request) -> None:
        seen.append(request.url)
        await route.abort()

    await page.route("**/canary.invalid/**", stop)
    return seen


async def test_stored_texts_never_run_as_scripts(studio: Studio) -> None:
    line = await of_agent(studio.url, studio.agent, await factories.connection(studio.agent))
    rows = packs(120)
    async with await program(studio) as client:
        for number, row in enumerate(rows):
            await call_of(client, line, f"call_{number}", row, [row])
        whole = await call_of(client, line, "call_whole", "Kanarek", rows)
        await settled(client)
    pages = [f"conversations?page={number}" for number in range(1, len(rows) // PAGE_SIZE + 2)]
    async with studio.open("/dashboard/conversations") as page:
        seen = await watch(page)
        listed = ""
        for address, row in (*((address, "tbody tr") for address in pages), ("", "main li")):
            await page.goto(f"{studio.url}/dashboard/{address}")
            await page.locator(row).first.wait_for()
            listed += await page.locator("main").inner_text()
        assert [payload for payload in PAYLOADS if payload.strip() not in listed] == []
        for tab in ("transcript", "summary", "analysis"):
            await page.goto(f"{studio.url}/dashboard/conversations?id={whole}&tab={tab}")
            panel = page.get_by_role("dialog", name="Kanarek")
            expected = rows[:50] if tab == "analysis" else rows
            await panel.get_by_text(expected[-1].split()[-1]).first.wait_for()
            facts = await panel.inner_text()
            assert [payload for row in expected for payload in row.split() if payload not in facts] == [], tab
        assert await page.evaluate("window.pwned") is None
        assert seen == []


async def test_names_and_descriptions_are_text_as_well(studio: Studio) -> None:
    """What colleagues and programs call agents, clients, services and people, and say of them."""
    names, long = packs(80), packs(1_000)
    async with await program(studio) as client:
        for number, name in enumerate(names):
            more = long[number % len(long)]
            await sent(client, "POST", "/agents", {"name": name, "language": "pl", "greeting": more})
        price = {"amount": 100, "currency": "pln"}
        for number, name in enumerate(names[:: len(names) // 20]):
            more = long[number % len(long)]
            service = {"name": name, "description": more, "category": name, "duration": 30, "price": price}
            await sent(client, "POST", "/services", service)
            await sent(client, "POST", "/staff", {"name": name, "role": name})
            phone = f"+4860100{number:04d}"
            created_client = await sent(
                client, "POST", "/clients", {"phone": phone, "name": name, "notes": "\n".join(long)[:10_000]}
            )
    async with studio.open("/dashboard/agents") as page:
        seen = await watch(page)
        await page.get_by_text(names[-1]).first.wait_for()
        listed = await page.locator("main").inner_text()
        assert [name for name in names if name not in listed] == []
        for address in (
            "services",
            "services?tab=staff",
            "clients",
            f"clients?id={created_client['id']}&tab=details",
            "appointments",
        ):
            await page.goto(f"{studio.url}/dashboard/{address}")
            await page.locator("main").get_by_text("window.pwned").first.wait_for(state="attached")
        assert await page.evaluate("window.pwned") is None
        assert seen == []


async def test_messages_are_text_as_well(studio: Studio) -> None:
    """What clients write, in the list and in the thread."""
    bodies = packs(600)
    for body in bodies:
        message = await factories.reply(studio.organization_id, body=body)
    async with studio.open(f"/dashboard/messages?client={message.client_id}") as page:
        seen = await watch(page)
        log = page.get_by_role("log")
        await expect(log.get_by_role("listitem")).to_have_count(len(bodies))
        shown = await log.inner_text()
        assert [payload for payload in PAYLOADS if payload.strip() not in shown] == []
        await expect(page.locator("#threads li")).to_contain_text("window.pwned")
        assert await page.evaluate("window.pwned") is None
        assert seen == []


async def test_other_origins_cannot_act_for_the_user(studio: Studio) -> None:
    """Forms, fetches, images and a websocket from elsewhere, with the victim's cookie in the browser."""
    studio.console.expect("")  # the other origin's page reports all that was refused to it
    call = await past_call(studio.organization_id, studio.agent)
    context = await studio.browser.new_context()
    await context.add_cookies([{"name": COOKIE, "value": studio.tokens[Role.OWNER], "url": studio.url}])
    page = await context.new_page()
    attack = """
      async ([url, id]) => {
        const tries = [];
        const json = JSON.stringify({notes: 'pwned'});
        for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded'])
          for (const method of ['POST', 'PATCH', 'DELETE'])
            for (const mode of ['no-cors', 'cors'])
              tries.push(fetch(`${url}/api/v1/conversations/${id}`,
                {method, mode, credentials: 'include', headers: {'content-type': type}, body: json})
                .then((r) => r.type === 'opaque' ? 'opaque' : r.status).catch(() => 'refused'));
        tries.push(fetch(`${url}/api/auth/session`, {credentials: 'include'})
          .then((r) => r.text()).catch(() => 'refused'));
        tries.push(new Promise((done) => {
          const socket = new WebSocket(url.replace('http', 'ws') + '/_event/?EIO=4&transport=websocket&token=abc');
          socket.onopen = () => done('open');
          socket.onerror = () => done('refused');
        }));
        return Promise.all(tries);
      }
    """
    await page.route(
        "http://evil.localhost/**", lambda route: route.fulfill(body="<p>evil</p>", content_type="text/html")
    )
    await page.goto("http://evil.localhost/")
    answers = await page.evaluate(attack, [studio.url, str(call.id)])
    await context.close()
    assert answers[-1] == "refused"
    assert answers[-2] == "refused"
    assert set(answers[:-2]) <= {"refused", "opaque"}
    assert (await studio.stored(call)).version == call.version
