"""Signing in with an OpenID provider: a real one, over real HTTP (api.md#account-linking)."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts.models import Identity, Session, User
from sekretarka.domain.auth.session_auth import actor_of_session
from tests.support.accounts import person
from tests.support.openid import CLIENT_ID, Provider
from tests.web.browser import Browser, Open
from tests.web.openid_flow import away, comes_back, error_of, goes

ORIGIN = "http://localhost:8000"
SETTINGS = "/dashboard/settings/security"


async def stored(model: type) -> list:
    async with begin(actor.system()) as uow:
        return list(await uow.list(select(model)))


async def test_providers_are_listed_with_exactly_five_keys(
    visitor: Browser, provider: Provider, configure: Callable[..., None]
) -> None:
    configure(google_client_id="id", google_client_secret="secret")
    listed = (await visitor.get("/api/auth/providers")).json()
    assert list(listed) == ["google", "local", "credentials"]
    assert listed["local"] == {
        "id": "local",
        "name": "Dom",
        "type": "oidc",
        "signinUrl": f"{ORIGIN}/api/auth/signin/local",
        "callbackUrl": f"{ORIGIN}/api/auth/callback/local",
    }
    assert provider.requested_paths == []


async def test_the_way_there_carries_state_nonce_and_challenge(visitor: Browser, provider: Provider) -> None:
    response = await visitor.send_form("/api/auth/signin/local", callbackUrl="/dashboard/agents")
    assert response.status_code == 302
    went = urlsplit(response.headers["location"])
    parameters = {name: values[0] for name, values in parse_qs(went.query).items()}
    assert f"{went.scheme}://{went.netloc}{went.path}" == f"{provider.issuer}/authorize"
    pkce = {"code_challenge", "code_challenge_method"}
    assert parameters.keys() == {"client_id", "nonce", "redirect_uri", "response_type", "scope", "state", *pkce}
    assert (parameters["client_id"], parameters["scope"]) == (CLIENT_ID, "openid email profile")
    assert (parameters["response_type"], parameters["code_challenge_method"]) == ("code", "S256")
    assert parameters["redirect_uri"] == f"{ORIGIN}/api/auth/callback/local"
    encrypted = [visitor.cookie(name) for name in ("state", "nonce", "pkce.code_verifier")]
    assert all(encrypted)
    assert not any(parameters[name] in str(encrypted) for name in ("state", "nonce")), (
        "cookies of the browser are encrypted"
    )
    assert all("HttpOnly" in header and "SameSite=Lax" in header for header in response.headers.get_list("set-cookie"))


@pytest.mark.parametrize("headers", [{"X-Auth-Return-Redirect": "1"}, {}], ids=["version 5", "version 4"])
async def test_clients_get_the_address_as_json(visitor: Browser, provider: Provider, headers: dict[str, str]) -> None:
    response = await visitor.send_form("/api/auth/signin/local", headers, **({} if headers else {"json": "true"}))
    assert response.status_code == 200
    assert response.json()["url"].startswith(f"{provider.issuer}/authorize?")


async def test_new_user_gets_an_account_and_an_organization(open_browser: Open, provider: Provider) -> None:
    visitor = await open_browser()
    visitor.cookies.set("lang", "en")
    response = await goes(visitor, callbackUrl="/dashboard/agents?page=2")
    assert response.headers["location"] == f"{ORIGIN}/dashboard/agents?page=2"
    session_user = (await visitor.who())["user"]
    assert (session_user["name"], session_user["email"], session_user["role"]) == (
        "Ola Lis",
        "ola@example.com",
        "owner",
    )
    [user], [identity] = await stored(User), await stored(Identity)
    assert (user.password_hash, user.language) == (None, "en")
    assert user.email_verified_at is not None
    assert (identity.user_id, identity.issuer, identity.subject) == (user.id, provider.issuer, "ola-1")
    assert [visitor.cookie(name) for name in ("state", "nonce", "pkce.code_verifier", "callback-url")] == [None] * 4


async def test_identity_is_matched_by_subject_not_address(open_browser: Open, provider: Provider) -> None:
    first = await open_browser()
    await goes(first)
    provider.person |= {"email": "nowy@example.com", "email_verified": False, "name": "Ktoś"}
    second = await open_browser()
    await goes(second)
    assert (await first.who())["user"] == (await second.who())["user"]
    assert len(await stored(User)) == 1


async def test_an_address_with_an_account_is_not_linked_by_itself(visitor: Browser, provider: Provider) -> None:
    provider.person["email"] = "IGA@example.com"
    assert error_of(await goes(visitor)) == ("OAuthAccountNotLinked", None)
    assert await visitor.who() is None
    assert await stored(Identity) == []
    page = await visitor.get("/api/auth/signin?error=OAuthAccountNotLinked")
    assert page.headers["location"] == f"{ORIGIN}/login?error=OAuthAccountNotLinked"


async def test_signed_in_user_links_an_account(visitor: Browser, provider: Provider) -> None:
    await visitor.sign_in()
    before = visitor.cookie("session-token")
    response = await goes(visitor, callbackUrl=SETTINGS)
    assert response.headers["location"] == f"{ORIGIN}{SETTINGS}"
    assert visitor.cookie("session-token") not in (None, before), "new rights, new token"
    assert await actor_of_session(str(before)) is None
    assert (await visitor.who())["user"]["email"] == "iga@example.com"
    [identity] = await stored(Identity)
    assert identity.email == "ola@example.com"
    await visitor.send_form("/api/auth/signout")
    await goes(visitor)
    assert (await visitor.who())["user"]["email"] == "iga@example.com"
    assert len(await stored(User)) == 1


async def test_linked_account_of_another_user_is_rejected(
    visitor: Browser, open_browser: Open, provider: Provider
) -> None:
    stranger = await open_browser()
    await goes(stranger)
    await visitor.sign_in()
    assert error_of(await goes(visitor), SETTINGS) == ("OAuthAccountNotLinked", None)
    assert (await visitor.who())["user"]["email"] == "iga@example.com"
    await goes(stranger)
    assert (await stranger.who())["user"]["email"] == "ola@example.com"
    assert len(await stored(Identity)) == 1


async def test_linking_needs_the_session_that_started_it(visitor: Browser, provider: Provider) -> None:
    """Whoever signs in meanwhile in the same browser does not get somebody else's account."""
    await visitor.sign_in()
    callback_url = await away(visitor)
    await visitor.send_form("/api/auth/signout")
    await person("ewa@example.com")
    await visitor.sign_in("ewa@example.com")
    assert error_of(await comes_back(visitor, callback_url), SETTINGS) == ("OAuthCallbackError", None)
    assert await stored(Identity) == []


async def test_signing_in_ends_the_session_that_was_there(visitor: Browser, provider: Provider) -> None:
    callback_url = await away(visitor)
    await visitor.sign_in()
    planted = visitor.cookie("session-token")
    await comes_back(visitor, callback_url)
    assert (await visitor.who())["user"]["email"] == "ola@example.com"
    assert await actor_of_session(str(planted)) is None
    assert len(await stored(Session)) == 1


async def test_refusing_at_the_provider(visitor: Browser, provider: Provider) -> None:
    provider.back = lambda query: query.update(error="access_denied", code="")
    assert error_of(await goes(visitor)) == ("AccessDenied", None)
    page = await visitor.get("/api/auth/signin?error=AccessDenied")
    assert page.headers["location"] == f"{ORIGIN}/login?error=AccessDenied"


async def test_a_new_key_is_asked_for_and_known_ones_are_remembered(open_browser: Open, provider: Provider) -> None:
    await goes(await open_browser())
    await goes(await open_browser())
    assert (
        provider.requested_paths.count("/keys"),
        provider.requested_paths.count("/.well-known/openid-configuration"),
    ) == (1, 1)
    provider.kid, provider.published = "second", ["second"]
    visitor = await open_browser()
    await goes(visitor)
    assert await visitor.who()
    assert provider.requested_paths.count("/keys") == 2


async def test_the_address_may_come_from_userinfo(open_browser: Open, provider: Provider) -> None:
    provider.claims = lambda claims: [claims.pop(name) for name in ("email", "email_verified", "name")]
    visitor = await open_browser()
    await goes(visitor)
    assert (await visitor.who())["user"]["email"] == "ola@example.com"


async def test_unreachable_provider_is_reported(
    visitor: Browser, configure: Callable[..., None], provider: Provider
) -> None:
    configure(oidc_providers=provider.setting.replace(provider.issuer, "http://127.0.0.1:9"))
    assert error_of(await visitor.send_form("/api/auth/signin/local")) == ("OAuthSignin", None)


async def test_its_cookies_cannot_be_set_by_other_hosts(
    https: str, open_browser: Open, provider: Provider, database: object
) -> None:
    response = await (await open_browser()).send_form("/api/auth/signin/local")
    set_cookies = {header.partition("=")[0]: header for header in response.headers.get_list("set-cookie")}
    for name in ("state", "nonce", "pkce.code_verifier"):
        assert "; Secure; SameSite=Lax" in set_cookies[f"__Host-authjs.{name}"]


async def test_names_and_pictures_are_stored_where_they_are_fit(open_browser: Open, provider: Provider) -> None:
    provider.person |= {"name": "\u202eole\x00" * 40, "picture": "javascript:alert(1)"}
    await goes(await open_browser())
    [user] = await stored(User)
    assert (user.name, user.avatar_url) == ("ola", None)


async def test_a_picture_is_stored(open_browser: Open, provider: Provider) -> None:
    provider.person["picture"] = "https://cdn.example/ola.png"
    visitor = await open_browser()
    await goes(visitor)
    assert (await visitor.who())["user"]["image"] == "https://cdn.example/ola.png"


async def test_it_works_without_javascript(open_browser: Open, provider: Provider) -> None:
    visitor = await open_browser()
    page = await visitor.get("/api/auth/signin?plain&callbackUrl=/dashboard/agents")
    assert "Zaloguj przez Dom" in page.text
    [form] = re.findall(r'<form method="post" action="/api/auth/signin/local">(.*?)</form>', page.text)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
    response = await visitor.post("/api/auth/signin/local", data=fields, headers=headers)
    assert response.headers["location"].startswith(f"{provider.issuer}/authorize?")
    assert "form-action 'self' https:" in page.headers["content-security-policy"]
    assert (await visitor.get("/api/auth/signout")).headers["content-security-policy"].endswith("form-action 'self'")
