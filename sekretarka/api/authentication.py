"""Who is calling: an API key in the header or the session's cookie. A bad credential is anonymous, with the reason."""

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import (
    AppError,
    CsrfFailed,
    InvalidApiKey,
    NotFound,
    SessionExpired,
    Unauthenticated,
)
from sekretarka.domain.accounts import sessions
from sekretarka.domain.auth import api_key_auth, session_auth
from sekretarka.http import cookies, origins

PROTECTED, MCP = "/api/v1/", "/mcp"
ORGANIZATION_HEADER = "x-organization-id"


@dataclass(frozen=True)
class Caller:
    """The caller of a request; `rejection` is what a protected route raises, None when there is nothing wrong."""

    actor: Actor = ANONYMOUS
    rejection: AppError | None = None


class AuthenticationMiddleware:
    """Looks the caller up before limits are counted; only paths of version 1 and `/mcp` know callers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            has_callers = scope["path"].startswith(PROTECTED) or scope["path"] == MCP
            scope["state"]["caller"] = await authenticate(Headers(scope=scope)) if has_callers else Caller()
        await self.app(scope, receive, send)


async def authenticate(headers: Headers) -> Caller:
    """The caller of a request; an API key wins over the cookie, which is then ignored (api.md#cross-origin-requests).
    What is wrong with the credential is not raised but the caller's `rejection`.
    """
    authorization = headers.get("authorization")
    organization_id = headers.get(ORGANIZATION_HEADER)
    try:
        if authorization is not None:
            actor = await api_key_auth.actor_of_authorization(authorization)
            if organization_id is not None and organization_id.lower() != str(actor.organization_id):
                raise NotFound
            return Caller(actor)
        token = cookies.session_token("; ".join(headers.getlist("cookie")))
        if token is None:
            return Caller(rejection=Unauthenticated())
        user = await session_auth.actor_of_session(token, organization_id)
        return Caller(user) if user else Caller(rejection=SessionExpired())
    except (InvalidApiKey, NotFound) as rejection:
        return Caller(rejection=rejection)


async def renew_session(uow: UnitOfWork, response: Response) -> None:
    """Rotate the session's token after its organization or permissions changed and set its cookie (security.md#t4);
    nothing for callers without a session."""
    if uow.actor.session_id is not None:
        cookies.put_session(response, sessions.rotate_token(uow, await sessions.current(uow)))


def require_caller(request: Request) -> Actor:
    """The caller of a protected route; raises its `rejection`: `Unauthenticated`, one of its kinds, or `NotFound`."""
    caller: Caller = request.state.caller
    if caller.rejection is not None:
        raise caller.rejection
    return caller.actor


def check_origin(request: Request, actor: Actor) -> None:
    """`CsrfFailed` for a write with a browser's cookie that does not come from our own page."""
    is_read = request.method in ("GET", "HEAD", "OPTIONS")
    if actor.kind == "user" and not is_read and not origins.is_own_page(request.headers, origin_required=True):
        raise CsrfFailed
