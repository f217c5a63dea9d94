"""Agenci in a real browser: edited, connected, tested, switched, created and deleted; and by whom not."""

import json
import time
from uuid import uuid4

import httpx2
import pytest
from playwright.async_api import Locator, Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import crypto
from sekretarka.core.web import standard_webhooks
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import AgentStatus
from sekretarka.domain.agents.schemas import AgentPatch
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.schemas import ConversationFilter, TranscriptQuery
from tests import factories
from tests.e2e.conftest import PHONE, Studio, look_over
from tests.support import axe

pytestmark = pytest.mark.browser

PATH = "/dashboard/agents"
TABS = ("voice", "greeting", "knowledge", "permissions", "connection")


def at(studio: Studio, tab: str) -> str:
    return f"{PATH}?agent={studio.agent.id}&tab={tab}"


def card(page: Page) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", level=2))


async def saved(page: Page, text: str = "Zapisano.") -> None:
    await expect(page.get_by_text(text)).to_be_visible()


async def test_edits_are_saved_shown_and_persist(studio: Studio) -> None:
    async with studio.open(at(studio, "voice")) as page:
        save = page.get_by_role("button", name="Zapisz")
        await expect(save).to_be_disabled()
        await page.fill("#name", "Zofia")
        await expect(page.get_by_text("Niezapisane zmiany")).to_be_visible()
        await page.fill("#phoneNumber", "601 000 111")
        await page.select_option("#tone", "warm")
        await save.click()
        await saved(page)
        await expect(page.get_by_text("Niezapisane zmiany")).to_have_count(0)
        await expect(card(page)).to_contain_text("Zofia")
        await expect(card(page)).to_contain_text("601 000 111")
        await page.reload()
        await expect(page.locator("#name")).to_have_value("Zofia")
        await expect(page.locator("#tone")).to_have_value("warm")
    row = await studio.stored(studio.agent)
    assert (row.name, row.phone_number, row.personality_traits) == ("Zofia", "+48601000111", {"tone": "warm"})


@pytest.mark.parametrize(
    ("lang", "empty", "number", "action"),
    [
        ("pl", "Wypełnij to pole.", "To nie wygląda na numer telefonu.", "Zapisz"),
        ("en", "Fill in this field.", "This does not look like a phone number.", "Save"),
    ],
)
async def test_invalid_input_is_shown_at_its_field(
    studio: Studio, lang: str, empty: str, number: str, action: str
) -> None:
    async with studio.open(at(studio, "voice"), lang=lang) as page:
        await page.fill("#name", "  ")
        await page.fill("#phoneNumber", "12")
        await page.get_by_role("button", name=action).click()
        await expect(page.locator("#name-error")).to_have_text(empty)
        await expect(page.locator("#phoneNumber-error")).to_have_text(number)
        await expect(page.locator("#name")).to_be_focused()
        await expect(page.locator("#phoneNumber")).to_have_value("12")
        assert await axe.faults(page) == []
    row = await studio.stored(studio.agent)
    assert (row.name, row.phone_number, row.version) == ("Ola", "+48221000200", studio.agent.version)


async def test_knowledge_errors_are_shown_at_their_row(studio: Studio) -> None:
    async with studio.open(at(studio, "knowledge")) as page:
        await page.get_by_role("button", name="Dodaj fakt").click()
        await page.keyboard.type("Parking jest od podwórza.")
        await page.get_by_role("button", name="Dodaj fakt").click()
        await page.get_by_role("button", name="Dodaj pytanie").click()
        await page.keyboard.type("Czy można płacić kartą?")
        await page.get_by_role("button", name="Zapisz").click()
        answer = page.get_by_label("Odpowiedź")
        await expect(answer).to_have_attribute("aria-invalid", "true")
        await expect(answer).to_be_focused()
        await page.keyboard.type("Tak.")
        await page.get_by_role("button", name="Zapisz").click()
        await saved(page)
        await expect(page.get_by_role("textbox", name="Fakt 1")).to_have_value("Parking jest od podwórza.")
        await expect(page.get_by_role("textbox", name="Fakt 2")).to_have_count(0)
    faq = [{"question": "Czy można płacić kartą?", "answer": "Tak."}]
    assert (await studio.stored(studio.agent)).knowledge_base == {"facts": ["Parking jest od podwórza."], "faq": faq}


async def test_permissions_are_switches(studio: Studio) -> None:
    async with studio.open(at(studio, "permissions")) as page:
        await page.get_by_role("switch", name="Umawia wizyty").check()
        await page.get_by_role("switch", name="Odpowiada na pytania").check()
        await page.get_by_role("button", name="Zapisz").click()
        await saved(page)
    assert (await studio.stored(studio.agent)).capabilities == ["book", "answer"]


async def test_leaving_with_unsaved_changes_asks_first(studio: Studio) -> None:
    async with studio.open(at(studio, "greeting")) as page:
        await page.fill("#greeting", "Halo.")
        await page.get_by_role("link", name="Wiedza").click()
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("Masz niezapisane zmiany")
        assert await axe.faults(page) == []
        await dialog.get_by_role("button", name="Wróć do edycji").click()
        await expect(page.locator("#greeting")).to_have_value("Halo.")
        await page.get_by_role("button", name="Cofnij zmiany").click()
        await expect(page.locator("#greeting")).to_have_value("Dzień dobry, tu Ola.")
        await page.fill("#greeting", "Halo.")
        await page.get_by_role("link", name="Wiedza").click()
        await dialog.get_by_role("button", name="Porzuć zmiany").click()
        await expect(page.get_by_role("heading", name="Fakty")).to_be_visible()
    assert (await studio.stored(studio.agent)).greeting == "Dzień dobry, tu Ola."


async def test_secret_is_revealed_on_request_and_rotates_with_overlap(studio: Studio) -> None:
    connection = await factories.connection(studio.agent)
    before = crypto.decrypt(connection.secret)
    async with studio.open(at(studio, "connection")) as page:
        secret_field = page.locator("[data-secret]")
        await expect(secret_field).to_have_attribute("data-secret", "hidden")
        assert before not in await page.content()
        await page.get_by_role("button", name="Pokaż").click()
        await expect(secret_field).to_have_text(before)
        await page.get_by_role("button", name="Ukryj").click()
        await expect(secret_field).to_have_attribute("data-secret", "hidden")
        await page.get_by_role("button", name="Zmień sekret").click()
        dialog = page.locator("[role=dialog], [role=alertdialog]")
        await expect(dialog).to_contain_text("24 godziny")
        await expect(dialog).to_contain_text("Ola")
        await dialog.get_by_role("button", name="Zmień sekret").click()
        await saved(page, "Nowy sekret działa od teraz.")
        await expect(secret_field).to_have_attribute("data-secret", "shown")
        after = await secret_field.text_content()
        await expect(page.get_by_text("Poprzedni sekret działa do")).to_be_visible()
    endpoint = await connections.find_endpoint(connection.id)
    assert endpoint.secrets == (after, before)
    assert after != before


async def test_the_endpoint_is_copied(studio: Studio) -> None:
    connection = await factories.connection(studio.agent)
    async with studio.open(at(studio, "connection"), permissions=["clipboard-read", "clipboard-write"]) as page:
        await page.get_by_role("button", name="Kopiuj adres").click()
        await expect(page.get_by_text("Skopiowano")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{studio.url}/api/webhooks/ai-service/{connection.id}"


async def test_test_button_makes_a_real_call(studio: Studio) -> None:
    async with studio.open(at(studio, "connection")) as page:
        await expect(page.get_by_text("Nic jeszcze nie przyszło.")).to_be_visible()
        await page.get_by_role("button", name="Sprawdź połączenie").click()
        await expect(page.locator("[data-step=shown]")).to_have_attribute("data-state", "ok", timeout=15_000)
        steps = page.locator("[data-step]")
        assert [await step.get_attribute("data-state") for step in await steps.all()] == ["ok"] * 4
        await expect(steps.first).to_contain_text("200")
        await expect(page.get_by_text("przyjęte")).to_have_count(3)
        await expect(page.get_by_text("próba", exact=True)).to_have_count(3)
        await expect(page.get_by_text("Twój adres działa.")).to_be_visible()
        await expect(page.get_by_text("Połączony", exact=True)).to_have_count(0)
        await expect(page.get_by_text("Czeka na połączenie").first).to_be_visible()
        link = await page.get_by_role("link", name="Otwórz rozmowę").get_attribute("href")
        assert await axe.faults(page) == []
    async with begin(actor.system(studio.organization_id)) as uow:
        rows = await uow.list(await conversations.query(uow, ConversationFilter(agent_id=studio.agent.id)))
        lines = (await conversations.transcript(uow, rows[0].id, TranscriptQuery())).rows
    assert [(row.call_id[:5], row.status, row.caller_name) for row in rows] == [
        ("test_", "completed", "Próba połączenia")
    ]
    assert [line.speaker for line in lines] == ["agent", "caller"]
    assert link == f"/dashboard/conversations?id={rows[0].id}"


async def test_changes_without_a_live_event_appear_by_themselves(studio: Studio) -> None:
    connection = await factories.connection(studio.agent)
    address = f"{studio.url}/api/webhooks/ai-service/{connection.id}"
    body, stamp = json.dumps({"type": "fax_received", "data": {}}).encode(), int(time.time())
    async with studio.open(at(studio, "connection")) as page, httpx2.AsyncClient() as client:
        await expect(page.get_by_text("Nic jeszcze nie przyszło.")).to_be_visible()
        headers = {"webhook-id": uuid4().hex, "webhook-timestamp": str(stamp)}
        signature = standard_webhooks.sign(crypto.decrypt(connection.secret), headers["webhook-id"], stamp, body)
        good = await client.post(address, content=body, headers={**headers, "webhook-signature": signature})
        assert good.status_code == 200
        await expect(page.get_by_text("fax_received")).to_be_visible(timeout=15_000)
        await expect(page.get_by_text("pominięte")).to_be_visible(timeout=15_000)
        forged = await client.post(address, content=body, headers={**headers, "webhook-signature": "v1,forged"})
        assert forged.status_code == 400
        await expect(page.get_by_text("Odrzucono 1 zdarzenie")).to_be_visible(timeout=15_000)


async def test_switch_reacts_at_once_and_persists(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        switch = page.get_by_role("switch", name="Ola odbiera telefon")
        await expect(switch).not_to_be_checked()
        await switch.click()
        await expect(switch).to_be_checked()
        await saved(page, "Ola odbiera telefon.")
        assert (await studio.stored(studio.agent)).status is AgentStatus.ACTIVE
        await switch.click()
        await saved(page, "Ola odpoczywa.")
        assert (await studio.stored(studio.agent)).status is AgentStatus.INACTIVE


async def test_agent_is_created_and_deleted(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        await page.get_by_role("link", name="Nowy agent").click()
        dialog = page.get_by_role("dialog")
        await expect(page.locator("#name")).to_be_focused()
        await page.fill("#phoneNumber", "12")
        await dialog.get_by_role("button", name="Utwórz agenta").click()
        await expect(page.locator("#name-error")).to_have_text("Wypełnij to pole.")
        await page.fill("#name", "Emma")
        await page.fill("#phoneNumber", "")
        await dialog.get_by_role("button", name="Utwórz agenta").click()
        await page.wait_for_url("**?agent=*&tab=connection")
        await expect(page.get_by_role("heading", name="Sekret podpisu")).to_be_visible()
        await page.get_by_role("button", name="Usuń agenta").click()
        dialog = page.locator("[role=dialog], [role=alertdialog]")
        await expect(dialog).to_contain_text("Emma")
        await dialog.get_by_role("button", name="Usuń agenta").click()
        await saved(page, "Usunięto agenta Emma.")
        await page.wait_for_url(f"**{PATH}")
        await expect(card(page)).to_have_count(1)
    async with begin(actor.system(studio.organization_id)) as uow:
        assert [agent.name for agent in await agents.find(uow)] == ["Ola"]


async def test_an_agent_that_is_off_shows_what_it_tells_callers(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        await expect(card(page)).to_contain_text("prosi, by zadzwonić później")
        patch = AgentPatch(knowledge_base={"transferRules": [{"name": "Recepcja", "phone": "+48221234567"}]})
        async with begin(await factories.member(studio.organization_id), write=True) as uow:
            await agents.update(uow, studio.agent.id, patch)
        await page.reload()
        await expect(card(page)).to_contain_text("podaje numer 22 123 45 67")


async def test_page_without_agents_offers_to_create_one(studio: Studio) -> None:
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        await agents.delete(uow, studio.agent.id)
    async with studio.open(PATH) as page:
        await expect(page.get_by_text("Nie masz jeszcze agenta")).to_be_visible()
        await page.get_by_role("link", name="Nowy agent").click()
        await expect(page.get_by_role("dialog")).to_be_visible()


async def test_a_viewer_reads_and_changes_nothing(studio: Studio) -> None:
    secret = crypto.decrypt((await factories.connection(studio.agent)).secret)
    async with studio.open(at(studio, "voice"), Role.VIEWER) as page:
        await expect(page.locator("#name")).to_be_disabled()
        await expect(page.locator("#name")).to_have_value("Ola")
        await expect(page.get_by_text("Możesz to czytać.")).to_be_visible()
        await expect(page.get_by_role("switch", name="Ola odbiera telefon")).to_be_disabled()
        for name in ("Zapisz", "Usuń agenta"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)
        await expect(page.get_by_role("link", name="Nowy agent")).to_have_count(0)
        await page.get_by_role("link", name="Połączenie").click()
        await expect(page.get_by_role("heading", name="Ostatnie zdarzenia")).to_be_visible()
        for name in ("Pokaż", "Zmień sekret", "Sprawdź połączenie"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)
        assert secret not in await page.content()


async def test_passes_axe_without_horizontal_scrolling(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        for path in (PATH, *(at(studio, tab) for tab in TABS)):
            await page.goto(f"{studio.url}{path}")
            await expect(card(page)).to_have_count(1)
            await expect(page.locator(".skeleton")).to_have_count(0)
            await look_over(page, path)


async def test_current_tab_is_in_view_on_a_phone(studio: Studio) -> None:
    async with studio.open(at(studio, TABS[0]), viewport=PHONE) as page:
        for tab in TABS:
            await page.goto(f"{studio.url}{at(studio, tab)}")
            tabs = page.get_by_role("navigation", name="Części ustawień agenta")
            await expect(tabs.locator("[aria-current=page]"), tab).to_be_in_viewport()
