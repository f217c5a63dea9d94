"""Nobody learns who has an account (security.md#t8, api.md#registration)."""

from collections.abc import Iterable
from typing import Any

import httpx2
import pytest

from sekretarka.domain.accounts import passwords
from tests.support.accounts import PASSWORD, person
from tests.web.browser import Browser, Open

pytestmark = pytest.mark.usefixtures("frozen")
OF_THE_REQUEST = {"x-request-id", "date", "ratelimit", "set-cookie"}


def seen(response: httpx2.Response, *hidden: str) -> tuple[int, dict[str, str], str]:
    """Everything a caller sees of an answer, without what is the request's own."""
    body = response.text
    for value in hidden:
        body = body.replace(value, "…")
    headers = {name: value for name, value in response.headers.items() if name not in OF_THE_REQUEST}
    return response.status_code, headers, body


async def test_signing_in_unknown_wrong_without_password_and_waiting(
    visitor: Browser, open_browser: Open, verified: list[str]
) -> None:
    await person("czeka@example.com")
    for number in range(6):
        other = await open_browser(network=f"198.51.100.{number}")
        await other.sign_in("czeka@example.com", "złe hasło")
    verified.clear()
    tries = (("nikt@example.com", "złe hasło"), ("iga@example.com", "złe hasło"), ("czeka@example.com", PASSWORD))
    for headers in ({}, {"X-Auth-Return-Redirect": "1"}):
        answers = [seen(await visitor.sign_in(email, password, headers=headers)) for email, password in tries]
        assert answers[0] == answers[1] == answers[2]
    assert verified.count(passwords.DUMMY_HASH) == 2
    assert len(verified) == 4


async def registered(visitor: Browser, **body: Any) -> httpx2.Response:
    values = {"email": "ola@example.com", "name": "Ola", "password": PASSWORD, **body}
    return await visitor.post("/api/auth/register", json=values)


async def test_registering_a_known_and_a_new_address(visitor: Browser) -> None:
    fresh, existing = await registered(visitor), await registered(visitor, email="iga@example.com")
    ids = [response.json()["data"]["userId"] for response in (fresh, existing)]
    assert seen(fresh, ids[0], "ola@example.com") == seen(existing, ids[1], "iga@example.com")
    assert fresh.status_code == 201
    assert set(fresh.json()["data"]) == {"userId", "email"}
    assert [len(value) for value in ids] == [36, 36]
    again = await registered(visitor, email="iga@example.com")
    assert again.json()["data"]["userId"] not in ids


async def test_a_bad_password_is_told_before_anybody_is_looked_up(visitor: Browser) -> None:
    answers = [await registered(visitor, email=email, password="password1") for email in EMAILS]
    assert answers[0].status_code == 422
    assert seen(answers[0]) == seen(answers[1])


EMAILS = ("iga@example.com", "nikt@example.com")


async def test_the_account_that_was_there_is_as_it_was(visitor: Browser) -> None:
    await registered(visitor, email="IGA@example.com", name="Mallory", password="inne hasło 88")
    assert "CredentialsSignin" in (await visitor.sign_in(password="inne hasło 88")).headers["location"]
    await visitor.sign_in()
    assert (await visitor.who())["user"]["name"] == "Iga Nowak"


async def fail(visitor: Browser, emails: Iterable[str]) -> list[httpx2.Response]:
    return [await visitor.sign_in(email, "złe hasło", headers={"X-Auth-Return-Redirect": "1"}) for email in emails]


async def test_throttled_network_gets_the_same_response(visitor: Browser, open_browser: Open) -> None:
    await fail(visitor, (f"nikt{number}@example.com" for number in range(20)))
    answers = await fail(visitor, EMAILS)
    assert [answer.status_code for answer in answers] == [429, 429]
    assert answers[0].json()["error"]["code"] == "LOGIN_THROTTLED"
    assert 1 <= int(answers[0].headers["retry-after"]) <= 600
    assert seen(answers[0])[2] == seen(answers[1])[2]
    by_form = await visitor.sign_in()
    assert by_form.headers["location"].endswith("?error=CredentialsSignin&code=throttled")
    elsewhere = await open_browser(network="198.51.100.1")
    await elsewhere.sign_in()
    assert await elsewhere.who()


async def test_forwarded_addresses_of_strangers_do_not_count(visitor: Browser) -> None:
    statuses = []
    for number in range(25):
        header = {"X-Auth-Return-Redirect": "1", "X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": "1.2.3.4"}
        statuses.append((await visitor.sign_in(f"n{number}@example.com", "złe hasło", headers=header)).status_code)
    assert statuses == [200] * 20 + [429] * 5


@pytest.mark.parametrize("hops", [1, 2])
async def test_behind_proxies_the_trusted_one_says_who_calls(visitor: Browser, configure: Any, hops: int) -> None:
    configure(trusted_proxy_hops=hops)
    statuses = []
    for number in range(25):
        seen_by = [f"198.51.100.{number}", "203.0.113.1"]
        forwarded = ", ".join(["10.9.8.7", *seen_by[:hops]])
        header = {"X-Auth-Return-Redirect": "1", "X-Forwarded-For": forwarded}
        statuses.append((await visitor.sign_in(f"n{number}@example.com", "złe hasło", headers=header)).status_code)
    assert set(statuses) == {200}
