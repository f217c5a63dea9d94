"""How many tabs may be open in one process: each keeps a tree of states (security.md#t19)."""

from starlette.types import Scope

from sekretarka.core.actor import Actor
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web.concurrency_limiter import ConcurrencyLimiter
from sekretarka.http import origins


def owner_of(actor: Actor, scope: Scope) -> str:
    """The key that a socket is counted under: `person <user id>`, or `network <address>` for nobody signed in."""
    return f"network {origins.network(scope)}" if actor.kind == "anonymous" else f"person {actor.user_id}"


class ConnectionLimits:
    """Open sockets by their ids, each counted for its owner."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._open = ConcurrencyLimiter()

    def __contains__(self, sid: str) -> bool:
        return sid in self._owners

    def acquire(self, sid: str, who: str) -> bool:
        """Count the socket `sid` for its owner, a key of `owner_of`; False when there is no place left."""
        most = settings.max_tabs_user if who.startswith("person ") else settings.max_tabs_network
        if len(self._owners) >= settings.max_tabs or not self._open.acquire(who, most):
            return False
        self._owners[sid] = who
        return True

    def release(self, sid: str) -> None:
        """Free the place of a closed socket; one that had none changes nothing."""
        who = self._owners.pop(sid, None)
        if who is not None:
            self._open.release(who)
