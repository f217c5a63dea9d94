"""Where one is signed in, and the password behind it, over REST (security.md#t4)."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from starlette.types import ASGIApp

from sekretarka.core.database import engine
from sekretarka.domain.accounts.login_throttling import FREE_FAILURES
from sekretarka.domain.auth.session_auth import actor_of_session
from tests import clients
from tests.clients import Caller
from tests.support.accounts import PASSWORD

ALL, CHANGE = "/api/v1/users/me/sessions", "/api/v1/users/me/password"
FRESH = "cztery zielone parasole"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"

pytestmark = pytest.mark.usefixtures("light_hashes")


async def also(app: ASGIApp, caller: Caller, user_agent: str = "test") -> Caller:
    """The same person in another browser."""
    token = await clients.sign_in(caller.actor, user_agent)
    return Caller(clients.client_of(app, clients.browser_headers(token)), caller.actor, token)


async def change(caller: Caller, current: str = PASSWORD, new: str = FRESH, **headers: str) -> httpx2.Response:
    body = {"currentPassword": current, "newPassword": new}
    return await caller.send("POST", CHANGE, json=body, headers=headers)


def moved(caller: Caller, answer: httpx2.Response) -> Caller:
    """The browser with the cookie that it was given."""
    token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    caller.client.headers.update(clients.browser_headers(token))
    caller.credential = token
    return caller


async def is_alive(caller: Caller) -> bool:
    return (await caller.send("GET", ALL)).status_code == 200


async def test_sessions_of_the_user_are_listed(app: ASGIApp, owner: Caller, stranger: Caller) -> None:
    await also(app, owner, FIREFOX)
    answer = await owner.send("GET", ALL)
    assert answer.headers["cache-control"] == "private, no-store"
    rows = answer.json()["data"]
    assert [row["current"] for row in sorted(rows, key=lambda row: bool(row["browser"]))] == [True, False]
    [other] = [row for row in rows if not row["current"]]
    assert (other["browser"], other["system"], other["device"]) == ("Firefox", "Windows", "computer")
    assert answer.json()["metadata"]["total"] == 2
    assert "Mozilla" not in answer.text
    assert len(await stranger.data("GET", ALL)) == 1


async def test_a_session_is_ended_from_another_one(app: ASGIApp, owner: Caller, stranger: Caller) -> None:
    phone, laptop = await also(app, owner), await also(app, owner)
    [ended] = [row["id"] for row in await phone.data("GET", ALL) if row["current"]]
    unknown = [await caller.send("DELETE", f"{ALL}/{i}") for caller, i in ((stranger, ended), (owner, uuid4()))]
    assert {(answer.status_code, answer.content) for answer in unknown} == {(404, unknown[0].content)}
    assert await owner.data("DELETE", f"{ALL}/{ended}") == {"id": ended}
    assert [await is_alive(browser) for browser in (owner, phone, laptop)] == [True, False, True]
    assert (await owner.send("DELETE", f"{ALL}/{ended}")).status_code == 404


async def test_all_others_end_at_once(app: ASGIApp, owner: Caller, stranger: Caller) -> None:
    browsers = [await also(app, owner) for _ in range(3)]
    assert await owner.data("DELETE", ALL) == {"count": 3}
    assert [await is_alive(browser) for browser in (owner, stranger, *browsers)] == [True, True, False, False, False]
    assert await owner.data("DELETE", ALL) == {"count": 0}


async def test_own_session_can_be_revoked(owner: Caller) -> None:
    [session] = await owner.data("GET", ALL)
    await owner.data("DELETE", f"{ALL}/{session['id']}")
    assert (await owner.send("GET", ALL)).json()["error"]["code"] == "SESSION_EXPIRED"


async def test_a_new_password_signs_every_other_browser_out(app: ASGIApp, owner: Caller) -> None:
    await clients.give_password(owner, PASSWORD)
    others, before = [await also(app, owner) for _ in range(2)], owner.credential
    answer = await change(owner)
    assert answer.json()["data"]["current"] is True
    assert FRESH not in answer.text + str(answer.headers)
    assert all(flag in answer.headers["set-cookie"] for flag in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert await actor_of_session(before) is None, "the id it had before is dead"
    assert [await is_alive(browser) for browser in others] == [False, False]
    assert await is_alive(moved(owner, answer))
    assert (await change(owner)).json()["error"]["details"][0]["code"] == "wrong_password"
    assert (await change(owner, FRESH, PASSWORD)).status_code == 200, "and the new one is the password now"


@pytest.mark.parametrize(
    ("current", "new", "field", "code"),
    [
        ("nie to", FRESH, "currentPassword", "wrong_password"),
        ("", FRESH, "currentPassword", "wrong_password"),
        (PASSWORD, "1234567", "newPassword", "string_too_short"),
        (PASSWORD, "x" * 129, "newPassword", "string_too_long"),
        (PASSWORD, "Password2026!", "newPassword", "common_password"),
        (PASSWORD, "IgaNowak1", "newPassword", "guessable_password"),
        (PASSWORD, PASSWORD, "newPassword", "same_password"),
        (PASSWORD, None, "newPassword", "string_type"),
    ],
)
async def test_a_bad_change_is_told_at_its_field(
    app: ASGIApp, owner: Caller, current: Any, new: Any, field: str, code: str
) -> None:
    await clients.give_password(owner, PASSWORD)
    other = await also(app, owner)
    answer = await change(owner, current, new)
    assert answer.status_code == 422
    [detail] = answer.json()["error"]["details"]
    assert (detail["path"], detail["code"]) == (["body", field], code)
    assert not new or new not in answer.text
    assert await is_alive(owner)
    assert await is_alive(other)


async def test_user_without_password_cannot_change_it(owner: Caller) -> None:
    for guess in ("", "null", PASSWORD):
        assert (await change(owner, guess)).json()["error"]["details"][0]["code"] == "wrong_password"


async def test_password_guesses_are_throttled(app: ASGIApp, owner: Caller, verified: list[str], frozen: Any) -> None:
    token = await clients.sign_in(owner.actor)
    browser = Caller(clients.client_of(app, clients.browser_headers(token)), owner.actor, token)
    await clients.give_password(browser, PASSWORD)
    tries = [await change(browser, f"zgaduj {n}") for n in range(FREE_FAILURES)]
    assert {answer.status_code for answer in tries} == {422}
    refused = await change(browser)
    assert refused.json()["error"]["code"] == "LOGIN_THROTTLED"
    assert len(verified) == FREE_FAILURES, "what waits is not even looked at"
    frozen.shift(int(refused.headers["retry-after"]))
    assert (await change(browser)).status_code == 200


async def test_of_two_changes_at_once_one_is_made(app: ASGIApp, owner: Caller) -> None:
    await clients.give_password(owner, PASSWORD)
    other = await also(app, owner)
    before = owner.credential, other.credential
    answers = await asyncio.gather(change(owner), change(other, new="siedem cichych żurawi"))
    assert sum(answer.status_code == 200 for answer in answers) == 1
    alive = [await actor_of_session(credential) for credential in before]
    assert alive == [None, None], "one was signed out, the other has a new id"


async def test_keys_and_other_pages_change_nothing(owner: Caller, program: Caller, database: engine.Database) -> None:
    await clients.give_password(owner, PASSWORD)
    for method, path in (("GET", ALL), ("DELETE", ALL), ("DELETE", f"{ALL}/{uuid4()}")):
        assert (await program.send(method, path)).json()["error"]["code"] == "FORBIDDEN"
    assert (await change(program)).json()["error"]["code"] == "FORBIDDEN"
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await change(owner, **evil)).json()["error"]["code"] == "CSRF_FAILED"
    assert (await owner.send("DELETE", ALL, headers=evil)).json()["error"]["code"] == "CSRF_FAILED"
    assert await is_alive(owner)
