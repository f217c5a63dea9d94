"""Forms in a real browser: nothing that was typed is lost without a question, and nobody's change is set back."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Locator, Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import sessions
from sekretarka.domain.conversations.models import Conversation
from tests import factories
from tests.e2e.conftest import PHONE, WIDE, Studio, each_look, look_over
from tests.support import bookings
from tests.ui import forms
from tests.ui.signed_calls import past_call

pytestmark = pytest.mark.browser

CALLS = "/dashboard/conversations"
ABOVE = "([one, other]) => one.getBoundingClientRect().bottom < other.getBoundingClientRect().top"
SIGNED_OUT = {"organization.new"}  # of users without an organization
FIELDS = (
    "input:not([type=hidden]):not([type=search]):not([type=radio]):not([readonly]):visible:enabled, "
    "textarea:visible:enabled"
)


def question(page: Page) -> Locator:
    """What is asked before unsaved changes are left."""
    return page.get_by_role("alertdialog", name="Masz niezapisane zmiany")


async def open_notes(page: Page, call: Conversation, studio: Studio) -> Locator:
    """The panel of a call, with the form of its notes."""
    await page.goto(f"{studio.url}{CALLS}")
    await page.get_by_role("link", name="Łucja Żak").click()
    panel = page.get_by_role("dialog", name="Łucja Żak")
    await panel.get_by_role("link", name="Podsumowanie").click()
    await expect(panel.get_by_label("Notatki")).to_have_value(call.notes or "")
    return panel


async def colleague(studio: Studio) -> None:
    """Somebody else who may change calls, as the role admin."""
    member = await factories.member(studio.organization_id, Role.ADMIN, name="Beata Kos")
    assert member.user_id is not None
    async with begin(actor.system(), write=True) as uow:
        _, studio.tokens[Role.ADMIN] = sessions.start(uow, member.user_id, studio.organization_id, None)


async def test_older_tab_does_not_set_back_what_another_one_saved(studio: Studio) -> None:
    call = await past_call(studio.organization_id, studio.agent)
    await colleague(studio)
    async with studio.open(CALLS) as older, studio.open(CALLS, Role.ADMIN) as newer:
        own, others = [await open_notes(page, call, studio) for page in (older, newer)]
        await own.get_by_label("Notatki").fill("Dzwoniła dwa razy")
        await others.get_by_label("Działanie").select_option("done")
        await others.get_by_role("button", name="Zapisz").click()
        await expect(newer.get_by_text("Zapisano.")).to_be_visible()
        await own.get_by_role("button", name="Zapisz").click()
        await expect(older.get_by_text("Zapisano.")).to_be_visible()
        stored = await studio.stored(call)
        assert (stored.notes, stored.follow_up_state) == ("Dzwoniła dwa razy", "done")
        # The same field: both values, whose change it was, and a choice.
        await expect(others.get_by_label("Notatki")).to_have_value("Dzwoniła dwa razy")
        await own.get_by_label("Notatki").fill("Dzwoniła trzy razy")
        await own.get_by_label("Pilność").select_option("high")
        await others.get_by_label("Notatki").fill("Oddzwonię ja")
        await others.get_by_role("button", name="Zapisz").click()
        await expect(others.get_by_role("button", name="Zapisz")).to_be_disabled()
        await own.get_by_role("button", name="Zapisz").click()
        conflict = older.get_by_role("alertdialog", name="Ktoś zmienił to samo")
        notes = conflict.get_by_role("group", name="Notatki")
        await expect(notes).to_contain_text("Dzwoniła trzy razy")
        await expect(notes.get_by_role("radio", name="Beata Kos")).not_to_be_checked()
        await look_over(older, "conflict")
        assert (await studio.stored(call)).follow_up_urgency == "normal", "all of it waits for the answer"
        await notes.get_by_role("radio", name="Beata Kos").check()
        await conflict.get_by_role("button", name="Zapisz wybrane").click()
        await expect(own.get_by_label("Notatki")).to_have_value("Oddzwonię ja")
        stored = await studio.stored(call)
        assert (stored.notes, stored.follow_up_urgency) == ("Oddzwonię ja", "high")


async def test_every_way_out_of_a_panel_asks_first(studio: Studio) -> None:
    call = await past_call(studio.organization_id, studio.agent)
    async with studio.open(CALLS) as page:
        panel = await open_notes(page, call, studio)
        await panel.get_by_label("Notatki").fill("Długa notatka")
        async for _ in each_look(page, (("light", PHONE), ("light", WIDE))):
            hint = panel.get_by_text("Widzą je tylko osoby z Twojej firmy.")
            shown = [await place.element_handle() for place in (hint, panel.get_by_role("button", name="Zapisz"))]
            await page.wait_for_function(ABOVE, arg=shown)  # no empty strip under the buttons pushes them over the hint
        ways: dict[str, Callable[[], Awaitable[Any]]] = {
            "Esc": lambda: page.keyboard.press("Escape"),
            "cross": lambda: panel.get_by_role("button", name="Zamknij").click(),
            "beside": lambda: page.mouse.click(300, 500),
            "tab": lambda: panel.get_by_role("link", name="Analiza").click(),
            "back": lambda: page.evaluate("history.back()"),
            "palette": lambda: _by_palette(page),
        }
        for leave in ways.values():
            await leave()
            await expect(question(page)).to_be_visible()
            await question(page).get_by_role("button", name="Wróć do edycji").click()
            await expect(question(page)).to_have_count(0)
            await expect(panel.get_by_label("Notatki")).to_have_value("Długa notatka")
        await page.keyboard.press("Escape")
        await expect(question(page)).to_be_visible()
        await look_over(page, "question")
        await page.keyboard.press("Escape")
        await expect(question(page)).to_have_count(0)
        await expect(panel).to_be_visible()
        await page.keyboard.press("Escape")
        await question(page).get_by_role("button", name="Zapisz").click()
        await expect(question(page)).to_have_count(0)  # while it is there, the panel has no role
        await expect(panel).to_have_count(0)
        assert (await studio.stored(call)).notes == "Długa notatka"


async def _by_palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.get_by_placeholder("Szukaj rozmów lub przejdź do…").fill("Klienci")
    await expect(page.locator("[role=option][data-highlighted]")).to_contain_text("Klienci")
    await page.keyboard.press("Enter")


async def test_draft_survives_a_reload_and_not_a_sign_out(studio: Studio) -> None:
    call = await past_call(studio.organization_id, studio.agent)
    async with studio.open(CALLS) as page:
        asked: list[str] = []

        async def leave(dialog: Any) -> None:
            asked.append(dialog.type)
            await dialog.accept()

        page.on("dialog", leave)
        panel = await open_notes(page, call, studio)
        await panel.get_by_label("Notatki").fill("Zaczęte i nieskończone")
        await page.reload()
        assert asked == ["beforeunload"]
        await expect(panel.get_by_label("Notatki")).to_have_value("Zaczęte i nieskończone")
        await expect(panel.get_by_text("Przywrócono niezapisane zmiany")).to_be_visible()
        await page.evaluate("window.sekretarka.signOut()")
        await question(page).get_by_role("button", name="Porzuć zmiany").click()
        await expect(page).to_have_url(re.compile("/login"))
        assert await page.evaluate("Object.keys(sessionStorage).filter(key => key.includes('draft'))") == []
        assert (await studio.stored(call)).notes is None


async def test_every_form_asks_before_it_is_left(studio: Studio) -> None:
    """One after another, each with something typed: by Esc where it stands in a dialog, else by a link of the frame."""
    paths = await _paths(studio)
    assert paths.keys() | SIGNED_OUT == set(forms.form_names(forms.nodes())), "say in _paths where the new form is"
    async with studio.open("/dashboard") as page:
        for name, path in paths.items():
            await page.goto(f"{studio.url}{path}")
            if name == "appointment.cancel":
                await page.get_by_role("button", name="Odwołaj").click()
            form = page.locator(f'form[data-form="{name}"]')
            await _change(form, name)
            await expect(form, name).to_have_attribute("data-dirty", "true")
            if await form.locator("xpath=ancestor::*[@role='dialog']").count():
                await page.keyboard.press("Escape")
            else:
                await page.get_by_role("navigation").get_by_role("link", name="Przegląd").first.click()
            await expect(question(page), name).to_be_visible()
            await question(page).get_by_role("button", name="Porzuć zmiany").click()
            await expect(form, name).to_have_count(0)


async def _change(form: Locator, name: str) -> None:
    field = form.locator(FIELDS).first
    if name == "hours.hours":
        await form.get_by_role("button", name="Wpisane godziny").click()
        await form.get_by_role("switch").first.click()
    elif name == "agent.knowledge":
        await form.get_by_role("button").first.click()  # a row more
    elif name == "staff.hours":
        await form.get_by_role("radio").last.check()
    elif await field.get_attribute("type") == "checkbox":
        await field.click()
    else:
        await field.fill("2031-01-07" if await field.get_attribute("type") == "date" else "12345")
    if name == "hours.closed":
        await form.get_by_role("button").first.click()


async def _paths(studio: Studio) -> dict[str, str]:
    rows = await bookings.rows(studio.organization_id)
    call = await past_call(studio.organization_id, studio.agent)
    rows["task"] = (await factories.task(studio.organization_id)).id
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        gateway = await factories.add_sms_gateway(uow)
    return _of_lists(rows, call.id) | _of_agents(studio) | _of_settings(gateway.id)


def _of_lists(rows: dict[str, UUID], call_id: UUID) -> dict[str, str]:
    appointment = f"/dashboard/appointments?id={rows['appointment']}"
    member = f"/dashboard/services?tab=staff&person={rows['staff']}"
    return {
        "conversation": f"{CALLS}?id={call_id}&tab=summary",
        "client": f"/dashboard/clients?id={rows['client']}&tab=details",
        "client.new": "/dashboard/clients?new=1",
        "task": f"/dashboard/tasks?id={rows['task']}",
        "task.new": "/dashboard/tasks?new=1",
        "message.new": "/dashboard/messages?new=1",
        "appointment": appointment,
        "appointment.cancel": appointment,
        "appointment.new": "/dashboard/appointments?new=1",
        "service": f"/dashboard/services?service={rows['service']}",
        "service.new": "/dashboard/services?service=new",
        "staff": member,
        "staff.hours": f"{member}&section=hours",
        "time_off.new": f"{member}&section=away",
        "staff.new": "/dashboard/services?tab=staff&person=new",
    }


def _of_agents(studio: Studio) -> dict[str, str]:
    sections = ("voice", "greeting", "knowledge", "permissions")
    own = {f"agent.{name}": f"/dashboard/agents?agent={studio.agent.id}&tab={name}" for name in sections}
    return {**own, "agent.new": "/dashboard/agents?new=1"}


def _of_settings(gateway_id: UUID) -> dict[str, str]:
    settings = "/dashboard/settings"
    hours, organization, integrations = (f"{settings}/{name}" for name in ("hours", "organization", "integrations"))
    return {
        **{f"hours.{name}": hours for name in ("hours", "closed", "rules")},
        **{f"organization.{name}": organization for name in ("company", "place", "rules")},
        "profile": f"{settings}/profile",
        "escalation": f"{settings}/notifications",
        "notifications": f"{settings}/notifications",
        "template": f"{settings}/templates",
        **{f"gateway.{name}": f"{integrations}?id={gateway_id}" for name in ("sender", "credentials")},
        "gateway.new": f"{integrations}?new=smsapi",
        "invitation.new": f"{settings}/team?invite=1",
        "api_key.new": f"{settings}/api-keys?new=1",
    }
