"""An SMS from end to end: queued here, sent by the worker, read and answered in the sandbox, and back again."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.messages import sending
from sekretarka.domain.messages.models import Channel, Message
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.domain.organizations import days
from tests import factories
from tests.e2e.conftest import ALL_LOOKS, Studio
from tests.support import axe
from tests.support.sms_gateways import CREDENTIALS

pytestmark = pytest.mark.browser

WITHIN = 20_000


@pytest.mark.parametrize("provider", ["smsapi", "twilio"])
async def test_sms_goes_out_and_its_answer_comes_back(studio: Studio, provider: str) -> None:
    number = f"601{uuid4().int % 10**6:06}"
    anna = await factories.client(studio.organization_id, f"+48{number}", "Anna Kowalska")
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        organization = await days.current_organization(uow)
        organization.messaging = {**organization.messaging, "quietFrom": "00:00", "quietTo": "00:00"}
        await factories.add_sms_gateway(uow, provider, credentials=dict(CREDENTIALS[provider]))
        body = "Dzień dobry! Jutro o 10:00: <b>Strzyżenie</b> 🙂"
        sent = await sending.queue(uow, Outgoing(Channel.SMS, f"+48{number}", body, key=uuid4().hex))
    assert isinstance(sent, Message)
    async with studio.open("/sandbox/sms", role=None) as page:
        thread = page.get_by_role("link").filter(has_text="Jutro o 10:00").filter(has_text=number[-3:]).first
        path = await thread.get_attribute("href", timeout=WITHIN)
        await page.goto(f"{studio.url}{path}")
        messages = page.frame_locator("iframe")
        await expect(messages.get_by_text(body)).to_be_visible()
        await expect(messages.get_by_text("dostarczono")).to_be_visible(timeout=WITHIN)
        looks: tuple[Any, ...] = ALL_LOOKS
        for scheme, size in looks:  # these pages follow the system, they have no switch of their own
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size(size)
            assert await axe.faults(page) == [], (scheme, size)
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        await page.get_by_label("Odpisz jako klient").fill("Będę z córką, dobrze?")
        await page.get_by_role("button", name="Wyślij").click()
        await expect(messages.get_by_text("Będę z córką, dobrze?")).to_be_visible()
    async with studio.open(f"/dashboard/messages?client={anna.id}") as page:
        log = page.get_by_role("log")
        await expect(log.get_by_text(body)).to_be_visible()
        await expect(log.get_by_text("Będę z córką, dobrze?")).to_be_visible(timeout=WITHIN)
    assert (await studio.stored(sent)).status == "delivered"
