"""Signing in at an OpenID provider: with state, nonce and PKCE verifier in encrypted cookies (security.md#t27)."""

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
from sekretarka.http import cookies, origins
from sekretarka.providers.openid import client
from sekretarka.providers.openid.ports import Callback, OpenIdFault, UserInfo
from sekretarka.web import encrypted_cookies, responses, session_cookies

COOKIES = (cookies.STATE, cookies.NONCE, cookies.VERIFIER)
LINKING_PAGE = "/dashboard/settings/security"
MAX_LENGTH = 4096
REJECTIONS: dict[type[Exception], tuple[str, str | None]] = {
    OpenIdFault: ("OAuthCallbackError", None),
    Unauthenticated: ("OAuthCallbackError", None),
    AccountNotLinked: ("OAuthAccountNotLinked", None),
    EmailNotVerified: ("AccessDenied", "email_not_verified"),
    LoginThrottled: ("AccessDenied", "throttled"),
}


async def start_login(request: Request, fields: dict[str, Any], provider_id: str) -> Response:
    """Redirect to the provider, or to an error page when it is unknown or away; a signed-in user links an account.
    `fields` are those of the form.
    """
    provider = _find(provider_id)
    if provider is None:
        return responses.error_redirect(request, fields, "error", "Configuration")
    try:
        authorization = await client.begin_login(provider, _redirect_uri(request, provider))
    except OpenIdFault:
        return responses.error_redirect(request, fields, "signin", "OAuthSignin")
    token = cookies.read(request, cookies.SESSION)
    actor = await actor_of_session(token) if token else None
    response = responses.redirect(request, fields, authorization.url)
    session = str(actor.session_id) if actor else None
    encrypted_cookies.put(response, cookies.STATE, provider.id, value=authorization.state, session=session)
    encrypted_cookies.put(response, cookies.NONCE, provider.id, value=authorization.nonce)
    encrypted_cookies.put(response, cookies.VERIFIER, provider.id, value=authorization.verifier)
    cookies.put(response, cookies.CALLBACK, responses.destination(request, fields))
    return response


async def finish_login(request: Request, provider_id: str) -> Response:
    """The callback: a redirect with a session, a linked account or an error. Deletes the cookies, unless the provider
    is unknown or something unexpected is raised."""
    provider = _find(provider_id)
    if provider is None:
        return responses.error_redirect(request, {}, "error", "Configuration")
    response = await _finish(request, provider)
    for kind in COOKIES:
        cookies.clear(response, kind)
    return response


async def _finish(request: Request, provider: OpenIdProvider) -> Response:
    state, nonce, verifier = (encrypted_cookies.read(request, kind, provider.id) for kind in COOKIES)
    parameters = {name: _only(request, name) for name in ("state", "code", "error", "iss")}
    if not (state and nonce and verifier) or not crypto.equal(state["value"], parameters["state"] or ""):
        return responses.error_redirect(request, {}, "signin", "OAuthCallbackError")
    session: str | None = state["session"]
    if parameters["error"] is not None or not parameters["code"]:
        denied = parameters["error"] == "access_denied"
        return _rejected(request, session, "AccessDenied" if denied else "OAuthCallbackError")
    callback = Callback(parameters["code"], nonce["value"], verifier["value"], parameters["iss"])
    try:
        person = await client.complete_login(provider, _redirect_uri(request, provider), callback)
        signed_in = await _sign_in_or_link(request, person, session)
    except tuple(REJECTIONS) as rejection:
        outcome = next(code for kind, code in REJECTIONS.items() if isinstance(rejection, kind))
        return _rejected(request, session, *outcome)
    return session_cookies.set_cookies(
        request, responses.redirect(request, {}, responses.destination(request, {})), signed_in
    )


async def _sign_in_or_link(request: Request, person: UserInfo, session: str | None) -> SignedIn:
    """Sign in the account's user; when a session started the login, link the account to that session's user."""
    browser = session_cookies.browser(request)
    if session is None:
        return await openid.sign_in(person, browser, i18n.language(request.cookies.get("lang")))
    actor = await actor_of_session(browser.token) if browser.token else None
    if actor is None or str(actor.session_id) != session:
        raise Unauthenticated
    return await openid.link(person, UUID(session), browser)


def _rejected(request: Request, session: str | None, error: str, code: str | None = None) -> Response:
    """The error on the sign-in page, or in the settings when an account was to be linked."""
    if session is None:
        return responses.error_redirect(request, {}, "signin", error, code)
    query = urlencode({"error": error, **({"code": code} if code else {})})
    return responses.redirect(request, {}, f"{origins.origin_of(request)}{LINKING_PAGE}?{query}")


def _find(provider_id: str) -> OpenIdProvider | None:
    return next((provider for provider in settings.openid_providers if provider.id == provider_id), None)


def _redirect_uri(request: Request, provider: OpenIdProvider) -> str:
    return f"{origins.origin_of(request)}{responses.BASE}/callback/{provider.id}"


def _only(request: Request, name: str) -> str | None:
    """A query parameter; None when it is repeated or too long."""
    values = request.query_params.getlist(name)
    return values[0] if len(values) == 1 and len(values[0]) <= MAX_LENGTH else None
