"""What every way to sign in knows of the browser, and the cookies it sets."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.runtime import clock
from sekretarka.domain.auth.sign_in import Browser, SignedIn
from sekretarka.http import cookies, origins
from sekretarka.web import csrf

DEVICE_LIFETIME = timedelta(days=365)


def browser(request: Request) -> Browser:
    """The browser that signs in: its network, user agent, and the tokens of its session and device cookies."""
    return Browser(
        network=origins.network(request.scope),
        user_agent=request.headers.get("user-agent"),
        token=cookies.read(request, cookies.SESSION),
        device=cookies.read(request, cookies.DEVICE),
    )


def set_cookies(request: Request, response: Response, signed_in: SignedIn) -> Response:
    """Set the cookies of the new session on the response and return it; deletes the callback cookie."""
    cookies.put(response, cookies.SESSION, signed_in.token, signed_in.expires_at)
    cookies.put(response, cookies.CSRF, csrf.new(signed_in.token)[1])
    cookies.put(response, cookies.DEVICE, signed_in.device, clock.now() + DEVICE_LIFETIME)
    if cookies.read(request, cookies.CALLBACK) is not None:
        cookies.clear(response, cookies.CALLBACK)
    return response
