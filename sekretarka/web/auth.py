"""The Auth.js surface, as its clients know it (api.md#sign-in)."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import EmailNotVerified, InvalidCredentials, LoginThrottled
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.schemas import SessionView
from sekretarka.domain.auth.session_auth import actor_of_session, parse_organization_id, session_view
from sekretarka.domain.auth.sign_in import sign_in as start_session
from sekretarka.domain.auth.sign_in import sign_out as end_session
from sekretarka.domain.organizations import service as organizations
from sekretarka.http import conditional, cookies, origins
from sekretarka.web import bodies, csrf, openid, pages, responses, session_cookies
from sekretarka.web.recovery import router as recovery
from sekretarka.web.registration import router as registration

router = APIRouter(prefix=responses.BASE)
router.include_router(registration)
router.include_router(recovery)
surface = APIRouter(include_in_schema=False)
CREDENTIALS = "credentials"
PUBLIC = {"Cache-Control": "public, s-maxage=60, stale-while-revalidate=30"}
NO_STORE = {"Cache-Control": "private, no-cache, no-store", "Expires": "0", "Pragma": "no-cache"}


# what clients ask


@surface.get("/providers")
async def providers(request: Request) -> Response:
    """`{id: {id, name, type, signinUrl, callbackUrl}}` for each way to sign in."""
    base = origins.origin_of(request) + responses.BASE
    ways = [(provider.id, provider.name, "oidc") for provider in settings.openid_providers]
    body = {
        way: {
            "id": way,
            "name": name,
            "type": kind,
            "signinUrl": f"{base}/signin/{way}",
            "callbackUrl": f"{base}/callback/{way}",
        }
        for way, name, kind in (*ways, (CREDENTIALS, "Credentials", CREDENTIALS))
    }
    return conditional.with_etag(request, JSONResponse(body, headers=PUBLIC))


@surface.get("/csrf")
async def csrf_token(request: Request) -> Response:
    """The token that this browser's writes must carry; the same until it signs in or out."""
    token, cookie = csrf.current(request), None
    if token is None:
        token, cookie = csrf.new(cookies.read(request, cookies.SESSION))
    response = JSONResponse({"csrfToken": token}, headers=NO_STORE)
    if cookie:
        cookies.put(response, cookies.CSRF, cookie)
    return response


@surface.get("/session")
async def session(request: Request) -> Response:
    """Who is signed in, or `null`; moves the cookie's end along with the session's, clears a dead one."""
    token = cookies.read(request, cookies.SESSION)
    return _session(token, await session_view(token) if token else None)


@surface.post("/session")
async def update_session(request: Request) -> Response:
    """The client's `update()`: a new session id, and with `{organizationId}` another organization."""
    fields = await bodies.read(request, bodies.JSON, bodies.FORM)
    if not csrf.is_genuine(request, fields.get("csrfToken")):
        return JSONResponse(None, 400)
    token = cookies.read(request, cookies.SESSION)
    data = fields.get("data")
    actor = await actor_of_session(token) if token else None
    if actor is None or token is None:
        return _session(token, None)
    async with begin(actor, write=True) as uow:
        if isinstance(data, dict) and "organizationId" in data:
            token = await organizations.select_for_session(uow, parse_organization_id(data["organizationId"]))
        else:
            token = sessions.rotate_token(uow, await sessions.current(uow))
    response = _session(token, await session_view(token))
    cookies.put(response, cookies.CSRF, csrf.new(token)[1])
    return response


def _session(token: str | None, view: SessionView | None) -> Response:
    body = view.model_dump(mode="json", by_alias=True) if view else None
    response = JSONResponse(body, headers=NO_STORE)
    if token and view:
        cookies.put(response, cookies.SESSION, token, view.expires)
    elif token:
        cookies.clear(response, cookies.SESSION)
    return response


# signing in


@surface.get("/signin")
async def signin_page(request: Request) -> Response:
    """The sign-in page; with `plain` a form that works without JavaScript."""
    callback_url = responses.destination(request, {}) if request.query_params.get("callbackUrl") else None
    error = responses.shown_error(request)
    if "plain" in request.query_params:
        response: Response = pages.sign_in(request, callback_url, responses.error_key(request))
    else:
        response = responses.login_redirect(
            request, callbackUrl=callback_url, error=error, code=responses.shown_code(request)
        )
    if callback_url:
        cookies.put(response, cookies.CALLBACK, callback_url)
    return response


@surface.post("/signin")
@surface.post("/signin/{provider}")
async def signin(request: Request, provider: str = CREDENTIALS) -> Response:
    """Choose a provider; for a password that is the sign-in page."""
    fields = await bodies.read(request, bodies.FORM, bodies.JSON)
    if not csrf.is_genuine(request, fields.get("csrfToken")):
        return responses.error_redirect(request, fields, "signin", "MissingCSRF")
    if provider != CREDENTIALS:
        return await openid.start_login(request, fields, provider)
    callback_url = responses.destination(request, fields)
    response = responses.redirect(request, fields, f"{origins.origin_of(request)}{responses.BASE}/signin")
    cookies.put(response, cookies.CALLBACK, callback_url)
    return response


@surface.post("/callback/{provider}")
async def callback(request: Request, provider: str) -> Response:
    """Sign in by e-mail and password: a redirect with a session or an error; `LoginThrottled` for JSON clients."""
    fields = await bodies.read(request, bodies.FORM, bodies.JSON)
    if provider != CREDENTIALS:
        return responses.error_redirect(request, fields, "error", "Configuration")
    if not csrf.is_genuine(request, fields.get("csrfToken")):
        if origins.is_own_form(request.headers) and "csrfToken" not in fields:
            fields["plain"] = "1"  # our built page without its script: on to the form that has the token in it
        return responses.error_redirect(request, fields, "signin", "MissingCSRF")
    try:
        signed_in = await start_session(*_credentials(fields), session_cookies.browser(request))
    except InvalidCredentials:
        return responses.error_redirect(request, fields, "signin", "CredentialsSignin", "credentials")
    except EmailNotVerified:
        return responses.error_redirect(request, fields, "signin", "CredentialsSignin", "email_not_verified")
    except LoginThrottled:
        if responses.wants_json(request, fields):
            raise
        return responses.error_redirect(request, fields, "signin", "CredentialsSignin", "throttled")
    return session_cookies.set_cookies(
        request, responses.redirect(request, fields, responses.destination(request, fields)), signed_in
    )


@surface.get("/callback/{provider}")
async def openid_callback(request: Request, provider: str) -> Response:
    """The callback of an OpenID provider."""
    return await openid.finish_login(request, provider)


@surface.get("/signin/{provider}")
async def not_by_get(request: Request, provider: str) -> Response:  # noqa: ARG001 - the path's
    """An error redirect: choosing a provider is a POST."""
    return responses.error_redirect(request, {}, "error", "Configuration")


def _credentials(fields: dict[str, Any]) -> tuple[str, str]:
    email, password = fields.get("email"), fields.get("password")
    return email if isinstance(email, str) else "", password if isinstance(password, str) else ""


# signing out, and pages


@surface.get("/signout")
async def signout_page(request: Request) -> Response:
    """The page that asks; only a POST signs out."""
    return pages.sign_out(request)


@surface.post("/signout")
async def signout(request: Request) -> Response:
    """End the session on the server, then in the browser."""
    fields = await bodies.read(request, bodies.FORM, bodies.JSON)
    if not csrf.is_genuine(request, fields.get("csrfToken")):
        return responses.error_redirect(request, fields, "signin", "MissingCSRF")
    token = cookies.read(request, cookies.SESSION)
    if token and sessions.is_token(token):
        await end_session(token)
    response = responses.redirect(request, fields, responses.destination(request, fields, fallback=responses.LOGIN))
    cookies.clear(response, cookies.SESSION)
    cookies.put(response, cookies.CSRF, csrf.new(None)[1])
    return response


@surface.get("/error")
async def error_page(request: Request) -> Response:
    """What went wrong, shown by the sign-in page."""
    return responses.login_redirect(request, error=responses.shown_error(request) or "Configuration")


@surface.get("/verify-request")
async def verify_request_page(request: Request) -> Response:
    """A link was emailed; shown by the sign-in page."""
    return responses.login_redirect(request, notice="verify-request")


router.include_router(surface)
