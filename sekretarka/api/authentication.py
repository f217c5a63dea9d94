"""Who is calling: an API key in the header or the session's cookie. A bad credential stays anonymous and is told so."""

from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database.unit_of_work import UnitOfWork as DataScope
from sekretarka.core.errors import (
    AppError,
    CsrfFailed,
    InvalidApiKey,
    NotFound,
    SessionExpired,
    Unauthenticated,
)
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.accounts import sessions
from sekretarka.domain.auth import api_key_auth, session_auth

PROTECTED, MCP = "/api/v1/", "/mcp"
ORGANIZATION_HEADER = "x-organization-id"


@dataclass(frozen=True)
class Caller:
    """Who it is; `refusal` is what a route that needs somebody raises instead."""

    actor: Actor = ANONYMOUS
    rejection: AppError | None = None


class AuthenticationMiddleware:
    """Looks the caller up before limits are counted; only paths of version 1 and `/mcp` know callers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            known = scope["path"].startswith(PROTECTED) or scope["path"] == MCP
            scope["state"]["caller"] = await authenticate(Headers(scope=scope)) if known else Caller()
        await self.app(scope, receive, send)


async def authenticate(headers: Headers) -> Caller:
    """Bearer wins over cookie, whose ambient authority is then ignored (api.md#cross-origin-requests)."""
    authorization = headers.get("authorization")
    override = headers.get(ORGANIZATION_HEADER)
    try:
        if authorization is not None:
            actor = await api_key_auth.actor_of_authorization(authorization)
            if override is not None and override.lower() != str(actor.organization_id):
                raise NotFound
            return Caller(actor)
        token = session_token("; ".join(headers.getlist("cookie")))
        if token is None:
            return Caller(rejection=Unauthenticated())
        found = await session_auth.actor_of_session(token, override)
        return Caller(found) if found else Caller(rejection=SessionExpired())
    except (InvalidApiKey, NotFound) as refusal:
        return Caller(rejection=refusal)


def session_token(cookies: str) -> str | None:
    """The value of the session's cookie; of two with that name one is planted, so there is none."""
    pairs = (part.strip().partition("=") for part in cookies.split(";"))
    found = [value for key, _, value in pairs if key == settings.session_cookie]
    return found[0] if len(found) == 1 else None


def set_session(response: Response, token: str) -> None:
    """Give the browser a session's new token, as the sign-in does."""
    until = format_datetime(clock.now() + sessions.IDLE, usegmt=True)
    secure = "; Secure" if settings.secure_cookies else ""
    cookie = f"{settings.session_cookie}={token}; Path=/; Expires={until}; HttpOnly{secure}; SameSite=Lax"
    response.headers.append("Set-Cookie", cookie)


async def renew_session(uow: DataScope, response: Response) -> None:
    """The session that asks works elsewhere now, or with other rights: under a new id (security.md#t4)."""
    if uow.actor.session_id is not None:
        set_session(response, sessions.rotate_token(uow, await sessions.current(uow)))


def require_caller(request: Request) -> Actor:
    """The caller of a protected route."""
    caller: Caller = request.state.caller
    if caller.rejection is not None:
        raise caller.rejection
    return caller.actor


def check_origin(request: Request, actor: Actor) -> None:
    """A write that a browser's cookie vouches for must come from our own page; listed origins write with a key."""
    if actor.kind != "user" or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    headers = request.headers
    origin = headers.get("origin") or _origin(headers.get("referer", ""))
    site = headers.get("sec-fetch-site")
    if site is not None:
        # A page that sends no referrer posts with `Origin: null`, also to itself.
        trusted = site in ("same-origin", "none") and origin in (None, "null", *settings.own_origins)
    else:
        trusted = origin in settings.own_origins
    if not trusted:
        raise CsrfFailed


def _origin(address: str) -> str | None:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
