"""No page but ours makes a browser sign in, sign out, switch or register (security.md#t5)."""

from collections.abc import Mapping

import httpx2
import pytest

from tests.support.accounts import PASSWORD
from tests.web.browser import Browser, Open
from tests.web.database_contents import contents

OWN = "http://localhost:8000"
HEADERS: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"Origin": OWN}, True),
    ({"Origin": "http://127.0.0.1:8000"}, True),
    ({"Referer": f"{OWN}/login?x=1"}, True),
    ({"Sec-Fetch-Site": "same-origin", "Origin": OWN}, True),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "null"}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://sub.localhost:8000"}, False),
    ({"Origin": "http://localhost:8000.evil.example"}, False),
    ({"Origin": "https://localhost:8000"}, False),
    ({"Origin": "http://localhost"}, False),
    ({"Origin": "http://localhost:8001"}, False),
    ({"Origin": "HTTP://LOCALHOST:8000"}, False),
    ({"Referer": "https://evil.example/http://localhost:8000"}, False),
    ({"Referer": "https://localhost:8000@evil.example/"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False),
    ({"Sec-Fetch-Site": "same-site", "Origin": OWN}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, False),
    ({"Sec-Fetch-Site": "nonsense", "Origin": OWN}, False),
]


async def signed_in(visitor: Browser) -> dict[str, str]:
    await visitor.sign_in()
    return {"csrfToken": await visitor.token()}


async def write(visitor: Browser, path: str, headers: Mapping[str, str], **fields: str) -> httpx2.Response:
    return await visitor.post(f"/api/auth/{path}", data=fields, headers=dict(headers))


@pytest.mark.parametrize(("headers", "own"), HEADERS)
async def test_signing_in(visitor: Browser, headers: dict[str, str], own: bool) -> None:
    token, before = await visitor.token(), await contents()
    response = await write(
        visitor, "callback/credentials", headers, csrfToken=token, email="iga@example.com", password=PASSWORD
    )
    assert (visitor.cookie("session-token") is not None) == own
    assert ("MissingCSRF" in response.headers["location"]) != own
    assert own or await contents() == before


@pytest.mark.parametrize(("headers", "own"), HEADERS)
async def test_signing_out(visitor: Browser, headers: dict[str, str], own: bool) -> None:
    fields, before = await signed_in(visitor), await contents()
    response = await write(visitor, "signout", headers, **fields)
    assert ("MissingCSRF" in response.headers["location"]) != own
    assert (await visitor.who() is None) == own
    assert own or await contents() == before


@pytest.mark.parametrize(("headers", "own"), HEADERS)
async def test_switching(visitor: Browser, headers: dict[str, str], own: bool) -> None:
    fields, before = await signed_in(visitor), await contents()
    response = await write(visitor, "session", headers, **fields)
    assert response.status_code == (200 if own else 400)
    assert own or (response.text, await contents()) == ("null", before)


@pytest.mark.parametrize(("headers", "own"), HEADERS)
async def test_registering(open_browser: Open, headers: dict[str, str], own: bool) -> None:
    visitor, before = await open_browser(), await contents()
    body = {"email": "ola@example.com", "name": "Ola", "password": PASSWORD}
    response = await visitor.post("/api/auth/register", json=body, headers=headers)
    assert response.status_code == (201 if own else 403)
    assert own or (response.json()["error"]["code"], await contents()) == ("CSRF_FAILED", before)


@pytest.mark.parametrize("path", ["callback/credentials", "signout", "signin", "signin/credentials", "session"])
@pytest.mark.parametrize("token", [None, "", "x", "0" * 64, "Ł" * 64, "half"])
async def test_without_the_right_token_nothing_happens(visitor: Browser, path: str, token: str | None) -> None:
    right, before = await visitor.token(), await contents()
    token = right[:32] if token == "half" else token
    fields = {"email": "iga@example.com", "password": PASSWORD, **({} if token is None else {"csrfToken": token})}
    response = await write(visitor, path, {"X-Auth-Return-Redirect": "1"}, **fields)
    if path == "session":
        assert (response.status_code, response.text) == (400, "null")
    else:
        assert response.json() == {"url": f"{OWN}/api/auth/signin?error=MissingCSRF"}
    assert "set-cookie" not in response.headers
    assert await contents() == before


async def test_a_token_is_of_one_session_only(open_browser: Open, visitor: Browser) -> None:
    """A pair from before signing in, or of somebody else's session, is worth nothing: tossing cookies does not help."""
    earlier_pair = await visitor.token(), visitor.cookies["authjs.csrf-token"]
    await visitor.sign_in()
    stranger = await open_browser()
    await stranger.sign_in()
    foreign_pair = await stranger.token(), stranger.cookies["authjs.csrf-token"]
    for token, cookie in (earlier_pair, foreign_pair):
        header = {"Cookie": f"authjs.session-token={visitor.cookie('session-token')}; authjs.csrf-token={cookie}"}
        bare = await open_browser()
        response = await bare.post("/api/auth/signout", data={"csrfToken": token}, headers=header)
        assert "MissingCSRF" in response.headers["location"]
    assert await visitor.who()
    assert await stranger.who()


async def test_duplicate_csrf_cookies_are_ignored(visitor: Browser, open_browser: Open) -> None:
    token, own_cookie = await visitor.token(), visitor.cookies["authjs.csrf-token"]
    attacker = await open_browser()
    tossed_token, tossed_cookie = await attacker.token(), attacker.cookies["authjs.csrf-token"]
    for first, second in ((own_cookie, tossed_cookie), (tossed_cookie, own_cookie)):
        for sent_token in (token, tossed_token):
            bare = await open_browser()
            header = {"Cookie": f"authjs.csrf-token={first}; authjs.csrf-token={second}"}
            fields = {"csrfToken": sent_token, "email": "iga@example.com", "password": PASSWORD}
            response = await bare.post("/api/auth/callback/credentials", data=fields, headers=header)
            assert "MissingCSRF" in response.headers["location"]


async def test_on_https_a_tossed_cookie_has_another_name(https: str, open_browser: Open) -> None:
    attacker, victim = await open_browser(base_url=https), await open_browser(base_url=https)
    token = await attacker.token()
    tossed = attacker.cookies["__Host-authjs.csrf-token"]
    header = {"Cookie": f"authjs.csrf-token={tossed}; __Secure-authjs.csrf-token={tossed}"}
    fields = {"csrfToken": token, "email": "iga@example.com", "password": PASSWORD}
    response = await victim.post("/api/auth/callback/credentials", data=fields, headers=header)
    assert "MissingCSRF" in response.headers["location"]


async def test_a_forged_hash_is_replaced(visitor: Browser) -> None:
    token = await visitor.token()
    for forged in (f"{token}%7C{'0' * 64}", token, f"{token}%7C", "x" * 129, f"{'0' * 64}%7C{'0' * 64}"):
        response = await visitor.get("/api/auth/csrf", headers={"Cookie": f"authjs.csrf-token={forged}"})
        assert "authjs.csrf-token=" in response.headers["set-cookie"]
        assert response.json()["csrfToken"] not in forged


async def test_the_token_is_new_after_signing_in_and_out(visitor: Browser) -> None:
    first = await visitor.token()
    await visitor.sign_in()
    second = await visitor.token()
    await visitor.send_form("/api/auth/signout")
    third = await visitor.token()
    assert len({first, second, third}) == 3


async def test_reading_changes_nothing(visitor: Browser) -> None:
    await visitor.sign_in()
    await visitor.who()
    before = await contents()
    for path in (
        "signin",
        "signout",
        "callback/credentials",
        "error",
        "verify-request",
        "csrf",
        "session",
        "providers",
    ):
        await visitor.get(f"/api/auth/{path}?csrfToken={await visitor.token()}&email=iga@example.com&password=x")
    assert await contents() == before
