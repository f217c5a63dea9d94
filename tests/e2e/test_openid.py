"""The button of another provider, as a user sees it: in, out, in again; and what is shown when it fails."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, Page, expect
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.text.i18n import Language, translate
from sekretarka.domain.accounts.models import User
from sekretarka.domain.organizations.models import Membership
from tests.e2e.conftest import PHONE, Studio
from tests.support import axe, workspace
from tests.support.openid import Provider
from tests.support.site import Site

pytestmark = pytest.mark.browser
OVERVIEW = re.compile(r"/dashboard/?$")


@pytest.fixture
def home(site: Site) -> Iterator[Provider]:
    """The provider that the running site knows; one at a time has its port."""
    with workspace.locked("openid"):
        provider = Provider(int(urlsplit(site.issuer).port or 0))
        provider.kid = f"e2e-{uuid4().hex}"  # the site caches the keys of earlier providers
        provider.published = [provider.kid]
        provider.person |= {"sub": uuid4().hex, "email": f"ola-{uuid4().hex}@example.com"}
        yield provider
        provider.stop()


async def gives_password(studio: Studio) -> None:
    async with begin(actor.system(), write=True) as uow:
        members = sa.select(col(Membership.user_id)).where(col(Membership.organization_id) == studio.organization_id)
        await uow.execute(sa.update(User).where(col(User.id).in_(members)).values(password_hash="$argon2id$"))


async def opened(browser: Browser, site: Site, lang: Language, path: str = "/login/", **options: object) -> Page:
    context = await browser.new_context(**{"reduced_motion": "reduce", **options})  # type: ignore[arg-type]
    await context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
    page = await context.new_page()
    await page.goto(f"{site.url}{path}")
    await page.wait_for_selector("html:not([data-wait])")
    return page


@pytest.mark.parametrize(("lang", "path"), [("pl", "/login/"), ("en", "/register/")])
async def test_sign_in_out_and_in_again_with_a_provider(
    site: Site, browser: Browser, home: Provider, lang: Language, path: str
) -> None:
    page = await opened(browser, site, lang, path, viewport=PHONE)
    assert await axe.faults(page) == []
    with_provider = page.get_by_role("button", name=translate(lang, "sign_in_with.other", name="Dom"))
    await with_provider.click()
    await page.wait_for_url(OVERVIEW)
    await expect(page.get_by_role("link", name=translate(lang, "overview.connect"))).to_be_visible()
    first = await page.evaluate("async () => (await (await fetch('/api/auth/session')).json()).user")
    assert first["email"] == home.person["email"]
    await page.evaluate("window.sekretarka.signOut()")
    await page.wait_for_url("**/login/")
    await with_provider.click()
    await page.wait_for_url(OVERVIEW)
    again = await page.evaluate("async () => (await (await fetch('/api/auth/session')).json()).user")
    assert again == first
    await page.context.close()


async def test_provider_errors_are_shown(site: Site, browser: Browser, home: Provider) -> None:
    page = await opened(browser, site, "pl")
    with_provider = page.get_by_role("button", name=translate("pl", "sign_in_with.other", name="Dom"))
    alert = page.get_by_role("alert").filter(has_text=re.compile(r"\w"))
    home.back = lambda query: query.update(error="access_denied")
    await with_provider.click()
    await expect(alert).to_have_text(translate("pl", "sign_in_error.AccessDenied"))
    assert await axe.faults(page) == []
    home.back = lambda query: query
    home.person["email_verified"] = False
    await with_provider.click()
    await expect(alert).to_have_text(translate("pl", "sign_in_error.AccessDenied.email_not_verified"))
    home.claims = lambda claims: claims.update(nonce="another")
    await with_provider.click()
    await expect(alert).to_have_text(translate("pl", "sign_in_error.OAuthCallbackError"))
    for error, key in (("SessionRequired", "SessionRequired"), ("constructor", "default")):
        await page.goto(f"{site.url}/login/?error={error}")
        await expect(alert).to_have_text(translate("pl", f"sign_in_error.{key}"))
    await page.get_by_label(translate("pl", "auth_form.email")).fill(home.person["email"])
    await page.locator("#password").fill("nie to hasło")
    await page.get_by_role("button", name=translate("pl", "login.submit"), exact=True).click()
    await expect(alert).to_have_text(translate("pl", "login.error.credentials"))
    await page.context.close()


async def test_existing_account_is_told_how_to_link(
    site: Site, browser: Browser, home: Provider, studio: Studio
) -> None:
    async with studio.open("/dashboard/settings/profile/") as page:
        home.person["email"] = await page.locator("#email, [name=email]").first.input_value() or "?"
    stranger = await opened(browser, site, "en")
    await stranger.get_by_role("button", name="Sign in with Dom").click()
    alert = stranger.get_by_role("alert").filter(has_text=re.compile(r"\w"))
    await expect(alert).to_have_text(translate("en", "sign_in_error.OAuthAccountNotLinked"))
    await stranger.context.close()


async def test_linking_and_unlinking_in_the_settings(home: Provider, studio: Studio) -> None:
    async with studio.open("/dashboard/settings/security/", viewport=PHONE, color_scheme="dark") as page:
        card = page.locator("section").filter(has_text=translate("pl", "linking.title"))
        await card.get_by_role("button", name=translate("pl", "linking.link_with", name="Dom")).click()
        await page.wait_for_url("**/dashboard/settings/security/")
        await expect(card.get_by_text(home.person["email"])).to_be_visible()
        await expect(card.get_by_text(translate("pl", "linking.needed"))).to_be_visible()
        assert await axe.faults(page) == []
        await gives_password(studio)
        await page.reload()
        await card.get_by_role("button", name=translate("pl", "linking.unlink")).click()
        sure = page.get_by_role("alertdialog")
        await sure.get_by_role("button", name=translate("pl", "linking.unlink")).click()
        await expect(card.get_by_text(translate("pl", "linking.none"))).to_be_visible()
        await expect(card.get_by_text(home.person["email"])).to_have_count(0)
        home.back = lambda query: query.update(error="access_denied")
        await card.get_by_role("button", name=translate("pl", "linking.link_with", name="Dom")).click()
        await expect(card.get_by_role("alert")).to_have_text(translate("pl", "sign_in_error.AccessDenied"))
        assert await axe.faults(page) == []
