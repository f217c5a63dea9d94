"""Usługi i zespół, Godziny i dni wolne in a real browser: hours painted, time off with its appointments, services."""

import re

import pytest
from playwright.async_api import Locator, Page, expect
from sqlmodel import select

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations.models import Membership, Organization
from sekretarka.domain.staff.models import Staff
from tests import factories
from tests.e2e.conftest import PHONE, WIDE, Studio
from tests.support import axe

pytestmark = pytest.mark.browser

PATH, HOURS = "/dashboard/services", "/dashboard/settings/hours"


async def owner(studio: Studio) -> Actor:
    async with begin(actor.system()) as uow:
        is_theirs = Membership.organization_id == studio.organization_id
        row = await uow.one_or_none(select(Membership).where(is_theirs, Membership.role == Role.OWNER))
    assert row is not None
    return Actor("user", organization_id=row.organization_id, user_id=row.user_id, role=row.role)


async def looks_right(page: Page, width: int) -> None:
    assert await axe.faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


def cell(page: Page, name: str) -> Locator:
    return page.get_by_role("gridcell", name=name, exact=True)


async def drag(page: Page, first: str, last: str) -> None:
    await cell(page, first).hover()
    await page.mouse.down()
    await cell(page, last).hover()
    await page.mouse.up()


async def test_painted_hours_change_the_free_times(studio: Studio) -> None:
    ewa = await factories.staff(studio.organization_id, name="Ewa Lis")
    await factories.service(studio.organization_id)
    await factories.appointment(await owner(studio), staffId=str(ewa.id))
    async with studio.open(f"{PATH}?tab=staff&person={ewa.id}&section=hours") as page:
        free = page.get_by_role("region", name="Wolne terminy")
        await free.get_by_role("button", name="Późniejszy tydzień").click()
        await expect(free.get_by_text("08:00–09:00")).to_have_count(0)
        whole = await free.get_by_role("status").inner_text()
        await page.get_by_role("radio", name=re.compile("Własne godziny")).check()
        await drag(page, "Poniedziałek 12:00", "Wtorek 13:30")
        await expect(page.get_by_role("group", name="Wtorek")).to_contain_text("09:00–12:00, 14:00–17:00")
        await expect(free.get_by_role("status")).not_to_have_text(whole)
        # The keyboard does what the pointer does: a range of three days, erased at once.
        await cell(page, "Środa 09:00").focus()
        for key in ("Shift+End", "Shift+ArrowRight", "Shift+ArrowRight", "Space"):
            await page.keyboard.press(key)
        await expect(page.get_by_role("group", name="Piątek")).to_contain_text("Zamknięte")
        await expect(page.get_by_role("status").filter(has_text="Piątek: Zamknięte")).to_have_count(1)
        await page.keyboard.press("Space")
        await expect(page.get_by_role("group", name="Piątek")).to_contain_text("19:30–20:00")
        await page.get_by_role("button", name="Kopiuj na inne dni: Poniedziałek").click()
        copying = page.get_by_role("group", name="Kopiuj na inne dni: Poniedziałek")
        for day in ("Czwartek", "Piątek"):
            await copying.get_by_role("button", name=day).click()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("group", name="Piątek")).to_contain_text("09:00–12:00, 14:00–17:00")
        await looks_right(page, WIDE["width"])
        await page.get_by_role("button", name="Wpisane godziny").click()
        await page.get_by_role("textbox", name="Poniedziałek, od 1").fill("10.30")
        await page.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano.")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("group", name="Poniedziałek", exact=True)).to_contain_text("10:30–12:00")
    stored: Staff = await studio.stored(ewa)
    assert stored.weekly_hours is not None
    assert stored.weekly_hours["mon"] == [{"open": "10:30", "close": "12:00"}, {"open": "14:00", "close": "17:00"}]
    assert stored.weekly_hours["fri"][0] == {"open": "09:00", "close": "12:00"}


async def test_time_off_lists_its_appointments_with_a_link_to_each(studio: Studio) -> None:
    ewa = await factories.staff(studio.organization_id, name="Ewa Lis")
    await factories.service(studio.organization_id)
    appointment = await factories.appointment(await owner(studio), staffId=str(ewa.id))
    day = factories.open_day().isoformat()
    async with studio.open(f"{PATH}?tab=staff&person={ewa.id}&section=away", viewport=PHONE) as page:
        await expect(page.get_by_text("Nie ma zaplanowanych nieobecności.")).to_be_visible()
        add = page.get_by_role("button", name="Dodaj nieobecność")
        await page.get_by_label("Od", exact=True).fill(day)
        await add.click()
        await expect(page.locator("#endsAt-error")).to_have_text("Wypełnij to pole.")
        await page.get_by_label("Do", exact=True).fill(day)
        await page.get_by_label("Powód").fill("urlop")
        await add.click()
        hit = page.get_by_role("list", name="Wizyty do przełożenia").get_by_role("link")
        await expect(hit).to_have_attribute("href", re.compile(str(appointment.id)))
        await expect(hit).to_contain_text("Anna Kowalska")
        await looks_right(page, PHONE["width"])
        await page.get_by_role("link", name="Godziny pracy").click()
        await expect(page.get_by_text("1 wizyta wypada poza godzinami")).to_be_visible()
        await looks_right(page, PHONE["width"])
        await page.get_by_role("link", name="Nieobecności").click()
        await page.get_by_role("button", name="Usuń nieobecność").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Usuń nieobecność").click()
        await expect(hit).to_have_count(0)
        await page.get_by_role("link", name="Dane").click()
        link = page.get_by_text("/calendar.ics?key=")
        await expect(link).to_have_count(0)
        await page.get_by_role("button", name="Pokaż").click()
        await expect(link).to_be_visible()
        await looks_right(page, PHONE["width"])
    assert (await studio.stored(appointment)).status == "scheduled"


async def test_services_are_edited_in_a_panel_and_read_by_others(studio: Studio) -> None:
    await factories.staff(studio.organization_id, name="Ewa Lis")
    async with studio.open(PATH, lang="en") as page:
        await expect(page.get_by_text("There are no services yet.")).to_be_visible()
        await looks_right(page, WIDE["width"])
        await page.get_by_role("main").get_by_role("link", name="Add a service").first.click()
        await page.get_by_label("Name", exact=True).fill("Haircut")
        await page.get_by_label("Duration").fill("45")
        await page.get_by_label("Price").fill("plenty")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("#price-error")).to_have_text("Write an amount, for example 120 or 120.50.")
        await looks_right(page, WIDE["width"])
        await page.get_by_label("Price").fill("1200.5")
        await page.get_by_role("checkbox", name="Ewa Lis").check()
        await page.get_by_role("button", name="Save").click()
        row = page.get_by_role("row").filter(has_text="Haircut")
        await expect(row).to_contain_text("PLN 1,200.50")
        await expect(row).to_contain_text("Ewa Lis")
        await looks_right(page, WIDE["width"])
        await row.get_by_role("switch").click()
        await expect(page.get_by_text("“Haircut” cannot be booked now.")).to_be_visible()
    async with studio.open(PATH, Role.VIEWER, viewport=PHONE, color_scheme="dark") as page:
        await expect(page.get_by_role("row").filter(has_text="Haircut")).to_contain_text("1200,50 zł")
        await expect(page.get_by_role("link", name="Dodaj usługę")).to_have_count(0)
        await page.get_by_role("link", name="Haircut").click()
        await expect(page.get_by_label("Nazwa", exact=True)).to_be_disabled()
        await looks_right(page, PHONE["width"])
    async with studio.open(PATH) as page:
        await page.get_by_role("link", name="Haircut").click()
        await page.get_by_role("button", name="Zarchiwizuj usługę").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Zarchiwizuj usługę").click()
        await expect(page.get_by_text("Nie ma jeszcze żadnej usługi.")).to_be_visible()
    async with begin(actor.system(studio.organization_id)) as uow:
        assert await catalog.find(uow) == []


async def test_the_organization_edits_its_week_and_days_off(studio: Studio) -> None:
    ewa = await factories.staff(studio.organization_id)
    await factories.service(studio.organization_id)
    await factories.appointment(await owner(studio), staffId=str(ewa.id))
    async with studio.open(HOURS) as page:
        hours = page.locator("section").filter(has=page.get_by_role("heading", name="Godziny otwarcia"))
        await hours.get_by_role("button", name="Wpisane godziny").click()
        await page.get_by_role("textbox", name="Poniedziałek, do 1").fill("13")
        await page.get_by_role("button", name="Dodaj przedział: Poniedziałek").click()
        await page.get_by_role("textbox", name="Poniedziałek, od 2").fill("12:30")
        await hours.get_by_role("button", name="Zapisz").click()
        await expect(page.locator("#businessHours-mon-error")).to_have_text(
            "Przedziały nie mogą na siebie nachodzić; wpisz je po kolei."
        )
        await page.get_by_role("textbox", name="Poniedziałek, od 2").fill("1430")
        await page.get_by_role("textbox", name="Poniedziałek, do 2").fill("24.00")
        await hours.get_by_role("switch", name="Wtorek").uncheck()
        await hours.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano.")).to_be_visible()
        await hours.get_by_role("button", name="Siatka").click()
        await expect(cell(page, "Poniedziałek 23:30")).to_have_attribute("aria-selected", "true")
        closed = page.locator("section").filter(has=page.get_by_role("heading", name="Dni wolne"))
        await closed.get_by_label("Dzień", exact=True).fill(factories.open_day().isoformat())
        await closed.get_by_role("button", name="Dodaj").click()
        await closed.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_role("list", name="Wizyty do przełożenia").get_by_role("link")).to_have_count(1)
        await page.get_by_role("switch", name="Święta państwowe").click()
        await expect(page.get_by_role("list", name="Święta państwowe")).to_contain_text("otwarte")
        await looks_right(page, WIDE["width"])
    async with studio.open(HOURS, Role.VIEWER, lang="en", viewport=PHONE, color_scheme="dark") as page:
        await expect(page.get_by_text("Public holidays")).to_be_visible()
        await expect(page.get_by_role("button", name="Save")).to_have_count(0)
        await looks_right(page, PHONE["width"])
    async with begin(actor.system()) as uow:
        row = await uow.one_or_none(select(Organization).where(Organization.id == studio.organization_id))
    assert row is not None
    assert row.business_hours["mon"] == [{"open": "09:00", "close": "13:00"}, {"open": "14:30", "close": "24:00"}]
    assert (row.business_hours["tue"], row.closed_days) == ([], [factories.open_day().isoformat()])
    assert row.observes_public_holidays is False


async def test_who_leaves_leaves_a_list_of_appointments(studio: Studio) -> None:
    ewa = await factories.staff(studio.organization_id, name="Ewa Lis")
    await factories.service(studio.organization_id)
    appointment = await factories.appointment(await owner(studio), staffId=str(ewa.id))
    async with studio.open(f"{PATH}?tab=staff&person={ewa.id}") as page:
        await page.get_by_role("button", name="Usuń z zespołu").click()
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("Zostanie 1 umówiona wizyta.")
        await dialog.get_by_role("button", name="Usuń z zespołu").click()
        await expect(page.get_by_text("1 wizyta u osoby, która nie przyjmuje")).to_be_visible()
        left = page.get_by_role("list", name="Wizyty do przełożenia").get_by_role("link")
        await expect(left).to_have_attribute("href", re.compile(str(appointment.id)))
        await expect(left).to_contain_text("Ewa Lis")
