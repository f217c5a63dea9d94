"""People who cheat on the way to a provider and back, and discovery that does (security.md#t27)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sekretarka.providers.openid import discovery, http_client
from tests.support.openid import Provider
from tests.web.browser import Browser, Open
from tests.web.database_contents import contents
from tests.web.openid_flow import away, comes_back, error_of, goes, nothing_changes

DENIED = ("AccessDenied", "email_not_verified")
FAILED = ("OAuthCallbackError", None)


async def test_forged_token_is_not_linked(visitor: Browser, provider: Provider) -> None:
    await visitor.sign_in()
    provider.person |= {"email": "iga@example.com", "email_verified": False}
    before = await contents()
    assert error_of(await goes(visitor), "/dashboard/settings/security") == DENIED
    assert await contents() == before


async def test_an_answer_is_good_once(visitor: Browser, open_browser: Open, provider: Provider) -> None:
    """Neither the same answer again, nor a code that was used already under a new state."""
    first = await away(visitor)
    await comes_back(visitor, first)
    thief = await open_browser()
    async with nothing_changes(thief):
        assert error_of(await comes_back(thief, first)) == FAILED
        second = await away(thief)
        used, fresh = (address.partition("code=")[2].partition("&")[0] for address in (first, second))
        assert error_of(await comes_back(thief, second.replace(fresh, used))) == FAILED


async def test_callback_needs_the_browser_that_started(
    visitor: Browser, open_browser: Open, provider: Provider
) -> None:
    """Login CSRF: the answer that another browser got; also with both on their way, also with one cookie missing."""
    thief = await open_browser()
    foreign_callback = await away(thief)
    async with nothing_changes(visitor):
        assert error_of(await comes_back(visitor, foreign_callback)) == FAILED
        await away(visitor)
        assert error_of(await comes_back(visitor, foreign_callback)) == FAILED
        for kind in ("state", "nonce", "pkce.code_verifier"):
            own_callback = await away(visitor)
            visitor.cookies.delete(f"authjs.{kind}")
            assert error_of(await comes_back(visitor, own_callback)) == FAILED
        for kind in ("state", "nonce", "pkce.code_verifier"):
            own_callback = await away(visitor)
            visitor.cookies.set(f"authjs.{kind}", str(thief.cookie(kind)), domain="localhost.local", path="/")
            assert error_of(await comes_back(visitor, own_callback)) == FAILED


async def test_encrypted_cookies_cannot_be_forged(visitor: Browser, provider: Provider) -> None:
    async with nothing_changes(visitor):
        for forged in ("", "x", "AAAA" * 20, "%C5%82", "%00"):
            callback_url = await away(visitor)
            names = {kind: f"authjs.{kind}" for kind in ("state", "nonce", "pkce.code_verifier")}
            header = "; ".join(
                f"{name}={forged if kind == 'state' else visitor.cookie(kind)}" for kind, name in names.items()
            )
            response = await visitor.get(callback_url.partition("8000")[2], headers={"Cookie": header})
            assert error_of(response) == FAILED
        callback_url = await away(visitor)
        state, nonce = visitor.cookie("state"), visitor.cookie("nonce")
        crossed = f"authjs.state={nonce}; authjs.nonce={state}; authjs.pkce.code_verifier={nonce}"
        assert error_of(await visitor.get(callback_url.partition("8000")[2], headers={"Cookie": crossed})) == FAILED


async def test_state_of_another_provider_is_rejected(
    visitor: Browser, provider: Provider, configure: Callable[..., None]
) -> None:
    """Mix-up: a second provider, hostile, has the person come back to the first one's address."""
    [first] = json.loads(provider.setting)
    other = {**first, "id": "other", "name": "Obcy", "issuer": f"{provider.issuer}/"}
    configure(oidc_providers=json.dumps([first, other]))
    provider.metadata = {"issuer": f"{provider.issuer}/"}
    callback_url = await away(visitor, "other")
    provider.metadata = {}
    discovery.clear_cache()
    async with nothing_changes(visitor):
        assert error_of(await comes_back(visitor, callback_url.replace("/callback/other", "/callback/local"))) == FAILED


async def test_repeated_parameters_are_ignored(visitor: Browser, provider: Provider) -> None:
    for name in ("state", "code"):
        callback_url = await away(visitor)
        value = callback_url.partition(f"{name}=")[2].partition("&")[0]
        async with nothing_changes(visitor):
            assert error_of(await comes_back(visitor, f"{callback_url}&{name}={value}")) == FAILED


async def test_login_expires_after_fifteen_minutes(visitor: Browser, provider: Provider, frozen: Any) -> None:
    callback_url = await away(visitor)
    stored = {kind: visitor.cookie(kind) for kind in ("state", "nonce", "pkce.code_verifier")}
    frozen.shift(15 * 60 + 1)
    header = "; ".join(f"authjs.{kind}={value}" for kind, value in stored.items())
    async with nothing_changes(visitor):
        assert error_of(await visitor.get(callback_url.partition("8000")[2], headers={"Cookie": header})) == FAILED


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://accounts.google.com"},
        {"issuer": None},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": None},
        {"jwks_uri": "gopher://127.0.0.1/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://user@evil.example/"},
        {"authorization_endpoint": "https://evil.example/\r\nSet-Cookie: x=1"},
        {"userinfo_endpoint": 7},
    ],
    ids=str,
)
async def test_discovery_that_cannot_be_trusted(visitor: Browser, provider: Provider, metadata: dict[str, Any]) -> None:
    provider.metadata = metadata
    async with nothing_changes(visitor):
        assert error_of(await visitor.send_form("/api/auth/signin/local")) == ("OAuthSignin", None)


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
async def test_discovery_that_leads_elsewhere(visitor: Browser, provider: Provider, status: int) -> None:
    elsewhere = {"Location": f"{provider.issuer}/x"}
    provider.answers[discovery.WELL_KNOWN] = lambda at: at.say(b"{}", status, elsewhere)  # type: ignore[attr-defined]
    assert error_of(await visitor.send_form("/api/auth/signin/local")) == ("OAuthSignin", None)
    assert provider.requested_paths == [discovery.WELL_KNOWN]


async def test_in_production_only_encrypted_addresses_are_called(
    provider: Provider, configure: Callable[..., None]
) -> None:
    assert http_client.may_call(provider.issuer)
    configure(env="production")
    assert not http_client.may_call(provider.issuer)
    assert http_client.may_call("https://id.example/token")


async def test_going_there_needs_the_token(visitor: Browser, provider: Provider) -> None:
    response = await visitor.post("/api/auth/signin/local", data={"csrfToken": "0" * 64})
    assert error_of(response) == ("MissingCSRF", None)
    assert provider.requested_paths == []
