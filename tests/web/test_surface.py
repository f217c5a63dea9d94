"""The Auth.js surface, request by request (api.md#sign-in-endpoints)."""

import re
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from sekretarka.core.text.i18n import LANGUAGES, translate
from sekretarka.domain.auth.session_auth import actor_of_session
from sekretarka.domain.organizations.models import Organization
from tests import factories
from tests.support.accounts import PASSWORD, joins, person
from tests.web.browser import Browser, Open

ORIGIN = "http://localhost:8000"
RETURN = {"X-Auth-Return-Redirect": "1"}
NEVER_STORED = {"cache-control": "private, no-cache, no-store", "expires": "0", "pragma": "no-cache"}


def location(response: httpx2.Response) -> str:
    assert response.status_code == 302
    assert response.content == b""
    return response.headers["location"]


async def test_providers(visitor: Browser) -> None:
    response = await visitor.get("/api/auth/providers")
    assert response.json() == {
        "credentials": {
            "id": "credentials",
            "name": "Credentials",
            "type": "credentials",
            "signinUrl": f"{ORIGIN}/api/auth/signin/credentials",
            "callbackUrl": f"{ORIGIN}/api/auth/callback/credentials",
        }
    }
    assert response.headers["cache-control"] == "public, s-maxage=60, stale-while-revalidate=30"
    assert "set-cookie" not in response.headers
    again = await visitor.get("/api/auth/providers", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == response.headers["cache-control"]


async def test_csrf(visitor: Browser) -> None:
    first = await visitor.get("/api/auth/csrf")
    assert re.fullmatch(r'\{"csrfToken":"[0-9a-f]{64}"\}', first.text)
    assert NEVER_STORED.items() <= dict(first.headers).items()
    again = await visitor.get("/api/auth/csrf")
    assert again.json() == first.json()
    assert "set-cookie" not in again.headers


async def test_anonymous_session_is_null(visitor: Browser) -> None:
    response = await visitor.get("/api/auth/session")
    assert (response.status_code, response.text) == (200, "null")
    assert NEVER_STORED.items() <= dict(response.headers).items()
    assert "set-cookie" not in response.headers


async def test_sign_in_session_sign_out(visitor: Browser) -> None:
    response = await visitor.sign_in(callbackUrl="/dashboard/agents?page=2")
    assert location(response) == f"{ORIGIN}/dashboard/agents?page=2"
    session = await visitor.who()
    assert set(session) == {"user", "expires"}
    assert set(session["user"]) == {"id", "name", "email", "image", "organizationId", "role"}
    assert session["user"]["email"] == "iga@example.com"
    token = visitor.cookie("session-token")
    assert token
    assert location(await visitor.send_form("/api/auth/signout", callbackUrl="/")) == f"{ORIGIN}/"
    assert visitor.cookie("session-token") is None
    assert await visitor.who() is None
    assert await actor_of_session(token) is None


@pytest.mark.parametrize(("headers", "fields"), [(RETURN, {}), ({}, {"json": "true"})], ids=["version 5", "version 4"])
async def test_clients_get_addresses_as_json(visitor: Browser, headers: dict[str, str], fields: dict[str, str]) -> None:
    wrong = await visitor.sign_in(password="złe hasło", headers=headers, callbackUrl=f"{ORIGIN}/dashboard", **fields)
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (200, False)
    assert wrong.json() == {"url": f"{ORIGIN}/api/auth/signin?error=CredentialsSignin&code=credentials"}
    right = await visitor.sign_in(headers=headers, callbackUrl=f"{ORIGIN}/dashboard", **fields)
    assert (right.status_code, right.json()) == (200, {"url": f"{ORIGIN}/dashboard"})
    assert "authjs.session-token=" in right.headers["set-cookie"]
    out = await visitor.send_form("/api/auth/signout", headers=headers, callbackUrl=f"{ORIGIN}/login", **fields)
    assert (out.status_code, out.json()) == (200, {"url": f"{ORIGIN}/login"})
    assert await visitor.who() is None


async def test_json_bodies_do_as_well_as_forms(visitor: Browser) -> None:
    body = {"csrfToken": await visitor.token(), "email": "iga@example.com", "password": PASSWORD, "json": True, "x": 1}
    response = await visitor.post("/api/auth/callback/credentials", json=body)
    assert response.json() == {"url": f"{ORIGIN}/dashboard"}


async def test_failures_go_to_the_sign_in_page(visitor: Browser) -> None:
    failed = location(await visitor.sign_in(password="złe hasło"))
    assert failed == f"{ORIGIN}/api/auth/signin?error=CredentialsSignin&code=credentials"
    page = location(await visitor.get(failed))
    assert page == f"{ORIGIN}/login?error=CredentialsSignin&code=credentials"
    assert visitor.cookie("session-token") is None


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("signin", "/login"),
        ("signin?callbackUrl=/dashboard/agents", f"/login?callbackUrl={ORIGIN}/dashboard/agents"),
        ("signin?callbackUrl=https://evil.example", f"/login?callbackUrl={ORIGIN}/dashboard"),
        ("signin?error=SessionRequired", "/login?error=SessionRequired"),
        ("signin?error=%3Cscript%3E", "/login?error=Configuration"),
        ("signin?error=CredentialsSignin&code=hack", "/login?error=CredentialsSignin"),
        ("error?error=AccessDenied", "/login?error=AccessDenied"),
        ("error?error=Nonsense", "/login?error=Configuration"),
        ("error", "/login?error=Configuration"),
        ("verify-request", "/login?notice=verify-request"),
        ("signin/credentials", "/api/auth/error?error=Configuration"),
        ("signin/google", "/api/auth/error?error=Configuration"),
        ("callback/google?code=x&state=y", "/api/auth/error?error=Configuration"),
        ("callback/credentials", "/api/auth/error?error=Configuration"),
    ],
)  # fmt: skip
async def test_pages(visitor: Browser, path: str, page: str) -> None:
    went = urlsplit(location(await visitor.get(f"/api/auth/{path}")))
    expected = urlsplit(ORIGIN + page)
    assert (went.scheme, went.netloc, went.path) == (expected.scheme, expected.netloc, expected.path)
    assert parse_qs(went.query) == parse_qs(expected.query)


async def test_choosing_the_provider_leads_to_the_page_and_remembers_the_way(visitor: Browser) -> None:
    for path in ("/api/auth/signin/credentials", "/api/auth/signin"):
        response = await visitor.send_form(path, callbackUrl="/dashboard/agents")
        assert location(response) == f"{ORIGIN}/api/auth/signin"
    response = await visitor.send_form("/api/auth/signin/google", callbackUrl="/dashboard")
    assert location(response) == f"{ORIGIN}/api/auth/error?error=Configuration"
    assert location(await visitor.sign_in()) == f"{ORIGIN}/dashboard/agents"
    assert visitor.cookie("callback-url") is None


async def test_signing_out_without_a_session_and_with_a_dead_one(visitor: Browser) -> None:
    assert location(await visitor.send_form("/api/auth/signout")) == f"{ORIGIN}/login"
    visitor.cookies.set("authjs.session-token", "ab" * 32)
    assert location(await visitor.send_form("/api/auth/signout")) == f"{ORIGIN}/login"


async def test_a_dead_cookie_is_cleared(visitor: Browser) -> None:
    response = await visitor.get("/api/auth/session", headers={"Cookie": f"authjs.session-token={'ab' * 32}"})
    assert response.text == "null"
    assert response.headers["set-cookie"].startswith("authjs.session-token=; Path=/; Expires=Thu, 01 Jan 1970")


async def test_opening_the_sign_out_page_signs_nobody_out(visitor: Browser) -> None:
    await visitor.sign_in()
    page = await visitor.get("/api/auth/signout")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert await visitor.who()


async def without_javascript(visitor: Browser, path: str, **fields: str) -> httpx2.Response:
    """Open a page, fill in its form, send it as a browser would."""
    page = await visitor.get(path)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    action = re.search(r'<form method="post" action="([^"]+)">', page.text)
    assert action
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
    return await visitor.post(action[1], data={**hidden, **fields}, headers=headers)


async def test_it_works_without_javascript(visitor: Browser) -> None:
    form = "/api/auth/signin?plain&callbackUrl=/dashboard/agents"
    wrong = location(await without_javascript(visitor, form, email="iga@example.com", password="złe hasło"))
    assert wrong == f"{ORIGIN}/api/auth/signin?error=CredentialsSignin&code=credentials&plain=1"
    assert 'role="alert"' in (await visitor.get(wrong)).text
    right = await without_javascript(visitor, wrong, email="iga@example.com", password=PASSWORD)
    assert location(right) == f"{ORIGIN}/dashboard/agents"
    assert await visitor.who()
    assert location(await without_javascript(visitor, "/api/auth/signout")) == f"{ORIGIN}/login"
    assert await visitor.who() is None


async def test_the_built_page_without_its_script_leads_to_the_plain_form(visitor: Browser) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Origin": ORIGIN}
    fields = {"email": "iga@example.com", "password": PASSWORD}
    response = await visitor.post("/api/auth/callback/credentials", data=fields, headers=headers)
    form = location(response)
    assert form == f"{ORIGIN}/api/auth/signin?error=MissingCSRF&plain=1"
    assert 'role="alert"' not in (await visitor.get(form)).text
    assert location(await without_javascript(visitor, form, **fields)) == f"{ORIGIN}/dashboard"


# What the sign-in page has words for, and what clients may be told (api.md#sign-in-errors).
FAULTS = (
    "AccessDenied", "AccountNotLinked", "Callback", "Configuration", "EmailCreateAccount", "EmailSignin",
    "OAuthAccountNotLinked", "OAuthCallbackError", "OAuthCreateAccount", "OAuthSignin", "SessionRequired", "Signin",
    "Verification", "default",
)  # fmt: skip


async def test_the_sign_in_page_is_told_every_fault_it_has_words_for(visitor: Browser) -> None:
    for fault in (*FAULTS, "CredentialsSignin", "MissingCSRF"):
        page = location(await visitor.get(f"/api/auth/signin?error={fault}"))
        assert page == f"{ORIGIN}/login?error={fault}"


async def test_every_fault_has_words_of_its_own_in_both_languages(visitor: Browser) -> None:
    for lang in LANGUAGES:
        visitor.cookies.set("lang", lang)
        texts = []
        for fault in (*FAULTS, "CredentialsSignin"):
            plain = (await visitor.get(f"/api/auth/signin?plain=1&error={fault}")).text
            texts += re.findall(r'<p role="alert">([^<]+)</p>', plain)
        assert len(set(texts)) == len(FAULTS) + 1, "a sentence for each"
        assert set(texts) >= {escape(translate(lang, f"sign_in_error.{fault}")) for fault in FAULTS}


@pytest.mark.parametrize(("lang", "word"), [("pl", "Hasło"), ("en", "Password")])
async def test_the_plain_form_speaks_both_languages_and_runs_no_script(visitor: Browser, lang: str, word: str) -> None:
    visitor.cookies.set("lang", lang)
    page = await visitor.get('/api/auth/signin?plain&callbackUrl=/"><script>alert(1)</script>')
    assert word in page.text
    assert f'<html lang="{lang}">' in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "csrf", "GET, HEAD, OPTIONS"),
        ("POST", "csrf", "GET, HEAD, OPTIONS"),
        ("DELETE", "session", "GET, HEAD, OPTIONS, POST"),
        ("PATCH", "callback/credentials", "GET, HEAD, OPTIONS, POST"),
        ("GET", "register", "OPTIONS, POST"),
    ],
)
async def test_other_methods_are_told_what_is_possible(visitor: Browser, method: str, path: str, allow: str) -> None:
    response = await visitor.request(method, f"/api/auth/{path}")
    assert (response.status_code, response.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == allow


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/csrf/", "/csrf/x", "/session.json", "/callback", "/signout/x"])
async def test_other_actions_do_not_exist(visitor: Browser, path: str) -> None:
    response = await visitor.get(f"/api/auth{path}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])
@pytest.mark.parametrize("path", ["callback/credentials", "signout", "signin", "session", "register"])
async def test_other_media_types_are_refused(visitor: Browser, path: str, media_type: str) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = await visitor.post(f"/api/auth/{path}", content=b'{"csrfToken": "x"}', headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("application/json", b"{", 400), ("application/json", b"[]", 422), ("application/json", b'{"a":1,"a":2}', 422),
        ("application/json", b'{"a":"\\ud800"}', 422), ("application/x-www-form-urlencoded", b"\xff", 400),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(51)), 400),
        ("application/x-www-form-urlencoded", b"a" * 70_000, 413),
    ],
)  # fmt: skip
async def test_unreadable_bodies_are_refused(visitor: Browser, media_type: str, body: bytes, status: int) -> None:
    response = await visitor.post("/api/auth/signout", content=body, headers={"Content-Type": media_type})
    assert (response.status_code, response.json()["success"]) == (status, False)


async def test_credentials_of_any_shape_are_just_wrong(visitor: Browser) -> None:
    shapes: tuple[dict[str, Any], ...] = (
        {"email": ["iga@example.com"]},
        {"email": {"$ne": ""}, "password": {"$ne": ""}},
        {"password": 1},
        {},
    )
    for body in shapes:
        values = {"csrfToken": await visitor.token(), "json": True, **body}
        response = await visitor.post("/api/auth/callback/credentials", json=values)
        assert response.json()["url"].endswith("error=CredentialsSignin&code=credentials")


async def organisation_of(visitor: Browser, *names: str) -> list[Organization]:
    user = await person("ola@example.com")
    organizations = [await factories.organization(name=name) for name in names]
    for business in organizations:
        await joins(user, business.id)
    await visitor.sign_in("ola@example.com")
    return organizations


async def test_the_client_switches_the_organisation_under_a_new_session_id(open_browser: Open) -> None:
    visitor = await open_browser()
    first, second = await organisation_of(visitor, "A", "B")
    assert (await visitor.who())["user"]["organizationId"] == str(first.id)
    before = visitor.cookie("session-token")
    body = {"csrfToken": await visitor.token(), "data": {"organizationId": str(second.id)}}
    response = await visitor.post("/api/auth/session", json=body)
    assert response.json()["user"]["organizationId"] == str(second.id)
    assert visitor.cookie("session-token") not in (before, None)
    assert await actor_of_session(before or "") is None
    assert (await visitor.who())["user"]["organizationId"] == str(second.id)


async def test_a_foreign_organisation_cannot_be_chosen(open_browser: Open) -> None:
    visitor = await open_browser()
    await organisation_of(visitor, "A")
    foreign = await factories.organization()
    before = await visitor.who()
    for organization_id in (str(foreign.id), "x", None, 7):
        body = {"csrfToken": await visitor.token(), "data": {"organizationId": organization_id}}
        response = await visitor.post("/api/auth/session", json=body)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert await visitor.who() == before


async def test_an_update_without_a_wish_or_without_a_session_tells_the_session(visitor: Browser) -> None:
    assert (await visitor.post("/api/auth/session", json={"csrfToken": await visitor.token()})).text == "null"
    await visitor.sign_in()
    before = visitor.cookie("session-token") or ""
    response = await visitor.post("/api/auth/session", json={"csrfToken": await visitor.token(), "data": {"name": "X"}})
    assert response.json()["user"]["name"] == "Iga Nowak"
    assert visitor.cookie("session-token") not in (before, None)
    assert await actor_of_session(before) is None
    assert (await visitor.who())["user"]["name"] == "Iga Nowak"


async def test_addresses_stay_on_the_name_the_browser_uses(open_browser: Open) -> None:
    await person()
    visitor = await open_browser(base_url="http://127.0.0.1:8000")
    assert (
        (await visitor.get("/api/auth/providers")).json()["credentials"]["signinUrl"].startswith(str(visitor.base_url))
    )
    response = await visitor.sign_in(callbackUrl="http://localhost:8000/dashboard/agents")
    assert location(response) == "http://127.0.0.1:8000/dashboard/agents"


async def test_a_foreign_host_header_changes_no_address(visitor: Browser) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert location(await visitor.get("/api/auth/signin", headers=headers)) == f"{ORIGIN}/login"
    assert "evil" not in (await visitor.get("/api/auth/providers", headers=headers)).text
