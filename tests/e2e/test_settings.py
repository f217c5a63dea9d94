"""Ustawienia in a real browser: the profile, the organisation, and its end."""

import pytest
import sqlalchemy as sa
from playwright.async_api import Locator, Page, expect
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts.models import User
from sekretarka.domain.organizations.models import Membership, Organization
from tests.e2e.conftest import LISTEN, Studio, look_over
from tests.support import axe

pytestmark = pytest.mark.browser

PROFILE, ORGANIZATION = "/dashboard/settings/profile", "/dashboard/settings/organization"


def form(page: Page, heading: str) -> Locator:
    """One of several cards that are saved by themselves."""
    return page.locator("section").filter(has=page.get_by_role("heading", name=heading, exact=True))


async def save(card: Locator) -> None:
    await card.get_by_role("button", name="Zapisz").click()
    # The notification alone may be that of the card before.
    await expect(card.get_by_text("Niezapisane zmiany")).to_be_hidden()
    await expect(card.page.get_by_text("Zapisano.")).to_be_visible()


async def organization(studio: Studio) -> Organization:
    """As it is stored now."""
    async with begin(actor.system()) as uow:
        row = await uow.one_or_none(select(Organization).where(Organization.id == studio.organization_id))
    assert row is not None
    return row


async def person(studio: Studio, role: Role) -> User:
    """The member with that role, as stored now."""
    async with begin(actor.system()) as uow:
        statement = (
            sa.select(User)
            .join(Membership, col(Membership.user_id) == col(User.id))
            .where(col(Membership.organization_id) == studio.organization_id, col(Membership.role) == role)
        )
        row: User = (await uow.execute(statement)).scalar_one()
    return row


async def test_profile_is_saved_and_its_language_applied(studio: Studio) -> None:
    async with studio.open(PROFILE) as page:
        await expect(page.locator("#email")).not_to_be_editable()
        await page.fill("#name", "Iga Lis")
        await page.fill("#phone", "601 000 222")
        await page.fill("#avatarUrl", "https://cdn.example/iga.png")
        await page.select_option("#language", "en")
        await page.evaluate("window.untouched = true")
        await page.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.get_by_role("button", name="Account: Iga Lis")).to_be_visible()
        assert await page.evaluate("window.untouched") is True
        await page.evaluate(LISTEN)
        sound = page.get_by_role("switch", name="Sound of a new call")
        await expect(sound).not_to_be_checked()
        await sound.click()
        await page.wait_for_function("window.notes === 2")
        await page.reload()
        await expect(sound).to_be_checked()
        await sound.click()
        await expect(sound).not_to_be_checked()
        await expect(page.locator("#phone")).to_have_value("601 000 222")
        await expect(page.locator("#language")).to_have_value("en")
    row = await person(studio, Role.OWNER)
    stored = (row.name, row.phone, row.avatar_url, row.language)
    assert stored == ("Iga Lis", "+48601000222", "https://cdn.example/iga.png", "en")


@pytest.mark.parametrize(
    ("lang", "empty", "number", "address", "action"),
    [
        ("pl", "Wypełnij to pole.", "To nie wygląda na numer telefonu.", "To nie wygląda na adres strony.", "Zapisz"),
        (
            "en",
            "Fill in this field.",
            "This does not look like a phone number.",
            "This does not look like a web address.",
            "Save",
        ),
    ],
)
async def test_invalid_input_is_shown_at_its_field(
    studio: Studio, lang: str, empty: str, number: str, address: str, action: str
) -> None:
    before = await person(studio, Role.OWNER)
    async with studio.open(PROFILE, lang=lang) as page:
        await page.fill("#name", "")
        await page.fill("#phone", "abc")
        await page.fill("#avatarUrl", "http://cdn.example/iga.png")
        await page.get_by_role("button", name=action).click()
        await expect(page.locator("#name-error")).to_have_text(empty)
        await expect(page.locator("#phone-error")).to_have_text(number)
        await expect(page.locator("#avatarUrl-error")).to_have_text(address)
        await expect(page.locator("#name")).to_be_focused()
    assert await person(studio, Role.OWNER) == before


async def test_viewer_may_change_their_own_profile(studio: Studio) -> None:
    async with studio.open(PROFILE, Role.VIEWER) as page:
        await page.fill("#name", "Wanda Cicha")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Zapisano.")).to_be_visible()
        await expect(page.locator("#name")).to_be_focused()
    assert (await person(studio, Role.VIEWER)).name == "Wanda Cicha"


async def test_each_organization_card_is_saved_separately(studio: Studio) -> None:
    async with studio.open(ORGANIZATION) as page:
        company, place = form(page, "Firma"), form(page, "Adres i czas")
        await page.fill("#street", "Lipowa 8")
        await page.fill("#name", "Studio Wrzos")
        await page.select_option("#industry", "beauty")
        await page.fill("#email", "kontakt@wrzos.example")
        await page.fill("#website", "wrzos.example")
        await company.get_by_role("button", name="Zapisz").click()
        await expect(page.locator("#website-error")).to_have_text("To nie wygląda na adres strony.")
        await page.fill("#website", "https://wrzos.example")
        await save(company)
        await expect(page.get_by_role("button", name="Studio Wrzos")).to_be_visible()
        # The other card's edits are still there and still unsaved.
        await expect(page.locator("#street")).to_have_value("Lipowa 8")
        await expect(place.get_by_text("Niezapisane zmiany")).to_be_visible()
        assert (await organization(studio)).address is None
        await page.locator("#timezone").click()
        await page.get_by_role("combobox", name="Szukaj…").fill("tokyo")
        await page.get_by_role("listbox").get_by_role("option").first.click()
        await page.locator("#country").click()
        await page.get_by_role("combobox", name="Szukaj…").fill("japonia")
        await page.get_by_role("listbox").get_by_role("option", name="Japonia").click()
        await save(place)
        await expect(page.locator("#timezone")).to_have_text("Asia/Tokyo")
    row = await organization(studio)
    assert (row.name, row.industry, row.website) == ("Studio Wrzos", "beauty", "https://wrzos.example")
    assert (row.timezone, row.currency) == ("Asia/Tokyo", "pln")
    assert row.address == {"street": "Lipowa 8", "country": "JP"}


async def test_organization_is_deleted_by_name_and_another_created(studio: Studio) -> None:
    async with studio.open(ORGANIZATION) as page:
        await page.get_by_role("button", name="Usuń organizację").click()
        dialog = page.get_by_role("alertdialog")
        confirm = dialog.get_by_role("button", name="Usuń na zawsze")
        await dialog.get_by_role("textbox").fill("Studio Lawend")
        await expect(confirm).to_be_disabled()
        assert await axe.faults(page) == []
        await dialog.get_by_role("textbox").fill("Studio Lawenda")
        await confirm.click()
        await expect(page.get_by_text("Nie należysz do żadnej organizacji.")).to_be_visible()
        assert (await organization(studio)).deleted_at is not None
        await page.goto(f"{studio.url}/dashboard")
        await page.get_by_role("main").get_by_role("link", name="Załóż organizację").click()
        await page.fill("#name", "Studio Nowe")
        await page.get_by_role("button", name="Załóż organizację").click()
        await expect(page.locator("#name")).to_have_value("Studio Nowe")
        await expect(page.get_by_role("heading", name="Adres i czas")).to_be_visible()


async def test_a_viewer_reads_and_changes_nothing(studio: Studio) -> None:
    async with studio.open(ORGANIZATION, Role.VIEWER) as page:
        await expect(page.get_by_text("Możesz to czytać.")).to_be_visible()
        await expect(page.locator("#name")).to_be_disabled()
        await expect(page.locator("#timezone")).to_be_disabled()
        for name in ("Zapisz", "Usuń organizację"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)


async def test_passes_axe_without_horizontal_scrolling(studio: Studio) -> None:
    for path, role in ((PROFILE, Role.OWNER), (ORGANIZATION, Role.OWNER), (ORGANIZATION, Role.VIEWER)):
        async with studio.open(path, role) as page:
            await expect(page.locator("#name")).to_be_visible()
            await look_over(page, (path, role))
