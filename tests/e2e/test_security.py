"""Bezpieczeństwo in a real browser: a new password, and the browsers that are signed in."""

from typing import Any

import pytest
import sqlalchemy as sa
from playwright.async_api import Page, expect
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import passwords, sessions
from sekretarka.domain.accounts.models import User
from sekretarka.domain.auth.session_auth import actor_of_session
from tests.e2e.conftest import Studio, look_over
from tests.support import axe, workspace
from tests.support.accounts import PASSWORD

pytestmark = pytest.mark.browser

PATH = "/dashboard/settings/security"
FRESH = "cztery zielone parasole"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"


async def also(studio: Studio, user_agent: str | None = None) -> str:
    """The owner in another browser."""
    owner = await actor_of_session(studio.tokens[Role.OWNER])
    assert owner is not None
    assert owner.user_id is not None
    async with begin(actor.system(), write=True) as uow:
        return sessions.start(uow, owner.user_id, studio.organization_id, user_agent)[1]


async def give_password(studio: Studio) -> None:
    owner = await actor_of_session(studio.tokens[Role.OWNER])
    assert owner is not None
    password_hash = await passwords.derive(PASSWORD)
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(User).where(col(User.id) == owner.user_id).values(password_hash=password_hash))


async def submit(page: Page, current: str, new: str) -> None:
    await page.fill("#currentPassword", current)
    await page.fill("#newPassword", new)
    await page.get_by_role("button", name="Zmień hasło").click()


async def test_password_change_ends_other_sessions_and_avoids_the_socket(studio: Studio) -> None:
    await give_password(studio)
    other = await also(studio)
    frames: list[Any] = []
    async with studio.open("/dashboard") as page:
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))  # noqa: PLW0108
        other_window = await page.context.new_page()
        await other_window.goto(f"{studio.url}/dashboard")
        await expect(other_window.get_by_role("button", name="Konto:")).to_be_visible()
        await other_window.evaluate("window.untouched = true")
        await page.goto(f"{studio.url}{PATH}")
        await submit(page, PASSWORD, "1234567")
        await expect(page.locator("#newPassword-error")).to_have_text("Hasło jest za krótkie: co najmniej 8 znaków.")
        await submit(page, PASSWORD, FRESH)
        await expect(page.get_by_text("Hasło zmienione.")).to_be_visible()
        await expect(page.get_by_text("ta przeglądarka")).to_be_visible()
        assert await axe.faults(page) == []
        # The other window still holds the old cookie in its socket: it begins anew as the same person.
        await other_window.wait_for_function("!window.untouched", timeout=15_000)
        await expect(other_window.get_by_role("button", name="Konto:")).to_be_visible()
        assert other_window.url == f"{studio.url}/dashboard/"
        # The sign-in page sends signed-in users on unless it shows an error, and never to another site.
        await page.goto(f"{studio.url}/login/?error=OAuthSignin&callbackUrl={PATH}")
        await expect(page.get_by_role("button", name="Zaloguj się")).to_be_visible()
        await page.goto(f"{studio.url}/login/?callbackUrl={PATH}")
        await page.wait_for_url(f"**{PATH}/")
        await other_window.evaluate("sessionStorage.clear()")
        await other_window.goto(f"{studio.url}/login/?callbackUrl=//evil.example/dashboard")
        await other_window.wait_for_url(f"{studio.url}/dashboard/")
    assert frames
    sent_and_logged = str(frames) + (workspace.folder() / "site.log").read_text()
    assert PASSWORD not in sent_and_logged
    assert FRESH not in sent_and_logged
    assert await actor_of_session(other) is None
    assert await actor_of_session(studio.tokens[Role.OWNER]) is None, "this browser has a new id"


async def test_wrong_current_password_is_shown_at_its_field(studio: Studio) -> None:
    await give_password(studio)
    other = await also(studio)
    async with studio.open(PATH, refused=422) as page:
        await submit(page, "nie to hasło", FRESH)
        await expect(page.locator("#currentPassword-error")).to_have_text("To nie jest Twoje obecne hasło.")
        await expect(page.locator("#currentPassword")).to_be_focused()
    assert await actor_of_session(other) is not None


async def test_sessions_are_listed_and_ended_one_by_one_and_together(studio: Studio) -> None:
    firefox = await also(studio, FIREFOX)
    others = [await also(studio) for _ in range(2)]
    async with studio.open(PATH) as page:
        rows = page.locator("main section", has_text="Zalogowane przeglądarki").get_by_role("listitem")
        await expect(rows).to_have_count(4)
        await expect(rows.first).to_contain_text("ta przeglądarka")
        row = rows.filter(has_text="Firefox, Windows")
        await row.get_by_role("button", name="Wyloguj").click()
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("Firefox, Windows")
        await expect(dialog.get_by_role("button", name="Anuluj")).to_be_focused()
        assert await axe.faults(page) == []
        await dialog.get_by_role("button", name="Wyloguj").click()
        await expect(rows).to_have_count(3)
        assert await actor_of_session(firefox) is None
        await page.get_by_role("button", name="Wyloguj pozostałe").click()
        await expect(dialog).to_contain_text("2 przeglądarki")
        await dialog.get_by_role("button", name="Wyloguj pozostałe").click()
        await expect(rows).to_have_count(1)
    assert [await actor_of_session(token) for token in others] == [None, None]
    assert await actor_of_session(studio.tokens[Role.OWNER]) is not None


@pytest.mark.parametrize("lang", ["pl", "en"])
async def test_passes_axe_without_horizontal_scrolling(studio: Studio, lang: str) -> None:
    await also(studio, FIREFOX)
    async with studio.open(PATH, lang=lang) as page:
        await expect(page.get_by_text("Firefox, Windows")).to_be_visible()
        await look_over(page, lang)
