"""The page behind a message's link in a real browser without JavaScript: confirm, move, cancel, in both languages."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.appointments import booking
from sekretarka.domain.appointments.models import Status
from sekretarka.domain.confirmations import links
from tests.e2e.conftest import ALL_LOOKS, Studio
from tests.support import axe, bookings

pytestmark = pytest.mark.browser

WITHIN = 20_000


@asynccontextmanager
async def plain(browser: Browser, url: str) -> AsyncIterator[Page]:
    """A page whose scripts do not run."""
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(url)
    yield page
    await context.close()


async def issue(studio: Studio, appointment_id: UUID) -> str:
    """The address of a new link, on the running site."""
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        return f"{studio.url}/c/{links.issue(uow, appointment_id).rpartition('/')[2]}"


async def status(studio: Studio, appointment_id: UUID) -> Status:
    """As it is by now."""
    async with begin(actor.system(studio.organization_id)) as uow:
        return (await booking.get_appointment(uow, appointment_id)).status


async def test_client_confirms_moves_and_cancels_without_javascript(studio: Studio, browser: Browser) -> None:
    appointment_id = (await bookings.rows(studio.organization_id))["appointment"]
    async with plain(browser, await issue(studio, appointment_id)) as page:
        await page.get_by_role("button", name="Potwierdzam").click()
        await expect(page.get_by_role("status")).to_contain_text("wizyta jest potwierdzona")
        assert await status(studio, appointment_id) is Status.CONFIRMED
        await page.get_by_role("link", name="Zmień termin").click()
        await page.get_by_role("radio", name="16:00").first.check()
        await page.get_by_role("button", name="Zmień termin").click()
        await expect(page.get_by_role("status")).to_contain_text("nowym terminie")
        await expect(page.get_by_text("16:00")).to_be_visible()
        await page.get_by_role("link", name="English").click()
        await page.get_by_role("link", name="Cancel the appointment").click()
        await expect(page.get_by_role("heading", name="Cancel the appointment?")).to_be_visible()
        await page.get_by_role("button", name="Yes, cancel it").click()
        await expect(page.get_by_role("heading", name="Appointment cancelled")).to_be_visible()
        assert await status(studio, appointment_id) is Status.CANCELLED


async def test_every_page_looks_right(studio: Studio, browser: Browser) -> None:
    appointment_id = (await bookings.rows(studio.organization_id))["appointment"]
    link = await issue(studio, appointment_id)
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    for path in ("", "/cancel", "/move", "?lang=en"):
        await page.goto(link + path)
        await _look_over(page, path)
    studio.console.expect("status of 404 ")
    await page.goto(f"{studio.url}/c/{'x' * links.LENGTH}")
    await expect(page.get_by_role("heading")).to_have_text(re.compile("Ten link nie działa|This link does not work"))
    await _look_over(page, "gone")
    await context.close()


async def _look_over(page: Page, path: str) -> None:
    look: Any  # as Playwright types it
    for look in ALL_LOOKS:
        scheme, size = look
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size(size)
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert await axe.faults(page) == [], (path, scheme, size)
