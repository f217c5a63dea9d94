"""Encrypted cookies for the time at an OpenID provider: valid for that provider and 15 minutes."""

import json
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.runtime import clock, crypto
from sekretarka.http import cookies

LIFETIME = timedelta(minutes=15)


def put(response: Response, kind: str, provider: str, **values: str | None) -> None:
    """Set an encrypted cookie of this kind for this provider; it ends after `LIFETIME`."""
    until = clock.now() + LIFETIME
    encrypted = crypto.encrypt(json.dumps({**values, "for": [kind, provider], "until": until.timestamp()}))
    cookies.put(response, kind, encrypted, until)


def read(request: Request, kind: str, provider: str) -> dict[str, Any] | None:
    """The values given to `put` (with `for` and `until`); None when expired, of another provider or not genuine."""
    try:
        values: dict[str, Any] = json.loads(crypto.decrypt(cookies.read(request, kind) or ""))
    except (InvalidTag, ValueError):
        return None
    fits = values.get("for") == [kind, provider] and values["until"] > clock.now().timestamp()
    return values if fits else None
