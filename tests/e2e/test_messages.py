"""Wiadomości in a real browser: threads beside messages, alive, by keyboard, on a phone and in both languages."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.text.i18n import Language, translate
from sekretarka.domain.clients.models import Client
from sekretarka.domain.messages.models import Message, MessageStatus, MessageThread
from sekretarka.domain.organizations import days
from tests import factories
from tests.e2e.conftest import ALL_LOOKS, PHONE, Studio, look_over
from tests.support.sms_gateways import CREDENTIALS

pytestmark = pytest.mark.browser

PATH = "/dashboard/messages"
# The site is another process: without Redis it looks every five seconds for what a test writes.
NEWS = 10_000


async def ready(page: Page) -> None:
    """The page has loaded."""
    await expect(page.locator(".skeleton")).to_have_count(0)


async def changed(message: Message, **values: Any) -> None:
    """As if a gateway had said so."""
    async with begin(actor.system(message.organization_id), write=True) as uow:
        row = await uow.get(Message, message.id, lock=True)
        for name, value in values.items():
            setattr(row, name, value)


async def unread(client: Client) -> int:
    async with begin(actor.system(client.organization_id)) as uow:
        return (await uow.get(MessageThread, client.id)).unread_count


async def everything(studio: Studio) -> Client:
    """A thread with a message of each kind, and another one that nobody has read."""
    anna = await factories.client(studio.organization_id)
    await factories.client(studio.organization_id, "+48601000222", "Łucja Żółć")
    of_call: dict[str, Any] = {"to": None, "direction": "inbound", "from": anna.phone}
    await factories.message(studio.organization_id, channel="voice", body="Proszę o telefon.", **of_call)
    await factories.message(studio.organization_id, channel="chat", body="Jest ktoś?", **of_call)
    email = await factories.message(
        studio.organization_id, channel="email", to="anna@poczta.example", subject="Wizyta", body="Dzień dobry.\n" * 80
    )
    await changed(email, client_id=anna.id)
    for status in MessageStatus:
        sms = await factories.message(studio.organization_id, body=f"Status: {status}")
        await changed(sms, status=status)
    await factories.reply(studio.organization_id, "+48601000222", body="Czy mogę o 15?")
    return anna


async def test_message_arrives_is_read_and_marked_again(studio: Studio) -> None:
    anna = await factories.client(studio.organization_id)
    async with studio.open(PATH) as page:
        await expect(page.get_by_text("Nie ma jeszcze żadnych wiadomości.")).to_be_visible()
        await factories.reply(studio.organization_id, body="Spóźnię się 10 minut")
        entry = page.get_by_role("link", name="Wiadomości")
        await expect(entry.first).to_contain_text("1 nieprzeczytana", timeout=NEWS)
        await page.get_by_role("list", name="Wiadomości").get_by_role("link", name="Anna Kowalska").click()
        await page.wait_for_url(f"**?client={anna.id}")
        log = page.get_by_role("log")
        await expect(log.get_by_text("Spóźnię się 10 minut")).to_be_visible()
        await expect(entry.first).not_to_contain_text("nieprzeczytan")
        assert await unread(anna) == 0
        await factories.reply(studio.organization_id, body="Już jadę")
        await expect(log.get_by_text("Już jadę")).to_be_visible(timeout=NEWS)
        await expect(log.get_by_role("heading", name="dzisiaj")).to_have_count(1)
        await page.get_by_role("button", name="Oznacz jako nieprzeczytane").click()
        await page.wait_for_url(f"**{PATH}")
        await expect(page.get_by_text("Wybierz klienta z listy.")).to_be_visible()
        assert await unread(anna) == 1
    async with studio.open(f"{PATH}?client={anna.id}", Role.VIEWER) as page:
        await expect(page.get_by_role("log").get_by_text("Już jadę")).to_be_visible()
        await expect(page.get_by_role("button", name="Oznacz jako nieprzeczytane")).to_have_count(0)
        assert await unread(anna) == 1, "a viewer reads for themselves only"


async def test_long_thread_is_read_back_and_stays_where_it_is_read(studio: Studio) -> None:
    anna = await factories.client(studio.organization_id)
    for number in range(60):
        await factories.message(studio.organization_id, body=f"Wiadomość {number:02d}")
    async with studio.open(f"{PATH}?client={anna.id}") as page:
        log = page.get_by_role("log")
        await expect(log.get_by_role("listitem")).to_have_count(50)
        await expect(log.get_by_text("Wiadomość 59")).to_be_in_viewport()
        await log.get_by_role("button", name="Pokaż wcześniejsze").click()
        await expect(log.get_by_role("listitem")).to_have_count(60)
        await expect(log.get_by_text("Wiadomość 10")).to_be_in_viewport()
        before = await log.get_by_text("Wiadomość 10").bounding_box()
        await factories.reply(studio.organization_id, body="Nowa")
        await expect(log.get_by_role("listitem")).to_have_count(61, timeout=NEWS)
        assert await log.get_by_text("Wiadomość 10").bounding_box() == before, "nothing jumps under the reader's eyes"
        await page.get_by_role("button", name="Do najnowszych").click()
        await expect(log.get_by_text("Nowa")).to_be_in_viewport()


async def test_keyboard_goes_through_the_threads(studio: Studio) -> None:
    anna = await everything(studio)
    async with studio.open(PATH) as page:
        threads = page.get_by_role("list", name="Wiadomości").get_by_role("link")
        await threads.first.focus()
        await page.keyboard.press("ArrowDown")
        await expect(threads.nth(1)).to_be_focused()
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**?client={anna.id}")
        await expect(page.get_by_role("log")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.wait_for_url(f"**{PATH}")
        await expect(threads.nth(1)).to_be_focused()
        await page.keyboard.press("g")
        await page.keyboard.press("k")
        await page.wait_for_url("**/dashboard/clients")


async def test_phone_shows_the_list_or_a_thread(studio: Studio) -> None:
    anna = await everything(studio)
    async with studio.open(PATH, viewport=PHONE) as page:
        threads = page.get_by_role("list", name="Wiadomości")
        await threads.get_by_role("link", name="Anna Kowalska").click()
        await expect(page.get_by_role("log").get_by_text("Status: failed")).to_be_visible()
        await expect(threads).to_be_hidden()
        await page.get_by_role("link", name="Wszystkie wiadomości").click()
        await expect(threads).to_be_visible()
        await page.go_back()
        await page.wait_for_url(f"**?client={anna.id}")
        await expect(page.get_by_role("log")).to_be_visible()


async def gateway(studio: Studio) -> None:
    """The sandbox's, which takes and delivers everything."""
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        organization = await days.current_organization(uow)
        organization.messaging = {**organization.messaging, "quietFrom": "00:00", "quietTo": "00:00"}
        await factories.add_sms_gateway(uow, credentials=dict(CREDENTIALS["smsapi"]))


async def test_who_wrote_stop_is_not_written_to(studio: Studio) -> None:
    client = await factories.client(studio.organization_id)
    await gateway(studio)
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        (await uow.get(Client, client.id)).opted_out_at = uow.now
    async with studio.open(f"{PATH}?client={client.id}", viewport=PHONE) as page:
        await expect(page.get_by_text("odpisał STOP")).to_be_visible()
        await expect(page.get_by_role("textbox")).to_have_count(0)
    async with studio.open(f"{PATH}?client={client.id}", Role.VIEWER) as page:
        await expect(page.get_by_role("heading", name="Anna Kowalska")).to_be_visible()
        await ready(page)
        await expect(page.get_by_text("odpisał STOP")).to_have_count(0)
        await expect(page.get_by_role("link", name="Nowa wiadomość")).to_have_count(0)


async def test_new_number_is_written_to(studio: Studio) -> None:
    anna = await factories.client(studio.organization_id)
    await gateway(studio)
    async with studio.open(PATH) as page:
        await page.get_by_role("link", name="Nowa wiadomość").click()
        dialog = page.get_by_role("dialog", name="Nowa wiadomość")
        await dialog.get_by_role("searchbox").fill("kowalska")
        await expect(dialog.get_by_role("link", name="Anna Kowalska")).to_be_visible()
        await look_over(page, "new message", ALL_LOOKS)
        await dialog.get_by_role("link", name="Anna Kowalska").click()
        await page.wait_for_url(f"**?client={anna.id}")
        await expect(dialog).to_have_count(0)
        await page.get_by_role("link", name="Nowa wiadomość").click()
        await dialog.get_by_role("searchbox").fill("601 000 443")
        await dialog.get_by_label("Treść wiadomości").fill("Zapraszamy w sobotę")
        await expect(dialog).to_contain_text("1 SMS")
        await dialog.get_by_role("button", name="Wyślij").click()
        await page.wait_for_url("**?client=*")
        await expect(page.get_by_role("log").get_by_text("Zapraszamy w sobotę")).to_be_visible()
        await expect(page.get_by_role("heading", name="601 000 443")).to_be_visible()


@pytest.mark.parametrize("lang", ["pl", "en"])
async def test_every_kind_of_message_says_what_it_is(studio: Studio, lang: Language) -> None:
    anna = await everything(studio)
    async with studio.open(f"{PATH}?client={anna.id}", lang=lang) as page:
        log = page.get_by_role("log")
        await expect(log.get_by_role("listitem")).to_have_count(3 + len(MessageStatus))
        for status in MessageStatus:
            bubble = log.get_by_role("listitem").filter(has_text=f"Status: {status}")
            await expect(bubble.get_by_title(translate(lang, f"messages.status.{status}"))).to_be_visible()
        await expect(log.get_by_text(translate(lang, "failure.unknown"))).to_be_visible()
        for channel in ("voice", "chat", "email"):
            await expect(log.get_by_text(translate(lang, f"messages.channel.{channel}"))).to_be_visible()
        await log.get_by_role("button", name=translate(lang, "messages.whole")).click()
        await ready(page)
        await look_over(page, lang, ALL_LOOKS)
        await page.get_by_role("link", name=translate(lang, "conversations.client")).click()
        await page.wait_for_url(f"**/dashboard/clients?id={anna.id}")


@pytest.mark.parametrize("query", ["", "?search=qwxyz"])
async def test_list_passes_axe(studio: Studio, query: str) -> None:
    await everything(studio)
    async with studio.open(f"{PATH}{query}", lang="en") as page:
        await ready(page)
        await look_over(page, query, ALL_LOOKS)
