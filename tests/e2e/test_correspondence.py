"""An owner and a client write to each other, from the first SMS to a confirmed appointment, in both languages.

Through worker, gateway and webhook, with the sandbox's page as the client's telephone.
"""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.text.i18n import Language, translate
from sekretarka.domain import event_handlers
from sekretarka.domain.appointments.models import Status
from sekretarka.domain.clients.models import Client
from sekretarka.domain.organizations import days
from tests import factories
from tests.e2e.conftest import ALL_LOOKS, Studio, look_over
from tests.e2e.test_confirmation import plain, status
from tests.e2e.test_messages import unread
from tests.support import axe
from tests.support.sms_gateways import CREDENTIALS

pytestmark = pytest.mark.browser

MESSAGES = "/dashboard/messages"
WITHIN = 20_000
BODY = "Jutro o 10:00: <b>Strzyżenie</b> 🙂"
ANSWER = "Będę z córką, dobrze?"
CONFIRMED = {"pl": "Dziekujemy, wizyta potwierdzona", "en": "Thank you, your appointment is confirmed"}


async def business(studio: Studio, provider: str, lang: Language) -> Client:
    """Services, people and a gateway; its client reads that language."""
    number = f"+48601{uuid4().int % 10**6:06}"
    client_id = (await factories.client(studio.organization_id, number)).id
    await factories.service(studio.organization_id)
    await factories.staff(studio.organization_id)
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        organization = await days.current_organization(uow)
        organization.messaging = {**organization.messaging, "quietFrom": "00:00", "quietTo": "00:00"}
        await factories.add_sms_gateway(uow, provider, credentials=dict(CREDENTIALS[provider]))
        client = await uow.get(Client, client_id)
        client.language = lang
    return client


class Telephone:
    """The client's: the sandbox's page of one number."""

    def __init__(self, page: Page, lang: Language) -> None:
        self.page, self.lang = page, lang
        self.messages = page.frame_locator("iframe")

    async def open(self, url: str, number: str | None) -> None:
        """From the list of all numbers, once something came."""
        thread = self.page.locator(f'a[href$="/{str(number).removeprefix("+")}"]')
        await self.page.goto(f"{url}{await thread.get_attribute('href', timeout=WITHIN)}")

    async def has(self, text: str) -> str:
        """The whole message with this in it, once it came."""
        bubble = self.messages.get_by_text(text)
        await expect(bubble).to_be_visible(timeout=WITHIN)
        return await bubble.text_content() or ""

    async def answer(self, text: str) -> None:
        """Write back."""
        await self.page.get_by_label(translate(self.lang, "sandbox.sms.answer")).fill(text)
        await self.page.get_by_role("button", name=translate(self.lang, "sandbox.sms.send")).click()

    async def look_over(self) -> None:
        """These pages follow the system, they have no switch of their own."""
        looks: tuple[Any, ...] = ALL_LOOKS
        for scheme, size in looks:
            await self.page.emulate_media(color_scheme=scheme)
            await self.page.set_viewport_size(size)
            assert await axe.faults(self.page) == [], (scheme, size)
            assert await self.page.evaluate("document.documentElement.scrollWidth") <= size["width"]


async def writes(page: Page, lang: Language) -> None:
    """What is written in a thread is counted, in plain letters costs less, and is delivered."""
    words = {key: translate(lang, f"messages.{key}") for key in ("text", "plain", "send")}
    text, composer = page.get_by_role("textbox", name=words["text"]), page.get_by_role("form")
    await text.fill("Zażółć gęślą jaźń " * 5)
    await expect(composer).to_contain_text("2 SMS")
    await expect(composer).to_contain_text("0,32" if lang == "pl" else "0.32")
    await look_over(page, lang, ALL_LOOKS)
    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.get_by_role("button", name=words["plain"]).click()
    await expect(composer).to_contain_text("1 SMS")
    await text.press("Enter")
    bubble = page.get_by_role("log").get_by_role("listitem")
    await expect(bubble).to_contain_text("Zazolc gesla jazn")
    await expect(text).to_have_value("")
    await text.fill(BODY)
    await text.press("Enter")
    await expect(bubble.nth(1)).to_contain_text(BODY)
    delivered = bubble.get_by_title(translate(lang, "messages.status.delivered"))
    await expect(delivered).to_have_count(2, timeout=WITHIN)


async def saves_words(page: Page, lang: Language, sms: str) -> None:
    """Of what is sent about a new booking."""
    await page.fill("#sms", sms)
    await page.get_by_role("button", name=translate(lang, "form.save")).click()
    await expect(page.get_by_text(translate(lang, "form.saved"))).to_be_visible()


@pytest.mark.parametrize(("lang", "provider"), [("pl", "smsapi"), ("en", "twilio")])
async def test_owner_and_client_write_until_appointments_are_confirmed(
    studio: Studio, browser: Browser, lang: Language, provider: str
) -> None:
    client = await business(studio, provider, lang)
    event_handlers.register()
    async with (
        studio.open(f"{MESSAGES}?client={client.id}", lang=lang) as page,
        studio.open("/sandbox/sms", role=None, lang=lang) as screen,
    ):
        phone = Telephone(screen, lang)
        await writes(page, lang)
        await page.goto(f"{studio.url}{MESSAGES}")
        await phone.open(studio.url, client.phone)
        await phone.has(BODY)
        await expect(phone.messages.get_by_text(translate(lang, "sandbox.sms.status.delivered"))).to_have_count(2)
        await phone.look_over()
        await phone.answer(ANSWER)
        await phone.has(ANSWER)
        await comes_back(page, lang, client)

        first = await booked(studio, client, "10:00")
        await phone.has("do zobaczenia!" if lang == "pl" else "see you on")
        await phone.answer("Tak!" if lang == "pl" else "Yes!")
        await phone.has(CONFIRMED[lang])
        assert await status(studio, first) is Status.CONFIRMED
        await page.goto(f"{studio.url}/dashboard/appointments?id={first}")
        sheet = page.get_by_role("dialog", name="Anna Kowalska")
        await expect(sheet.get_by_text(translate(lang, "appointment.confirmed"), exact=True)).to_be_visible()
        assert await axe.faults(page) == [], lang

        language = "" if lang == "pl" else "&language=en"
        await page.goto(f"{studio.url}/dashboard/settings/templates?template=confirmation{language}")
        await saves_words(page, lang, "Salon Kreska: {time}. {link}")
        second = await booked(studio, client, "12:00")
        link = re.search(r"/c/[0-9A-Za-z]{22}", await phone.has("Salon Kreska: 12:00."))
        assert link
    async with plain(browser, f"{studio.url}{link[0]}") as page:
        await page.get_by_role("button", name=translate(lang, "confirmation_page.confirm")).click()
        await expect(page.get_by_role("status")).to_contain_text(translate(lang, "confirmation_page.thanks"))
    assert await status(studio, second) is Status.CONFIRMED


async def comes_back(page: Page, lang: Language, client: Client) -> None:
    """The answer counts as unread everywhere until it is read in its thread."""
    entry = page.get_by_role("link", name=translate(lang, "nav.messages")).first
    await expect(entry).to_contain_text(translate(lang, "shell.unread", n=1), timeout=WITHIN)
    assert await unread(client) == 1
    threads = page.get_by_role("list", name=translate(lang, "nav.messages"))
    await threads.get_by_role("link", name="Anna Kowalska").click()
    await expect(page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()
    await expect(entry).not_to_contain_text(translate(lang, "shell.unread", n=1))
    assert await unread(client) == 0


async def booked(studio: Studio, client: Client, wall_time: str) -> UUID:
    """An appointment of the client, as a program would make it."""
    start = factories.at(wall_time)
    row = await factories.appointment(actor.system(studio.organization_id), start, clientPhone=client.phone)
    return row.id
