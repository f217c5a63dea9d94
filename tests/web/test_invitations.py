"""The link of an invitation as a browser without a session uses it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sekretarka.core.actor import Actor
from tests import factories
from tests.support.accounts import PASSWORD, person
from tests.support.invitations import email_text, invite, token_of
from tests.web.browser import Browser, Open

EWA = "ewa@example.com"
LOOK, REGISTER = "/api/auth/invitation", "/api/auth/invitation/register"


@pytest.fixture
async def invited(open_browser: Open) -> Callable[[], Awaitable[str]]:
    """Iga of Studio Lawenda invites Ewa; returns the token of the link."""

    async def send() -> str:
        await invite(await factories.member((await factories.organization()).id), EWA)
        return await token_of(EWA)

    return send


async def test_look_register_sign_in_and_work(open_browser: Open, invited: Callable[[], Awaitable[str]]) -> None:
    visitor, token = await open_browser(), await invited()
    offer = await visitor.post(LOOK, json={"token": token})
    assert offer.headers["cache-control"] == "private, no-store"
    assert offer.json()["data"] == {
        "organizationName": "Studio Lawenda",
        "invitedBy": "Iga Nowak",
        "email": EWA,
        "role": "staff",
        "expiresAt": offer.json()["data"]["expiresAt"],
        "hasAccount": False,
    }
    wish = {"token": token, "name": "Ewa Lis", "password": PASSWORD}
    created, again = [await visitor.post(REGISTER, json=wish, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert (created.status_code, created.json()["data"]["email"]) == (201, EWA)
    assert "set-cookie" not in created.headers
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (201, created.content, "true")
    await visitor.sign_in(EWA)
    user = (await visitor.who())["user"]
    assert (user["id"], user["role"]) == (created.json()["data"]["userId"], "staff")
    [business] = (await visitor.get("/api/v1/organizations")).json()["data"]
    assert (business["id"], business["name"]) == (user["organizationId"], "Studio Lawenda")
    for path, body in ((LOOK, {}), (REGISTER, {"name": "Ewa", "password": PASSWORD})):
        again = await visitor.post(path, json={"token": token, **body})
        assert (again.status_code, again.json()["error"]["details"]) == (410, {"status": "accepted"})


async def test_accept_and_switch(open_browser: Open, invited: Callable[[], Awaitable[str]]) -> None:
    await person(EWA)
    visitor, token = await open_browser(), await invited()
    assert (await visitor.post(LOOK, json={"token": token})).json()["data"]["hasAccount"] is True
    taken = await visitor.post(REGISTER, json={"token": token, "name": "Ewa", "password": PASSWORD})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "DUPLICATE")
    await visitor.sign_in(EWA)
    assert (await visitor.who())["user"]["organizationId"] is None
    own_page = {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}
    joined = await visitor.post("/api/v1/invitations/accept", json={"token": token}, headers=own_page)
    assert (joined.status_code, joined.json()["data"]["role"]) == (200, "staff")
    before = visitor.cookie("session-token")
    where = joined.json()["data"]["organizationId"]
    await visitor.post(f"/api/v1/organizations/{where}/select", json={}, headers=own_page)
    assert visitor.cookie("session-token") not in (None, before), "another organisation, another session id"
    assert (await visitor.who())["user"]["organizationId"] == where


@pytest.mark.parametrize("path", [LOOK, REGISTER])
@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Sec-Fetch-Site": "cross-site"}, 403), ({"Origin": "https://evil.example"}, 403), ({}, 404)],
)
async def test_other_sites_learn_nothing(open_browser: Open, path: str, headers: dict[str, str], status: int) -> None:
    visitor = await open_browser()
    body: dict[str, Any] = {"token": "0" * 64, **({"name": "Ewa", "password": PASSWORD} if path == REGISTER else {})}
    assert (await visitor.post(path, json=body, headers=headers)).status_code == status


async def test_bad_values_are_named_and_not_repeated(visitor: Browser) -> None:
    for change, code in (
        ({"email": "x@example.com"}, "unknown_field"),
        ({"password": "qwerty123456"}, "common_password"),
    ):
        values = {"token": "0" * 64, "name": "Ewa", "password": PASSWORD, **change}
        response = await visitor.post(REGISTER, json=values)
        [detail] = response.json()["error"]["details"]
        assert (response.status_code, detail["code"]) == (422, code)
        assert "0" * 64 not in response.text
        assert PASSWORD not in response.text


async def test_the_link_leads_home_whatever_host_was_named(
    open_browser: Open, https: str, configure: Callable[..., None]
) -> None:
    """The e-mail is written by our settings alone (security.md#t11)."""
    visitor = await open_browser(base_url="https://evil.example")
    owner: Actor = await factories.member((await factories.organization()).id)
    await person("iga@example.com")
    await visitor.get("/api/auth/csrf")
    await invite(owner, EWA)
    text = await email_text(EWA)
    assert f"{https}/invite#token=" in text
    assert "evil" not in text
