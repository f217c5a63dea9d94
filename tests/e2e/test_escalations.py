"""Urgent calls as people meet them: the list in the settings, the call that waits, and who took it."""

from typing import Any

import pytest
from playwright.async_api import expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.core.text.i18n import Language, translate
from sekretarka.domain import event_handlers
from sekretarka.domain.accounts import sessions
from sekretarka.domain.conversations import messages
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Urgency
from sekretarka.domain.escalations import service as escalations
from sekretarka.domain.organizations import days
from tests import factories
from tests.e2e.conftest import ALL_LOOKS, Studio, look_over
from tests.support.sms_gateways import CREDENTIALS

pytestmark = pytest.mark.browser

SETTINGS, CALLS = "/dashboard/settings/notifications", "/dashboard/conversations"


async def urgent_call(studio: Studio) -> Conversation:
    """Somebody leaves a message that cannot wait."""
    event_handlers.register()
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        call = await conversations.get_or_create_for_call(uow, studio.agent.id, "call_urgent")
        call.caller_name, call.caller_number = "Łucja Żak", "+48601000111"
        await messages.leave(uow, call.id, "Cieknie woda w salonie", Urgency.HIGH)
        return call


@pytest.mark.parametrize("lang", ["pl", "en"])
async def test_urgent_call_is_told_to_the_list_and_taken(studio: Studio, lang: Language) -> None:
    def said(key: str, **values: str) -> str:
        return translate(lang, key, **values)

    known: dict[str, Any] = {"name": "Beata Kos", "phone": "+48601000702", "email_verified_at": clock.now()}
    await factories.member(studio.organization_id, Role.STAFF, **known)
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        await factories.add_sms_gateway(uow, credentials=dict(CREDENTIALS["smsapi"]))
    async with studio.open(SETTINGS, lang=lang) as page:
        form = page.locator('form[data-form="escalation"]')
        await form.get_by_label(said("ladder.first")).select_option(label="Beata Kos")
        await form.get_by_label(said("ladder.minutes")).fill("3")
        await look_over(page, lang, ALL_LOOKS)
        await form.get_by_role("button", name=said("form.save")).click()
        await expect(page.get_by_text(said("form.saved"))).to_be_visible()
        call = await urgent_call(studio)
        await page.goto(f"{studio.url}{CALLS}?id={call.id}&tab=summary")
        panel = page.get_by_role("dialog", name="Łucja Żak")
        await expect(panel.get_by_text(said("escalation.open"))).to_be_visible()
        await expect(panel.get_by_text(said("escalation.step.sms", who="Beata Kos"))).to_be_visible()
        await look_over(page, lang, ALL_LOOKS)
        await panel.get_by_role("button", name=said("escalation.take")).click()
        await expect(panel.get_by_text(said("escalation.open"))).to_have_count(0)
        history = panel.get_by_role("list", name=said("escalation.history"))
        await expect(history.get_by_role("listitem")).to_have_count(2)


async def test_opening_the_call_takes_it(studio: Studio) -> None:
    known: dict[str, Any] = {"phone": "+48601000702", "email_verified_at": clock.now()}
    colleague = await factories.member(studio.organization_id, Role.ADMIN, **known)
    assert colleague.user_id is not None
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        _, studio.tokens[Role.ADMIN] = sessions.start(uow, colleague.user_id, studio.organization_id, None)
        organization = await days.current_organization(uow)
        organization.escalation = {"userIds": [str(colleague.user_id)], "minutes": 5}
        await factories.add_sms_gateway(uow, credentials=dict(CREDENTIALS["smsapi"]))
    call = await urgent_call(studio)
    async with studio.open(f"{CALLS}?id={call.id}&tab=summary", Role.VIEWER) as page:
        panel = page.get_by_role("dialog", name="Łucja Żak")
        await expect(panel.get_by_text("Czekamy, aż ktoś się tym zajmie")).to_be_visible()
        await expect(panel.get_by_role("button", name="Zajmę się tym")).to_have_count(0)
    async with studio.open(f"{CALLS}?id={call.id}&tab=summary", Role.ADMIN) as page:
        panel = page.get_by_role("dialog", name="Łucja Żak")
        await expect(panel.get_by_text("rozmowa otwarta")).to_be_visible()
    async with begin(actor.system(studio.organization_id)) as uow:
        assert (await escalations.get(uow, call.id)).acknowledged_by == "opened"
