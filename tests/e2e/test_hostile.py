"""What callers and colleagues write stays text: nothing of it runs, loads or leaves the page (SECURITY.md T5, T13)."""

from typing import Any

import pytest
from playwright.async_api import Page, Request, Route

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.permissions import Role
from sekretarka.core.scope import open_scope
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.intake import CallEvent
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.conversations.schemas import ConversationPatch, FollowUpPatch
from tests import calls, make
from tests.e2e.conftest import COOKIE, Studio

pytestmark = pytest.mark.browser

CANARY = "https://canary.invalid/"
PAYLOADS = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    f"<img src={CANARY}i>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    '"><script>window.pwned=1</script>',
    "'-window.pwned-'",
    "</title><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    "<iframe src=javascript:parent.pwned=1>",
    "<a href=javascript:window.pwned=1>x</a>",
    "[x](javascript:window.pwned=1)",
    f"![x]({CANARY}m)",
    "<style>@import url(https://canary.invalid/s)</style>",
    f"<link rel=stylesheet href={CANARY}l>",
    f"<object data={CANARY}o></object>",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<input autofocus onfocus=window.pwned=1>",
    "<math><mtext><script>window.pwned=1</script></mtext></math>",
    "<base href=https://canary.invalid/>",
    "<form action=https://canary.invalid/><button>x</button></form>",
    "${window.pwned=1}",
    "{{constructor.constructor('window.pwned=1')()}}",
    "`+window.pwned+`",
    "</script><script>window.pwned=1</script>",
    "<!--<script>window.pwned=1</script>-->",
    "javascript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "\\u003cscript\\u003ewindow.pwned=1\\u003c/script\\u003e",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "{n} {name} {id}",
    "__proto__",
    "<b>zażółć</b> 🙂 \u200d",
]


async def call_of(agent: Agent, call_id: str, payload: str, *said: str) -> Conversation:
    """A call in which everything that anybody may write is the payload, and `said` was said."""
    lines = [calls.line(number, text) for number, text in enumerate(said)]
    told: dict[str, Any] = {"callerName": payload[:120], "intent": payload[:120], "endedReason": payload[:120]}
    told |= {"summary": "\n".join([payload, *said]), "topics": [text[:120] for text in (payload, *said)]}
    event = calls.event("call_ended", agent.id, call_id, segments=lines, **told)
    async with open_scope(actor.endpoint(agent.organization_id), write=True) as scope:
        row, _ = await conversations.apply(scope, CallEvent.model_validate(event), call_id)
    return row


async def annotate(person: Actor, call: Conversation, note: str) -> None:
    """What a colleague adds to it."""
    follow_up = FollowUpPatch.model_validate({"state": "open", "urgency": "high", "note": note[:2_000]})
    async with open_scope(person, write=True) as scope:
        await conversations.update(scope, call.id, ConversationPatch(notes=note, follow_up=follow_up))


async def watch(page: Page) -> list[str]:
    """Dialogs and requests to other hosts, as they happen."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: seen.append(f"dialog {dialog.message}"))

    async def stop(route: Route, request: Request) -> None:
        seen.append(request.url)
        await route.abort()

    await page.route("**/canary.invalid/**", stop)
    return seen


async def test_no_text_of_anybody_runs(studio: Studio) -> None:
    person = await make.member(studio.organization_id, Role.STAFF)
    for number, payload in enumerate(PAYLOADS):
        await annotate(person, await call_of(studio.agent, f"call_{number}", payload), payload)
    whole = await call_of(studio.agent, "call_whole", "Kanarek", *PAYLOADS)
    await annotate(person, whole, "\n".join(PAYLOADS))
    async with studio.visit("/dashboard/conversations") as page:
        seen = await watch(page)
        listed = ""
        for address, row in (("conversations", "tbody tr"), ("conversations?page=2", "tbody tr"), ("", "main li")):
            await page.goto(f"{studio.url}/dashboard/{address}")
            await page.locator(row).first.wait_for()
            listed += await page.locator("main").inner_text()
        assert [payload for payload in PAYLOADS if payload.strip() not in listed] == []
        for tab in ("transcript", "summary", "analysis"):
            await page.goto(f"{studio.url}/dashboard/conversations?id={whole.id}&tab={tab}")
            sheet = page.get_by_role("dialog", name="Kanarek")
            await sheet.get_by_text("__proto__").first.wait_for()
            told = await sheet.inner_text()
            assert [payload for payload in PAYLOADS if payload.strip() not in told] == [], tab
        assert await page.evaluate("window.pwned") is None
        assert seen == []


async def test_names_of_agents_are_text_as_well(studio: Studio) -> None:
    for payload in PAYLOADS:
        await make.agent(studio.organization_id, name=payload[:80], greeting=payload)
    async with studio.visit("/dashboard/agents") as page:
        seen = await watch(page)
        for payload in PAYLOADS:
            await page.get_by_text(payload[:80].strip(), exact=False).first.wait_for()
        assert await page.evaluate("window.pwned") is None
        assert seen == []


async def test_a_page_of_another_site_cannot_act_for_us(studio: Studio) -> None:
    """Forms, fetches, images and a websocket from elsewhere, with the victim's cookie in the browser."""
    call = await call_of(studio.agent, "call_1", "x")
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
