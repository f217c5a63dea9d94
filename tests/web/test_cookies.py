"""Cookies: names, flags, lifetimes; one token before, another after; nothing that was planted counts."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2
import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts.models import Session
from tests.support.accounts import PASSWORD, person
from tests.web.browser import Browser, Open

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def cookies(response: httpx2.Response) -> dict[str, dict[str, str]]:
    """Name → attributes, as they were sent."""
    attributes: dict[str, dict[str, str]] = {}
    for header in response.headers.get_list("set-cookie"):
        first, *rest = (part.strip() for part in header.split(";"))
        name, _, value = first.partition("=")
        pairs = (part.partition("=") for part in rest)
        attributes[name] = {"value": value, **{key: attribute for key, _, attribute in pairs}}
    return attributes


async def test_on_http(visitor: Browser) -> None:
    sent = cookies(await visitor.sign_in())
    assert set(sent) == {"authjs.session-token", "authjs.csrf-token", "authjs.device"}
    for attributes in sent.values():
        assert {"Path": "/", "HttpOnly": "", "SameSite": "Lax"}.items() <= attributes.items()
        assert attributes.keys() <= {"value", "Path", "Expires", "HttpOnly", "SameSite"}


async def test_on_https_only_we_can_have_set_them(https: str, open_browser: Open) -> None:
    await person()
    visitor = await open_browser(base_url=https)
    assert set(cookies(await visitor.get("/api/auth/csrf"))) == {"__Host-authjs.csrf-token"}
    remembered = cookies(await visitor.send_form("/api/auth/signin", callbackUrl="/dashboard"))
    assert set(remembered) == {"__Secure-authjs.callback-url"}
    sent = cookies(await visitor.sign_in(headers={"Origin": https}))
    assert set(sent) == {
        "__Host-authjs.session-token",
        "__Host-authjs.csrf-token",
        "__Host-authjs.device",
        "__Secure-authjs.callback-url",
    }
    for attributes in (*sent.values(), *remembered.values()):
        assert {"Path": "/", "HttpOnly": "", "SameSite": "Lax", "Secure": ""}.items() <= attributes.items()
        assert "Domain" not in attributes
    assert (await visitor.who())["user"]["email"] == "iga@example.com"


async def test_on_https_a_name_without_prefix_is_nobody(https: str, open_browser: Open) -> None:
    await person()
    visitor = await open_browser(base_url=https)
    await visitor.sign_in()
    token = visitor.cookie("session-token")
    other = await open_browser(base_url=https)
    for name in ("authjs.session-token", "__Secure-authjs.session-token", "next-auth.session-token"):
        assert (await other.get("/api/auth/session", headers={"Cookie": f"{name}={token}"})).text == "null"
    response = await other.get("/api/auth/session", headers={"Cookie": f"__Host-authjs.session-token={token}"})
    assert response.json()["user"]["email"] == "iga@example.com"


async def test_the_session_cookie_ends_with_the_session_and_moves_along(visitor: Browser) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        sent = cookies(await visitor.sign_in())
        assert parsedate_to_datetime(sent["authjs.session-token"]["Expires"]) == NOON + timedelta(days=30)
        assert "Expires" not in sent["authjs.csrf-token"]
        token = sent["authjs.session-token"]["value"]
        for days, ends in ((1, 31), (20, 50), (45, 75), (70, 90), (89, 90)):
            time.move_to(NOON + timedelta(days=days))
            header = {"Cookie": f"authjs.session-token={token}"}
            response = await visitor.get("/api/auth/session", headers=header)
            assert response.json()["expires"] == (NOON + timedelta(days=ends)).isoformat()[:-6] + ".000Z"
            moved = cookies(response)["authjs.session-token"]
            assert (moved["value"], parsedate_to_datetime(moved["Expires"])) == (token, NOON + timedelta(days=ends))
        time.move_to(NOON + timedelta(days=90))
        assert (await visitor.get("/api/auth/session", headers=header)).text == "null"


async def test_planted_session_is_invalid_after_sign_in(visitor: Browser) -> None:
    planted = "cd" * 32
    visitor.cookies.set("authjs.session-token", planted, domain="localhost.local", path="/")
    assert (await visitor.sign_in()).status_code == 302
    assert visitor.cookie("session-token") not in (None, planted)
    async with begin(actor.system()) as uow:
        assert len((await uow.execute(sa.select(col(Session.id)))).all()) == 1
    stranger = {"Cookie": f"authjs.session-token={planted}"}
    visitor.cookies.clear()
    assert (await visitor.get("/api/auth/session", headers=stranger)).text == "null"
    assert (await visitor.get("/api/v1/users/me", headers=stranger)).status_code == 401


async def test_cookie_is_invalid_after_signing_out(visitor: Browser) -> None:
    await visitor.sign_in()
    held = {"Cookie": f"authjs.session-token={visitor.cookie('session-token')}"}
    assert (await visitor.get("/api/v1/users/me")).status_code == 200
    await visitor.send_form("/api/auth/signout")
    visitor.cookies.clear()
    assert (await visitor.get("/api/v1/users/me", headers=held)).status_code == 401
    assert (await visitor.get("/api/auth/session", headers=held)).text == "null"


async def test_duplicate_session_cookies_are_ignored(visitor: Browser) -> None:
    await visitor.sign_in()
    token = visitor.cookie("session-token")
    for header in (f"authjs.session-token={token}; authjs.session-token={'ab' * 32}",
                 f"authjs.session-token={'ab' * 32}; authjs.session-token={token}"):  # fmt: skip
        visitor.cookies.clear()
        assert (await visitor.get("/api/auth/session", headers={"Cookie": header})).text == "null"


async def test_signing_in_again_ends_the_session_before(visitor: Browser) -> None:
    await visitor.sign_in()
    first = visitor.cookie("session-token")
    await visitor.sign_in()
    second = visitor.cookie("session-token")
    assert first != second
    visitor.cookies.clear()
    for token, status in ((first, 401), (second, 200)):
        header = {"Cookie": f"authjs.session-token={token}"}
        assert (await visitor.get("/api/v1/users/me", headers=header)).status_code == status


@pytest.mark.parametrize("value", ["", "x", "%00", "%ff", '"', "a|b", "ab" * 5_000, "%E0%A4%A"])
async def test_any_cookie_is_read_without_a_fault(visitor: Browser, value: str) -> None:
    kinds = ("session-token", "csrf-token", "callback-url", "device")
    header = {"Cookie": "; ".join(f"authjs.{kind}={value}" for kind in kinds)}
    assert (await visitor.get("/api/auth/session", headers=header)).text == "null"
    assert (await visitor.get("/api/auth/csrf", headers=header)).status_code == 200
    fields = {"email": "iga@example.com", "password": PASSWORD}
    response = await visitor.post("/api/auth/callback/credentials", data=fields, headers=header)
    assert response.headers["location"].endswith("?error=MissingCSRF")
