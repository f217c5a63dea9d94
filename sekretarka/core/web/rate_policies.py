"""Every limit on how often somebody may do something, in one place; who counts by it stands beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sekretarka.core.runtime.settings import RATE, settings


@dataclass(frozen=True)
class RatePolicy:
    """At most `limit` in any `window` seconds; `name` is what the RateLimit headers and stored counters call it."""

    name: str
    limit: int
    window: int

    @classmethod
    def parse(cls, name: str, rate: str) -> "RatePolicy":
        """From `<limit>/<window>seconds`, both above 0; `ValueError` for anything else."""
        match = re.fullmatch(RATE, rate)
        if not match:
            raise ValueError(f"a rate reads like 10/10seconds, not {rate!r}")
        return cls(name, int(match[1]), int(match[2]))

    def counted(self, accepted: Sequence[float], now: float) -> list[float]:
        """Those of the accepted instants (seconds, oldest first) that still count against the limit."""
        return [instant for instant in accepted if instant > now - self.window]

    def seconds_until_free(self, counted: Sequence[float], now: float) -> float:
        """Seconds until one more is accepted, 0 when it is now; `counted` as the method returns it."""
        return counted[-self.limit] + self.window - now if len(counted) >= self.limit else 0.0


_parse = lru_cache(RatePolicy.parse)


# Requests to the API, counted by `rate_limiter.current()` (api.md#rate-limits).


def anonymous() -> RatePolicy:
    """Of one address without a credential."""
    return _parse("ip", settings.rate_limit_anonymous)


def session() -> RatePolicy:
    """Of one signed-in user."""
    return _parse("session", settings.rate_limit_session)


def api_key() -> RatePolicy:
    """Of one API key."""
    return _parse("key", settings.rate_limit_api_key)


def webhook() -> RatePolicy:
    """Signed deliveries of one endpoint."""
    return _parse("webhook", settings.rate_limit_webhook)


AUTH_READS = RatePolicy("auth", 60, 10)  # of one address; one run of the next-auth client makes 13 requests

CALENDAR = RatePolicy("calendar", 10, 10)  # of one calendar's link; one server reads those of everybody it serves

CONFIRMATION = RatePolicy("confirmation", 60, 60)  # of one address: pages that clients open by a link

# Events of the dashboard, counted in the process: of one socket, of one user over all sockets.
UI_EVENTS = RatePolicy("ui", 60, 2)

# Attempts without a session, counted in the database so that they outlive restarts (`login_throttling`).
LOGIN_ATTEMPTS = RatePolicy("login", 20, 600)

# Emails with a link of one kind to one account, counted by its tokens: nobody's mailbox is filled through us.
LINK_EMAILS = RatePolicy("link-emails", 3, 3_600)

# Open at once, in each process; tabs of the dashboard have settings (MAX_TABS…).
MAX_STREAMS = 6  # of one user or key
