"""Do zrobienia in a real browser: what waits is put off, taken, done and opened again."""

import pytest
from playwright.async_api import expect

from sekretarka.core.permissions import Role
from sekretarka.domain.tasks.models import TaskState
from tests import factories
from tests.e2e.conftest import ALL_LOOKS, Studio, look_over

pytestmark = pytest.mark.browser

PATH = "/dashboard/tasks"


async def test_task_is_written_put_off_taken_and_done(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        await expect(page.get_by_text("Wszystko załatwione.")).to_be_visible()
        await page.get_by_role("link", name="Dodaj sprawę").click()
        await page.get_by_label("Co jest do zrobienia").fill("Zamówić farbę 7/43")
        await page.get_by_role("dialog").get_by_role("button", name="Dodaj sprawę").click()
        lines = page.locator("#tasks li")
        await expect(lines).to_have_count(1)
        await look_over(page, "list", ALL_LOOKS)
        await page.get_by_role("button", name="Więcej: Zamówić farbę 7/43").click()
        await page.get_by_role("menuitem", name="Jutro rano").click()
        await expect(lines).to_have_count(0)
        await page.get_by_role("link", name="Odłożone").click()
        await page.get_by_role("link", name="Zamówić farbę 7/43").click()
        panel = page.get_by_role("dialog", name="Zamówić farbę 7/43")
        await panel.get_by_role("button", name="Biorę to").click()
        await expect(panel.get_by_label("Kto się tym zajmie")).not_to_have_value("")
        await look_over(page, "panel", ALL_LOOKS)
        await panel.get_by_role("button", name="Załatwione").click()
        await expect(panel.get_by_text("załatwione", exact=True)).to_be_visible()
        await page.get_by_role("status").get_by_role("button", name="Cofnij").click()
        await expect(panel.get_by_role("button", name="Załatwione")).to_be_visible()


async def test_viewer_reads_what_is_to_be_done(studio: Studio) -> None:
    row = await factories.task(studio.organization_id)
    async with studio.open(PATH, role=Role.VIEWER, lang="en") as page:
        await expect(page.locator("#tasks li")).to_have_count(1)
        await expect(page.locator("#tasks li button")).to_have_count(0)
        await expect(page.get_by_role("link", name="Add a task")).to_have_count(0)
        await look_over(page, "list")
    assert (await studio.stored(row)).state is TaskState.OPEN
