"""Integracje in a real browser: a gateway is connected, checked against the sandbox's, changed, exchanged, removed."""

import pytest
from playwright.async_api import Locator, Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.messages import gateways
from sekretarka.domain.messages.models import Failure, SmsGateway
from sekretarka.sandbox.sms import smsapi, twilio
from tests import factories
from tests.e2e.conftest import ALL_LOOKS, Studio, look_over
from tests.support import workspace

pytestmark = pytest.mark.browser

PATH = "/dashboard/settings/integrations"


def card_of(page: Page, vendor: str) -> Locator:
    return page.locator(f"[data-gateway={vendor}]")


async def stored(studio: Studio) -> list[SmsGateway]:
    async with begin(actor.system(studio.organization_id)) as uow:
        return list(await gateways.usable(uow))


async def test_gateway_is_connected_checked_changed_and_removed(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        await look_over(page, "no gateway yet")
        await page.get_by_role("link", name="Połącz SMSAPI").click()
        dialog = page.get_by_role("dialog", name="Połącz SMSAPI")
        await dialog.get_by_label("Token API").fill("wrong-token")
        await dialog.get_by_role("button", name="Połącz", exact=True).click()
        await expect(page.locator("#number-error")).to_contain_text("Wypełnij to pole")
        await look_over(page, "a number is missing")
        await dialog.get_by_label("Numer", exact=True).fill("732 000 300")
        await dialog.get_by_label("Nazwa nadawcy").fill("Lawenda")
        await dialog.get_by_label("Cena jednego SMS-a").fill("0,16")
        await dialog.get_by_role("button", name="Połącz", exact=True).click()
        card = card_of(page, "smsapi")
        await expect(card).to_contain_text("Bramka odrzuca dane dostępowe.")
        await expect(card).to_contain_text("732 000 300")
        await expect(card).to_contain_text("0,16 zł")
        await expect(card).to_contain_text("czeka na zatwierdzenie")
        [gateway] = await stored(studio)
        await expect(card).to_contain_text(f"{studio.url}/api/webhooks/smsapi/{gateway.callback_id}")
        await card.get_by_role("link", name="Zmień").click()
        panel = page.get_by_role("dialog", name="SMSAPI")
        await expect(panel.get_by_label("Token API")).to_have_value("")
        await panel.get_by_label("Token API").fill(smsapi.TOKEN)
        await look_over(page, "the panel")
        # A notice that replaces one that is just leaving goes with it.
        await expect(page.get_by_role("region", name="Powiadomienia").get_by_role("listitem")).to_have_count(0)
        await panel.get_by_role("button", name="Zamień dane dostępowe").click()
        await expect(page.get_by_text("Dane dostępowe są zamienione.")).to_be_visible()
        await panel.get_by_label("Zatwierdzenie nazwy").select_option("approved")
        await panel.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano.")).to_be_visible()
        await panel.get_by_role("button", name="Zamknij").click()
        await expect(card).to_contain_text("zatwierdzona")
        await expect(card).to_contain_text("Połączenie działa.")
        await look_over(page, "one gateway", ALL_LOOKS)
        assert smsapi.TOKEN not in await page.content()
        await card.get_by_role("button", name="Usuń").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Usuń").click()
        await expect(card).to_have_count(0)
    assert await stored(studio) == []
    assert smsapi.TOKEN not in (workspace.folder() / "site.log").read_text()


async def test_second_gateway_takes_the_first_place_and_tells_its_problem(studio: Studio) -> None:
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        first = await factories.add_sms_gateway(uow)
        await gateways.note_problem(uow, first.id, Failure.NO_CREDIT)
    async with studio.open(f"{PATH}?new=twilio", lang="en") as page:
        dialog = page.get_by_role("dialog", name="Connect Twilio")
        await dialog.get_by_label("Account SID").fill("AC1")
        await dialog.get_by_label("Auth Token").fill(twilio.AUTH_TOKEN)
        await dialog.get_by_label("Number", exact=True).fill("+48 732 000 301")
        await dialog.get_by_role("button", name="Connect", exact=True).click()
        await expect(page.locator("#account_sid-error")).to_be_visible()
        await dialog.get_by_label("Account SID").fill(twilio.ACCOUNT_SID)
        await dialog.get_by_role("button", name="Connect", exact=True).click()
        await expect(card_of(page, "twilio")).to_contain_text("The connection works.")
        await expect(card_of(page, "smsapi")).to_contain_text("has run out of credit")
        await expect(page.get_by_role("link", name="Connect SMSAPI")).to_have_count(0)
        await card_of(page, "twilio").get_by_role("button", name="Use this one first").click()
        await expect(card_of(page, "twilio")).to_contain_text("in use")
        await expect(card_of(page, "smsapi")).to_contain_text("spare")
        await look_over(page, "two gateways", ALL_LOOKS)
    assert [gateway.provider for gateway in await stored(studio)] == ["twilio", "smsapi"]


async def test_page_is_for_those_who_run_the_business(studio: Studio) -> None:
    async with studio.open(PATH, Role.VIEWER) as page:
        await expect(page.get_by_text("Ta strona nie jest dla Twojej roli.")).to_be_visible()
