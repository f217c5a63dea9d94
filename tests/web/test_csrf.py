"""No page but ours makes a browser sign in, sign out, switch or register (security.md#t5)."""

from collections.abc import Mapping
from uuid import uuid4

import httpx2
import pytest

from tests.support.accounts import PASSWORD
from tests.web.browser import Browser, Open
from tests.web.database_contents import contents

OWN = "http://localhost:8000"
# What browsers send with a request from one of our pages, and what with one from elsewhere.
OURS: list[dict[str, str]] = [
    {},
    {"Origin": OWN},
    {"Origin": "http://127.0.0.1:8000"},
    {"Referer": f"{OWN}/login?x=1"},
    {"Sec-Fetch-Site": "same-origin", "Origin": OWN},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
]
FOREIGN: list[dict[str, str]] = [
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://sub.localhost:8000"},
    {"Origin": "http://localhost:8000.evil.example"},
    {"Origin": "https://localhost:8000"},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost:8001"},
    {"Origin": "HTTP://LOCALHOST:8000"},
    {"Referer": "https://evil.example/http://localhost:8000"},
    {"Referer": "https://localhost:8000@evil.example/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
    {"Sec-Fetch-Site": "same-site", "Origin": OWN},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "nonsense", "Origin": OWN},
]


async def write(visitor: Browser, path: str, headers: Mapping[str, str], **fields: str) -> httpx2.Response:
    return await visitor.post(f"/api/auth/{path}", data=fields, headers=dict(headers))


async def sign_in(visitor: Browser, headers: Mapping[str, str]) -> httpx2.Response:
    fields = {"csrfToken": await visitor.token(), "email": "iga@example.com", "password": PASSWORD}
    return await write(visitor, "callback/credentials", headers, **fields)


async def register(visitor: Browser, headers: Mapping[str, str]) -> httpx2.Response:
    body = {"email": f"{uuid4()}@example.com", "name": "Ola", "password": PASSWORD}
    return await visitor.post("/api/auth/register", json=body, headers=dict(headers))


async def test_our_own_pages_may(visitor: Browser, open_browser: Open) -> None:
    for number, headers in enumerate(OURS):
        assert "MissingCSRF" not in (await sign_in(visitor, headers)).headers["location"], headers
        assert visitor.cookie("session-token"), headers
        switched = await write(visitor, "session", headers, csrfToken=await visitor.token())
        assert switched.status_code == 200, headers
        signed_out = await write(visitor, "signout", headers, csrfToken=await visitor.token())
        assert "MissingCSRF" not in signed_out.headers["location"], headers
        assert await visitor.who() is None
        newcomer = await open_browser(network=f"203.0.113.{100 + number}")
        assert (await register(newcomer, headers)).status_code == 201, headers


async def test_nobody_else_may(visitor: Browser) -> None:
    before = await contents()
    for headers in FOREIGN:
        assert "MissingCSRF" in (await sign_in(visitor, headers)).headers["location"], headers
        assert visitor.cookie("session-token") is None
        refused = await register(visitor, headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "CSRF_FAILED"), headers
        assert await contents() == before, headers


async def test_nobody_else_may_with_our_session(visitor: Browser) -> None:
    await visitor.sign_in()
    fields, before = {"csrfToken": await visitor.token()}, await contents()
    for headers in FOREIGN:
        assert "MissingCSRF" in (await write(visitor, "signout", headers, **fields)).headers["location"], headers
        switched = await write(visitor, "session", headers, **fields)
        assert (switched.status_code, switched.text) == (400, "null"), headers
        assert await contents() == before, headers
    assert await visitor.who()


@pytest.mark.parametrize("path", ["callback/credentials", "signout", "signin", "signin/credentials", "session"])
async def test_without_the_right_token_nothing_happens(visitor: Browser, path: str) -> None:
    right, before = await visitor.token(), await contents()
    for token in (None, "", "x", "0" * 64, "Ł" * 64, right[:32]):
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
