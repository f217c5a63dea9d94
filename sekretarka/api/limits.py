"""How often one caller may call: by key, by person, else by address (API.md §7)."""

from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sekretarka.core import limiter, standard_webhooks
from sekretarka.core.errors import Throttled
from sekretarka.core.limiter import Policy
from sekretarka.core.settings import settings

# Webhooks have their own limit behind the signature, health is asked by machines all the time.
UNLIMITED = ("/api/webhooks/", "/api/health/")
SIGNED, TOOLS = "/api/v1/conversations", "/api/v1/tools/"
AUTH = "/api/auth/"
AUTH_READS = frozenset({"/api/auth/csrf", "/api/auth/session", "/api/auth/providers", "/api/auth/signin"})
AUTH_RETURN = "/api/auth/callback/"  # with the page after it: an office signs in at nine, behind one address


class Limit:
    """Counts the request, tells the caller how much is left, refuses one too many before its body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            chosen = choose(scope)
            if chosen is not None:
                verdict = await limiter.current().hit(*chosen)
                scope["state"]["headers"].update(verdict.headers)
                if not verdict.allowed:
                    raise Throttled
        await self.app(scope, receive, send)


def choose(scope: Scope) -> tuple[Policy, str] | None:
    """The policy and whom it counts; None for what is not counted here."""
    path = scope["path"]
    if path.startswith(AUTH):
        if scope["method"] != "GET":
            return None  # throttled by failures, in the database (SECURITY.md T7)
        return policy("auth" if path in AUTH_READS or path.startswith(AUTH_RETURN) else "ip"), network(scope)
    if path.startswith(UNLIMITED) or is_signed(scope):
        return None
    actor = scope["state"]["caller"].actor
    if actor.kind == "api_key":
        return policy("key"), str(actor.api_key_id)
    if actor.kind == "user":
        return policy("session"), str(actor.user_id)
    return policy("ip"), network(scope)


def is_signed(scope: Scope) -> bool:
    """A call told and a tool used with a signature are counted behind it, as webhooks are."""
    path = str(scope["path"])
    told = scope["method"] == "POST" and (path == SIGNED or path.startswith(TOOLS))
    return told and standard_webhooks.SIGNATURE_HEADER in Headers(scope=scope)


def policy(name: str) -> Policy:
    """The rate of one kind of caller, from the settings."""
    rates = {
        "ip": settings.rate_limit_anonymous,
        "session": settings.rate_limit_session,
        "key": settings.rate_limit_api_key,
        "auth": "60/10seconds",  # one run of the next-auth client makes 13 anonymous requests
    }
    return _policy(name, rates[name])


_policy = lru_cache(Policy.parse)


def network(scope: Scope) -> str:
    """The caller's address as the limiter counts it."""
    client = scope.get("client")
    forwarded_for = Headers(scope=scope).get("x-forwarded-for")
    return limiter.address(client[0] if client else None, forwarded_for, settings.trusted_proxy_hops)
