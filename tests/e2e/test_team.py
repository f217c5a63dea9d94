"""Zespół i role in a real browser: from the invitation to the list, roles, removal, and switching organizations."""

import re

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlmodel import select

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.organizations.models import Membership
from tests import factories
from tests.e2e.conftest import COOKIE, Studio, look_over, submit
from tests.e2e.test_mail import follow, open_email
from tests.support import axe
from tests.support.accounts import PASSWORD, joins, person
from tests.support.site import Site

pytestmark = pytest.mark.browser

TEAM = "/dashboard/settings/team"


async def roles(studio: Studio) -> dict[str, Role]:
    async with begin(actor.system()) as uow:
        rows = await uow.list(select(Membership).where(Membership.organization_id == studio.organization_id))
    return {str(row.user_id): row.role for row in rows}


async def plain(browser: Browser, studio: Studio) -> BrowserContext:
    """A browser without a session."""
    context = await browser.new_context(reduced_motion="reduce")
    await context.add_cookies([{"name": "lang", "value": "pl", "url": studio.url}])
    return context


async def open_invitation(context: BrowserContext, site: Site, email: str) -> Page:
    """From the email in the mailbox to the page it leads to."""
    email_page = await open_email(context, site, "Zaproszenie do zespołu Studio Lawenda", email)
    return await follow(context, email_page, "Przyjmij zaproszenie")


async def test_invited_member_registers_and_is_listed(studio: Studio, site: Site, browser: Browser) -> None:
    email = f"ewa-{studio.organization_id.hex[-8:]}@example.com"
    async with studio.open(TEAM) as page:
        await page.get_by_role("link", name="Zaproś").click()
        dialog = page.get_by_role("dialog", name="Zaproś do zespołu")
        await dialog.get_by_label("E-mail").fill(email)
        await dialog.get_by_role("radio", name="administrator").check()
        await dialog.get_by_role("button", name="Wyślij zaproszenie").click()
        await expect(page.get_by_text(f"Wysłano zaproszenie na {email}.")).to_be_visible()
        invited = page.get_by_role("list", name="Zaproszenia")
        await expect(invited).to_contain_text(f"{email}administrator · ważne do")

        context = await plain(browser, studio)
        requested: list[str] = []
        context.on("request", lambda request: requested.append(request.url))
        guest = await open_invitation(context, site, email)
        assert guest.url == f"{site.url}/invite/"
        await expect(guest.get_by_text("Iga Nowak zaprasza Cię do zespołu Studio Lawenda")).to_be_visible()
        await expect(guest.get_by_text("Twoja rola: administrator.")).to_be_visible()
        await expect(guest.get_by_label("E-mail")).to_have_value(email)
        assert await axe.faults(guest) == []
        token = await guest.evaluate("window.linkToken")
        await guest.get_by_label("Imię i nazwisko").fill("Ewa Lis")
        await guest.get_by_label("Hasło", exact=True).fill(PASSWORD)
        await guest.get_by_role("button", name="Załóż konto i dołącz").click()
        await guest.wait_for_url(re.compile("/dashboard/?$"))
        await expect(guest.get_by_role("button", name="Konto: Ewa Lis")).to_be_visible()
        assert [url for url in requested if token in url] == [], "no server sees the token in an address"
        studio.console.expect("status of 410")
        await guest.goto(f"{site.url}/invite#token={token}")
        await expect(guest.get_by_text("To zaproszenie zostało już wykorzystane.")).to_be_visible()
        await context.close()

        members = page.get_by_role("list", name="Zespół")
        await expect(members).to_contain_text("Ewa Lis", timeout=15_000)  # by itself
        await expect(invited).to_have_count(0)


async def test_existing_user_signs_in_and_joins(studio: Studio, site: Site, browser: Browser) -> None:
    ola = await person(f"ola-{studio.organization_id.hex}@example.com")
    home = await factories.organization(name="Dom Oli")
    await joins(ola, home.id)
    async with studio.open(f"{TEAM}?invite=1") as page:
        await page.get_by_label("E-mail").fill(ola.email)
        await page.get_by_role("button", name="Wyślij zaproszenie").click()
        await expect(page.get_by_role("list", name="Zaproszenia")).to_contain_text(ola.email)
    context = await plain(browser, studio)
    guest = await open_invitation(context, site, ola.email)
    await guest.get_by_role("link", name="Zaloguj się").click()
    await guest.wait_for_url(re.compile(r"/login/?\?callbackUrl=/invite"))
    await guest.goto(f"{site.url}/favicon.svg")  # sign-in sends on who is signed in, whenever it asks
    await context.add_cookies([{"name": COOKIE, "value": studio.tokens[Role.VIEWER], "url": studio.url}])
    await guest.goto(f"{site.url}/invite")
    await expect(guest.get_by_text(f"Zaproszenie jest dla {ola.email}, a to konto ma adres")).to_be_visible()
    await guest.get_by_role("button", name="Wyloguj się i wróć tutaj").click()
    await guest.wait_for_url(re.compile(r"/login/?\?callbackUrl=/invite"))
    await submit(guest, "Zaloguj się", email=ola.email, password=PASSWORD)
    await guest.wait_for_url(re.compile("/invite/?$"))
    await guest.get_by_role("button", name="Dołącz do zespołu").click()
    await guest.wait_for_url(re.compile("/dashboard/?$"))
    await expect(guest.get_by_role("button", name="Studio Lawenda")).to_be_visible()
    assert (await roles(studio))[str(ola.id)] is Role.STAFF
    await context.close()


async def test_roles_are_changed_and_members_removed(studio: Studio) -> None:
    ewa = await factories.member(studio.organization_id, Role.STAFF, name="Ewa Lis")
    async with studio.open(TEAM) as page:
        await page.get_by_label("Rola: Ewa Lis").select_option("admin")
        await expect(page.get_by_text("Zmieniono rolę.")).to_be_visible()
        assert (await roles(studio))[str(ewa.user_id)] is Role.ADMIN
        owners_role = page.get_by_label("Rola: Iga Nowak").first
        await owners_role.select_option("viewer")
        await expect(page.get_by_text("Firma musi mieć co najmniej jednego właściciela.")).to_be_visible()
        await expect(owners_role).to_have_value("owner")
        await page.get_by_role("button", name="Usuń z zespołu: Ewa Lis").click()
        dialog = page.get_by_role("alertdialog", name="Usunąć tę osobę z zespołu?")
        await expect(dialog).to_contain_text("Ewa Lis")
        await dialog.get_by_role("button", name="Usuń z zespołu").click()
        await expect(page.get_by_text("Usunięto z zespołu.")).to_be_visible()
        await expect(page.get_by_role("list", name="Zespół")).not_to_contain_text("Ewa Lis")
    assert str(ewa.user_id) not in await roles(studio)


async def test_viewer_sees_the_team_without_actions(studio: Studio) -> None:
    async with studio.open(TEAM, role=Role.VIEWER) as page:
        await expect(page.get_by_text("Listę członków zespołu widzą właściciele i administratorzy.")).to_be_visible()
        await expect(page.get_by_role("list", name="Zespół")).to_have_count(0)
        await expect(page.get_by_role("link", name="Zaproś")).to_have_count(0)
        owners_role = page.get_by_role("columnheader", name="podgląd")
        await expect(owners_role).to_have_attribute("aria-current", "true")
        await page.get_by_role("button", name="Opuść zespół").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Opuść zespół").click()
        await page.wait_for_url(re.compile("/dashboard/?$"))
        await expect(page.get_by_text("Nie należysz do żadnej organizacji.")).to_be_visible()


async def test_switches_between_organizations(studio: Studio) -> None:
    async with studio.open("/dashboard") as page:
        before = await session(page)
        await page.get_by_role("button", name="Studio Lawenda").click()
        await page.get_by_role("menuitem", name="Nowa organizacja").click()
        await page.get_by_label("Nazwa").fill("Studio Mięta")
        await page.get_by_role("button", name="Załóż organizację").click()
        await page.wait_for_url(re.compile("/dashboard/?$"))
        await expect(page.get_by_role("button", name="Studio Mięta")).to_be_visible()
        assert await session(page) != before, "another organization, another session id"
        await page.goto(f"{studio.url}/dashboard/agents")
        await expect(page.get_by_role("article")).to_have_count(0)
        await page.get_by_role("button", name="Studio Mięta").click()
        await page.get_by_role("menuitem", name="Studio Lawenda").click()
        await page.wait_for_url(re.compile("/dashboard/?$"))
        await expect(page.get_by_role("button", name="Studio Lawenda")).to_be_visible()
        await page.goto(f"{studio.url}/dashboard/agents")
        await expect(page.get_by_role("article")).to_have_count(1)


async def session(page: Page) -> str:
    [value] = [cookie["value"] for cookie in await page.context.cookies() if cookie["name"] == COOKIE]
    return value


async def test_passes_axe(studio: Studio) -> None:
    await factories.invitation(studio.organization_id)
    async with studio.open(TEAM) as page:
        for path, heading in ((TEAM, "Ustawienia"), (f"{TEAM}?invite=1", "Ustawienia"), ("/invite", "Zaproszenie")):
            await page.goto(f"{studio.url}{path}")
            await expect(page.locator(".skeleton")).to_have_count(0)
            await expect(page.locator("h1", has_text=heading)).to_be_attached()
            await look_over(page, path)
