"""How often one caller may call: by key, by user, else by address (api.md#rate-limits)."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sekretarka.core.errors import AppError, Throttled
from sekretarka.core.web import rate_limiter, rate_policies, standard_webhooks
from sekretarka.core.web.rate_policies import RatePolicy
from sekretarka.http import origins

HEALTH = "/api/health/"  # asked by machines all the time
WEBHOOKS = "/api/webhooks/"
SIGNED, TOOLS = "/api/v1/conversations", "/api/v1/tools/"
STAFF, CALENDAR = "/api/v1/staff/", "/calendar.ics"
AUTH = "/api/auth/"
POLICY_HEADER = "RateLimit-Policy"
AUTH_READS = frozenset({"/api/auth/csrf", "/api/auth/session", "/api/auth/providers", "/api/auth/signin"})
AUTH_RETURN = "/api/auth/callback/"  # with the page after it: an office signs in at nine, behind one address


class RateLimitMiddleware:
    """Counts the request, adds headers of what is left, rejects one too many before its body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if is_counted_inside(scope):
                await self._count_rejections(scope, receive, send)
                return
            chosen = policy_for(scope)
            if chosen is not None and not await _passes(scope, *chosen):
                raise Throttled
        await self.app(scope, receive, send)

    async def _count_rejections(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The signer is found and counted by the route; what the route rejects counts against the address.

        Counting comes after the check: a genuine sender behind the address of an attacker is still accepted.
        """
        is_over = False

        async def forward(message: Message) -> None:
            nonlocal is_over
            if message["type"] == "http.response.start" and _is_rejection(message["status"]):
                is_over = await _is_exhausted(scope)
            if not is_over:
                await send(message)

        try:
            await self.app(scope, receive, forward)
        except AppError as error:
            is_over = _is_rejection(error.status) and await _is_exhausted(scope)
            if not is_over:
                raise
        if is_over:
            raise Throttled


def _is_rejection(status: int) -> bool:
    return 400 <= status < 500 and status != Throttled.status


async def _is_exhausted(scope: Scope) -> bool:
    """Count what no policy counted yet."""
    return POLICY_HEADER not in scope["state"]["headers"] and not await _passes(
        scope, rate_policies.anonymous(), origins.network(scope)
    )


async def _passes(scope: Scope, chosen: RatePolicy, key: str) -> bool:
    result = await rate_limiter.current().acquire(chosen, key)
    scope["state"]["headers"].update(result.headers)
    return result.allowed


def is_counted_inside(scope: Scope) -> bool:
    """Whether the limit is counted behind the signature: for webhooks, calendars' links, and signed calls and tools
    without a key."""
    path = str(scope["path"])
    if path.startswith(WEBHOOKS) or (path.startswith(STAFF) and path.endswith(CALENDAR)):
        return True
    headers = Headers(scope=scope)
    is_signable = scope["method"] == "POST" and (path == SIGNED or path.startswith(TOOLS))
    # With both, the signature is not looked at: the key counts.
    return is_signable and standard_webhooks.SIGNATURE_HEADER in headers and "authorization" not in headers


def policy_for(scope: Scope) -> tuple[RatePolicy, str] | None:
    """`(policy, key)`, where the key is the network, user or API key counted; None for what is not counted here."""
    path = scope["path"]
    if path.startswith(AUTH):
        if scope["method"] != "GET":
            return None  # throttled by failures, in the database (security.md#t7)
        is_read = path in AUTH_READS or path.startswith(AUTH_RETURN)
        return rate_policies.AUTH_READS if is_read else rate_policies.anonymous(), origins.network(scope)
    if path.startswith(HEALTH):
        return None
    actor = scope["state"]["caller"].actor
    if actor.kind == "api_key":
        return rate_policies.api_key(), str(actor.api_key_id)
    if actor.kind == "user":
        return rate_policies.session(), str(actor.user_id)
    return rate_policies.anonymous(), origins.network(scope)
