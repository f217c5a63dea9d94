"""Mailed links over HTTP: nobody learns anything by asking, no host but ours is in them, and only a POST uses them."""

import re
import unicodedata
from typing import Any

import httpx2
import pytest

from tests.support.accounts import PASSWORD, person
from tests.support.jobs import jobs, mailed
from tests.web.browser import Browser, Open
from tests.web.database_contents import contents
from tests.web.test_enumeration import seen

NEW = "całkiem świeże 99"
ASKING = ("/api/auth/password/forgot", "/api/auth/verify-email/resend")
USING = ("/api/auth/password/reset", "/api/auth/verify-email")
LINK = re.compile(r"(http\S*)#token=([0-9a-f]{64})")


async def link(visitor: Browser, path: str = ASKING[0], **headers: str) -> tuple[str, str]:
    """Request a link and read the e-mail: the link without its token, and the token."""
    answer = await visitor.post(path, json={"email": "iga@example.com"}, headers=headers)
    assert answer.status_code == 200
    [message] = await mailed("iga@example.com")
    match = LINK.search(message["text"])
    assert match
    return match[1], match[2]


async def use(visitor: Browser, token: str, password: str = unicodedata.normalize("NFD", NEW)) -> httpx2.Response:
    """Set a password as a keyboard that composes nothing sends it."""
    return await visitor.post(USING[0], json={"token": token, "password": password})


async def test_purged_asked_set_and_signed_in(visitor: Browser, open_browser: Open) -> None:
    other = await open_browser()
    await other.sign_in()
    page, token = await link(visitor)
    assert page == "http://localhost:8000/reset/new"
    answer = await use(visitor, token)
    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {"accepted": True}})
    assert "set-cookie" not in answer.headers
    assert await other.who() is None
    assert "CredentialsSignin" in (await visitor.sign_in()).headers["location"]
    await visitor.sign_in(password=NEW)
    assert (await visitor.who())["user"]["name"] == "Iga Nowak"
    again = await use(visitor, token)
    assert (again.status_code, again.json()["error"]["code"]) == (410, "LINK_EXPIRED")


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.usefixtures("frozen")
async def test_requesting_a_link_reveals_no_account(visitor: Browser, path: str) -> None:
    answers = [await visitor.post(path, json={"email": email}) for email in ("iga@example.com", "nikt@example.com")]
    assert seen(answers[0]) == seen(answers[1])
    assert answers[0].status_code == 200
    existing, unknown = await jobs()
    assert (existing.name, existing.state, existing.attempts) == (unknown.name, unknown.state, unknown.attempts)
    assert len(existing.payload) == len(unknown.payload)


POISON = [
    {"Host": "zly.example"},
    {"X-Forwarded-Host": "zly.example"},
    {"X-Forwarded-Proto": "javascript"},
    {"Forwarded": "host=zly.example"},
    {"X-Original-URL": "https://zly.example/"},
]


@pytest.mark.parametrize("headers", POISON, ids=[next(iter(headers)) for headers in POISON])
async def test_no_header_changes_the_link(visitor: Browser, headers: dict[str, str]) -> None:
    assert (await link(visitor, **headers))[0] == "http://localhost:8000/reset/new"
    assert (await link(visitor, ASKING[1], **headers))[0] == "http://localhost:8000/verify"


async def test_an_address_is_verified_by_its_link(visitor: Browser, configure: Any) -> None:
    configure(require_verified_email=True)
    refused = await visitor.sign_in(headers={"X-Auth-Return-Redirect": "1"})
    assert "code=email_not_verified" in refused.json()["url"]
    _, token = await link(visitor, ASKING[1])
    assert (await visitor.post(USING[1], json={"token": token})).status_code == 200
    await visitor.sign_in()
    profile = (await visitor.get("/api/v1/users/me")).json()["data"]
    assert profile["emailVerifiedAt"] is not None


async def test_registering_mails_a_link_or_says_that_there_is_an_account(visitor: Browser, configure: Any) -> None:
    configure(require_verified_email=True)
    for email in ("ola@example.com", "IGA@example.com", "iga@example.com"):
        values = {"email": email, "name": "https://zly.example/x", "password": PASSWORD, "language": "en"}
        assert (await visitor.post("/api/auth/register", json=values)).status_code == 201
    messages = {message["to"]: message for message in await mailed()}
    assert set(messages) == {"ola@example.com", "iga@example.com"}
    assert messages["ola@example.com"]["subject"] == "Confirm your e-mail address"
    assert messages["iga@example.com"]["subject"] == "Masz już konto"  # in the account's own language, once
    assert "zly.example" not in repr(messages)
    assert "code=email_not_verified" in (await visitor.sign_in("ola@example.com")).headers["location"]
    match = LINK.search(messages["ola@example.com"]["text"])
    assert match
    await visitor.post(USING[1], json={"token": match[2]})
    await visitor.sign_in("ola@example.com")
    assert (await visitor.who())["user"]["role"] == "owner"


async def test_looking_at_a_link_changes_nothing(visitor: Browser) -> None:
    _, token = await link(visitor)
    before = await contents()
    for path in (*ASKING, *USING):
        answer = await visitor.get(path, params={"token": token})
        assert answer.status_code == 405
    assert await contents() == before


@pytest.mark.parametrize("path", [*ASKING, *USING])
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://zly.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
async def test_other_sites_are_refused(visitor: Browser, path: str, headers: dict[str, str]) -> None:
    body = {"email": "iga@example.com"} if path in ASKING else {"token": "ab" * 32, "password": NEW}
    answer = await visitor.post(path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "CSRF_FAILED")
    assert await jobs() == []


@pytest.mark.parametrize("path", [*ASKING, *USING])
async def test_forms_are_refused(visitor: Browser, path: str) -> None:
    assert (await visitor.post(path, data={"email": "iga@example.com"})).status_code == 415


@pytest.mark.parametrize(
    ("path", "body", "place", "code"),
    [
        (ASKING[0], {"email": "iga"}, "email", "invalid_email"),
        (ASKING[0], {"email": "iga@example.com\r\nBcc: ofiara@example.com"}, "email", "invalid_email"),
        (ASKING[0], {"email": "iga@example.com", "link": "https://zly.example"}, "link", "unknown_field"),
        (USING[0], {"token": "short", "password": NEW}, "token", "string_too_short"),
        (USING[0], {"token": "ab" * 32, "password": "qwerty123456"}, "password", "common_password"),
        (USING[0], {"token": "ab" * 32, "password": "krótkie"}, "password", "string_too_short"),
        (USING[1], {"token": ["ab" * 32]}, "token", "string_type"),
    ],
)
async def test_bad_values_are_named_and_not_repeated(
    visitor: Browser, path: str, body: dict[str, Any], place: str, code: str
) -> None:
    answer = await visitor.post(path, json=body)
    assert answer.status_code == 422
    [detail] = answer.json()["error"]["details"]
    assert (detail["path"], detail["code"]) == (["body", place], code)
    assert "ofiara" not in answer.text
    assert "qwerty" not in answer.text


async def test_a_password_of_ones_names_is_told_beside_its_field(visitor: Browser) -> None:
    _, token = await link(visitor)
    answer = await use(visitor, token, "iga-nowak-1")
    [detail] = answer.json()["error"]["details"]
    assert (answer.status_code, detail["path"], detail["code"]) == (422, ["body", "password"], "guessable_password")


async def test_a_network_asks_twenty_times_in_ten_minutes(visitor: Browser, open_browser: Open) -> None:
    await person("ola@example.com")
    emails = [f"nikt{number}@example.com" for number in range(20)]
    answers = [await visitor.post(ASKING[0], json={"email": email}) for email in [*emails, "ola@example.com"]]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    elsewhere = await open_browser(network="198.51.100.1")
    assert (await elsewhere.post(ASKING[0], json={"email": "ola@example.com"})).status_code == 200


async def test_a_repeat_with_its_key_gets_the_lost_answer(visitor: Browser, open_browser: Open) -> None:
    async def send(path: str, key: str, body: dict[str, Any], by: Browser = visitor) -> httpx2.Response:
        return await by.post(path, json=body, headers={"Idempotency-Key": key})

    for asking, using, more in ((ASKING[1], USING[1], {}), (ASKING[0], USING[0], {"password": NEW})):
        answers = [await send(asking, "a", {"email": "iga@example.com"}) for _ in range(3)]
        assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true", "true"]
        [message] = await mailed("iga@example.com")
        match = LINK.search(message["text"])
        assert match
        body = {"token": match[2], **more}
        first, again = await send(using, "b", body), await send(using, "b", body)
        assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        assert (await send(using, "c", body)).json()["error"]["code"] == "LINK_EXPIRED"
        elsewhere = await open_browser(network="198.51.100.1")
        assert (await send(using, "b", body, elsewhere)).json()["error"]["code"] == "LINK_EXPIRED"
        other = await send(using, "b", {**body, "token": "ab" * 32})
        assert other.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
        assert (await send(using, "a b", body)).status_code == 400
    assert "set-cookie" not in first.headers
