"""How many tabs may be open in one process: each keeps a tree of states (security.md#t19)."""

from collections.abc import Mapping

from sekretarka.core.actor import Actor
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_limiter
from sekretarka.core.web.concurrency_limiter import ConcurrencyLimiter


def owner_of(actor: Actor, headers: Mapping[str, str]) -> str:
    """Who is counted: the user, for nobody signed in the network that the socket comes from."""
    if actor.kind != "anonymous":
        return f"person {actor.user_id}"
    forwarded_for, peer = headers.get("x-forwarded-for"), headers.get("asgi-scope-client")
    return f"network {rate_limiter.address(peer, forwarded_for, settings.trusted_proxy_hops)}"


class ConnectionLimits:
    """Sockets by their ids, each counted for whoever opened it."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._open = ConcurrencyLimiter()

    def __contains__(self, sid: str) -> bool:
        return sid in self._owners

    def acquire(self, sid: str, who: str) -> bool:
        """Whether there is a place left for the socket, taking it."""
        most = settings.max_tabs_user if who.startswith("person ") else settings.max_tabs_network
        if len(self._owners) >= settings.max_tabs or not self._open.acquire(who, most):
            return False
        self._owners[sid] = who
        return True

    def release(self, sid: str) -> None:
        """The socket is closed; one that had no place changes nothing."""
        who = self._owners.pop(sid, None)
        if who is not None:
            self._open.release(who)
