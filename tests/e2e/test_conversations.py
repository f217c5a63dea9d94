"""Rozmowy in a real browser: a call arrives, its words follow, people find it again and say what became of it."""

import asyncio

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain import event_handlers
from sekretarka.domain.conversations import messages
from sekretarka.domain.conversations.models import Urgency
from tests import calls, factories
from tests.e2e.conftest import LISTEN, PHONE, WIDE, Studio, each_look
from tests.support import axe
from tests.ui import signed_calls as ringing
from tests.ui.signed_calls import Line, past_call

pytestmark = pytest.mark.browser

PATH = "/dashboard/conversations"
BUDGET = 260 * 1024


@pytest.fixture
async def line(studio: Studio) -> Line:
    """The agent's telephone line."""
    connection = await factories.connection(studio.agent)
    return await ringing.of_agent(studio.url, studio.agent, connection)


async def ready(page: Page) -> None:
    """The list has come."""
    await expect(page.locator(".skeleton")).to_have_count(0)


async def test_call_arrives_is_read_and_marked_done(studio: Studio, line: Line) -> None:
    async with studio.open(PATH) as page:
        await expect(page.get_by_text("Nie było jeszcze żadnej rozmowy.")).to_be_visible()
        await page.evaluate(LISTEN)
        await page.evaluate("localStorage.setItem('call-sound', 'on')")
        await page.get_by_role("heading", level=1).click()  # no page may make a sound before it was touched
        await line.ring("call_1", callerName="Zofia Wrona")
        row = page.get_by_role("row").filter(has_text="Zofia Wrona")
        await expect(row).to_contain_text("trwa", timeout=1_000)
        await page.wait_for_function("window.notes === 2", timeout=2_000)
        await page.get_by_role("link", name="Zofia Wrona").click()
        panel = page.get_by_role("dialog", name="Zofia Wrona")
        await expect(panel).to_contain_text("Rozmowa trwa")
        await line.say("call_1", 1, "Dzień dobry, czy jest wolny termin?")
        await expect(panel.get_by_text("Dzień dobry, czy jest wolny termin?")).to_be_visible(timeout=1_500)
        await line.say("call_1", 2, "Najchętniej w piątek.")
        await expect(panel.get_by_text("Najchętniej w piątek.")).to_be_visible(timeout=1_500)
        assert await page.evaluate("window.notes") == 2, "what is said in a call is no new call"
        await panel.get_by_role("link", name="Podsumowanie").click()
        await panel.get_by_label("Wynik").select_option("message")
        await panel.get_by_label("Działanie").select_option("open")
        await panel.get_by_label("Pilność").select_option("high")
        await panel.get_by_label("Notatki").fill("Oddzwonić w piątek")
        await panel.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(panel).to_have_count(0)
        await expect(row).to_contain_text("pilne")
        await page.reload()
        await page.get_by_role("link", name="Zofia Wrona").click()
        await page.get_by_role("dialog").get_by_role("link", name="Podsumowanie").click()
        await expect(page.get_by_label("Notatki")).to_have_value("Oddzwonić w piątek")


async def test_a_long_call_is_read_back_while_it_goes_on(studio: Studio, line: Line) -> None:
    await line.ring("call_1", callerName="Zofia Wrona")
    segments = [calls.line(number, f"Zdanie {number}.") for number in range(450)]
    await line.deliver(calls.event("transcript_updated", studio.agent.id, "call_1", segments=segments))
    async with studio.open(PATH) as page:
        await page.get_by_role("link", name="Zofia Wrona").click()
        panel = page.get_by_role("dialog", name="Zofia Wrona")
        lines, earlier = panel.get_by_role("listitem"), panel.get_by_role("button", name="Pokaż wcześniejsze")
        await expect(lines).to_have_count(200)
        await earlier.click()
        await expect(lines).to_have_count(400)
        await line.say("call_1", 450, "Zdanie ostatnie.")
        await expect(lines).to_have_count(401)
        await expect(lines.last).to_contain_text("Zdanie ostatnie.")
        await earlier.click()
        await expect(lines).to_have_count(451)
        await expect(lines.first).to_contain_text("Zdanie 0.")
        await expect(earlier).to_have_count(0)


async def test_filters_and_the_open_call_are_in_the_address(studio: Studio) -> None:
    await past_call(studio.organization_id, studio.agent)
    async with studio.open(PATH) as page:
        await page.get_by_label("Filtruj według wyniku").select_option("spam")
        await page.wait_for_url("**?outcome=spam")
        await expect(page.get_by_text("Żadna rozmowa nie pasuje do filtrów.")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_role("link", name="Łucja Żak")).to_be_visible()
        await expect(page.get_by_label("Filtruj według wyniku")).to_have_value("")
        search = page.get_by_role("searchbox")
        await search.press_sequentially("KERATYNE", delay=20)
        await page.wait_for_url("**?search=KERATYNE")
        await expect(search).to_be_focused()
        await page.get_by_role("link", name="Łucja Żak").click()
        await page.wait_for_url("**&id=*")
        await page.reload()
        panel = page.get_by_role("dialog", name="Łucja Żak")
        await expect(panel.get_by_text("Ile kosztuje keratyna?")).to_be_visible()
        await page.go_back()
        await expect(panel).to_have_count(0)
        await expect(search).to_have_value("KERATYNE")
        await page.get_by_role("link", name="Wyczyść filtry").click()
        await expect(search).to_have_value("")
        await expect(page).to_have_url(f"{studio.url}{PATH}")


async def test_old_rows_stay_until_new_ones_load_and_open_with_the_new_filter(studio: Studio) -> None:
    await past_call(studio.organization_id, studio.agent)
    async with studio.open("/dashboard") as page:
        await page.route_web_socket("**/_event/**", _slowly)
        await page.goto(f"{studio.url}{PATH}")
        await ready(page)
        await page.evaluate(
            "new MutationObserver(() => { window.blank ||= !document.querySelector('tbody a'); })"
            ".observe(document.body, {childList: true, subtree: true})"
        )
        rows = page.locator("#calls")
        await page.get_by_role("searchbox").fill("KERATYNE")
        await page.wait_for_url("**?search=KERATYNE")
        await expect(rows).to_have_attribute("aria-busy", "true")
        await page.get_by_role("link", name="Łucja Żak").click()
        await page.wait_for_url("**?search=KERATYNE&id=*")
        await expect(page.get_by_role("dialog", name="Łucja Żak")).to_be_visible()
        await expect(rows).to_have_attribute("aria-busy", "false")
        assert not await page.evaluate("window.blank")


def _slowly(socket: WebSocketRoute) -> None:
    """Half a second on the way to the page."""
    server = socket.connect_to_server()
    server.on_message(lambda message: asyncio.get_running_loop().call_later(0.5, socket.send, message))


async def test_closing_returns_the_focus_to_the_row(studio: Studio) -> None:
    await past_call(studio.organization_id, studio.agent)
    async with studio.open(PATH) as page:
        row = page.get_by_role("link", name="Łucja Żak")
        await row.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(row).to_be_focused()


async def test_rows_do_not_move_under_the_pointer(studio: Studio, line: Line) -> None:
    for number in range(3):
        await past_call(studio.organization_id, studio.agent, f"past_{number}")
    async with studio.open(PATH) as page:
        await ready(page)
        rows = page.locator("tbody tr")
        await rows.nth(1).hover()
        await line.ring("call_1", callerName="Zofia Wrona")
        await expect(page.get_by_text("1 rozmowa")).to_be_visible()
        await expect(rows).to_have_count(3)
        await page.mouse.move(5, 5)
        await expect(rows).to_have_count(4)
        await expect(rows.first).to_contain_text("Zofia Wrona")


async def test_a_viewer_reads_and_cannot_write(studio: Studio) -> None:
    call = await past_call(studio.organization_id, studio.agent)
    async with studio.open(f"{PATH}?id={call.id}&tab=summary", role=Role.VIEWER) as page:
        await expect(page.get_by_label("Notatki")).to_be_disabled()
        await expect(page.get_by_role("button", name="Zapisz")).to_have_count(0)
        event_handlers.register()
        async with begin(actor.system(studio.organization_id), write=True) as uow:
            await messages.leave(uow, call.id, "Proszę oddzwonić", Urgency.NORMAL)
        await page.goto(f"{studio.url}/dashboard")
        await expect(page.get_by_role("link", name="Oddzwoń: Łucja Żak")).to_be_visible()
        await expect(page.get_by_role("button", name="Oznacz jako załatwione")).to_have_count(0)


async def test_unknown_call_shows_a_message(studio: Studio) -> None:
    elsewhere = await factories.organization(name="Warsztat Kowalski")
    foreign = await past_call(elsewhere.id)
    async with studio.open(f"{PATH}?id={foreign.id}") as page:
        await expect(page.get_by_role("dialog", name="Nie ma takiej rozmowy")).to_be_visible()
        await page.get_by_role("button", name="Zamknij").click()
        await expect(page).to_have_url(f"{studio.url}{PATH}")


@pytest.mark.parametrize(("theme", "lang"), [("light", "pl"), ("dark", "en")])
async def test_passes_axe(studio: Studio, theme: str, lang: str) -> None:
    call = await past_call(studio.organization_id, studio.agent)
    for query in ("", "?search=zzz", f"?id={call.id}", f"?id={call.id}&tab=summary", f"?id={call.id}&tab=analysis"):
        async with studio.open(f"{PATH}{query}", lang=lang, color_scheme=theme) as page:
            await ready(page)
            async for look in each_look(page, ((theme, WIDE), (theme, PHONE))):
                assert await axe.faults(page) == [], (query, look)


async def test_no_horizontal_scrolling_on_a_phone(studio: Studio) -> None:
    call = await past_call(studio.organization_id, studio.agent)
    for query in ("", f"?id={call.id}", f"?id={call.id}&tab=analysis"):
        async with studio.open(f"{PATH}{query}", viewport=PHONE) as page:
            await ready(page)
            for width in (320, 390, 768):
                await page.set_viewport_size({"width": width, "height": 800})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (query, width)


async def test_scripts_stay_within_their_budget(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        await ready(page)
        size = await page.evaluate(
            "performance.getEntriesByType('resource').filter((one) => new URL(one.name).pathname.endsWith('.js'))"
            ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
        )
        assert 50 * 1024 < size <= BUDGET
