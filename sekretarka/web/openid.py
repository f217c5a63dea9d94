"""Signing in at an OpenID provider: there with sealed state, nonce and PKCE verifier, back with all of them (T27)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.errors import EmailNotVerified, LoginThrottled, Unauthenticated
from sekretarka.core.runtime import crypto
from sekretarka.core.runtime.openid import OpenIdProvider
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text import i18n
from sekretarka.domain.auth import openid
from sekretarka.domain.auth.openid import AccountNotLinked
from sekretarka.domain.auth.session_auth import actor_of_session
from sekretarka.domain.auth.sign_in import SignedIn
from sekretarka.providers.openid import client
from sekretarka.providers.openid.ports import OpenIdFault, Person, Return
from sekretarka.web import answers, cookies, entrance, origins, sealed

KEPT = (cookies.STATE, cookies.NONCE, cookies.VERIFIER)
LINKING = "/dashboard/settings/security"
LONGEST = 4096
REFUSALS: dict[type[Exception], tuple[str, str | None]] = {
    OpenIdFault: ("OAuthCallbackError", None),
    Unauthenticated: ("OAuthCallbackError", None),
    AccountNotLinked: ("OAuthAccountNotLinked", None),
    EmailNotVerified: ("AccessDenied", "email_not_verified"),
    LoginThrottled: ("AccessDenied", "throttled"),
}


async def depart(request: Request, fields: dict[str, Any], provider_id: str) -> Response:
    """To the provider; whoever is signed in goes there to link an account."""
    provider = _find(provider_id)
    if provider is None:
        return answers.fault(request, fields, "error", "Configuration")
    try:
        there = await client.depart(provider, _redirect_uri(request, provider))
    except OpenIdFault:
        return answers.fault(request, fields, "signin", "OAuthSignin")
    token = cookies.read(request, cookies.SESSION)
    actor = await actor_of_session(token) if token else None
    response = answers.to(request, fields, there.url)
    session = str(actor.session_id) if actor else None
    sealed.put(response, cookies.STATE, provider.id, value=there.state, session=session)
    sealed.put(response, cookies.NONCE, provider.id, value=there.nonce)
    sealed.put(response, cookies.VERIFIER, provider.id, value=there.verifier)
    cookies.put(response, cookies.CALLBACK, answers.destination(request, fields))
    return response


async def arrive(request: Request, provider_id: str) -> Response:
    """Back from the provider: a session, a linked account, or what went wrong. What was kept is used up either way."""
    provider = _find(provider_id)
    if provider is None:
        return answers.fault(request, {}, "error", "Configuration")
    response = await _arrive(request, provider)
    for kind in KEPT:
        cookies.clear(response, kind)
    return response


async def _arrive(request: Request, provider: OpenIdProvider) -> Response:
    state, nonce, verifier = (sealed.read(request, kind, provider.id) for kind in KEPT)
    given = {name: _only(request, name) for name in ("state", "code", "error", "iss")}
    if not (state and nonce and verifier) or not crypto.equal(state["value"], given["state"] or ""):
        return answers.fault(request, {}, "signin", "OAuthCallbackError")
    session: str | None = state["session"]
    if given["error"] is not None or not given["code"]:
        denied = given["error"] == "access_denied"
        return _refused(request, session, "AccessDenied" if denied else "OAuthCallbackError")
    back = Return(given["code"], nonce["value"], verifier["value"], given["iss"])
    try:
        person = await client.arrive(provider, _redirect_uri(request, provider), back)
        signed_in = await _enter(request, person, session)
    except tuple(REFUSALS) as refusal:
        told = next(told for kind, told in REFUSALS.items() if isinstance(refusal, kind))
        return _refused(request, session, *told)
    return entrance.entered(request, answers.to(request, {}, answers.destination(request, {})), signed_in)


async def _enter(request: Request, person: Person, session: str | None) -> SignedIn:
    """In, as whom this account is; for a departure from within a session: linked to that very session's person."""
    browser = entrance.browser(request)
    if session is None:
        return await openid.sign_in(person, browser, i18n.language(request.cookies.get("lang")))
    actor = await actor_of_session(browser.token) if browser.token else None
    if actor is None or str(actor.session_id) != session:
        raise Unauthenticated
    return await openid.link(person, UUID(session), browser)


def _refused(request: Request, session: str | None, error: str, code: str | None = None) -> Response:
    """Whoever wanted to sign in is told so there; whoever wanted to link, in the settings."""
    if session is None:
        return answers.fault(request, {}, "signin", error, code)
    said = urlencode({"error": error, **({"code": code} if code else {})})
    return answers.to(request, {}, f"{origins.of(request)}{LINKING}?{said}")


def _find(provider_id: str) -> OpenIdProvider | None:
    return next((one for one in settings.openid_providers if one.id == provider_id), None)


def _redirect_uri(request: Request, provider: OpenIdProvider) -> str:
    return f"{origins.of(request)}{answers.BASE}/callback/{provider.id}"


def _only(request: Request, name: str) -> str | None:
    """A parameter of what came back; one that is there twice is nothing."""
    found = request.query_params.getlist(name)
    return found[0] if len(found) == 1 and len(found[0]) <= LONGEST else None
