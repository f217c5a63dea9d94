"""Rate limits by an exact log of accepted requests: never more than `limit` in any window (api.md#rate-limits)."""

import math
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Protocol

from redis.exceptions import RedisError

from sekretarka.core.errors import Throttled
from sekretarka.core.runtime import redis
from sekretarka.core.runtime.batching import Batcher
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web.rate_policies import RatePolicy

SECOND = 1_000_000_000
SWEEP_EVERY = 60 * SECOND
MAX_KEYS = 50_000  # of one process; those unused for longest go first


@dataclass(frozen=True)
class RateLimitResult:
    """Whether a request passes, how many more may follow now, and in how many seconds (`reset`) the oldest expires."""

    policy: RatePolicy
    allowed: bool
    remaining: int
    reset: float

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers; with `Retry-After`, in seconds, when rejected."""
        policy, wait = self.policy, max(1, math.ceil(self.reset))
        fields = {
            "RateLimit-Policy": f'"{policy.name}";q={policy.limit};w={policy.window}',
            "RateLimit": f'"{policy.name}";r={self.remaining};t={wait}',
        }
        return fields if self.allowed else {**fields, "Retry-After": str(wait)}


class Limiter(Protocol):
    """Counts a request of `key` under a policy, unless it is one too many."""

    async def acquire(self, policy: RatePolicy, key: str) -> RateLimitResult:
        """Whether this request passes. Never raises: without Redis the process counts by itself."""
        ...

    async def close(self) -> None:
        """Drop the counts of this process."""
        ...


class LocalLimiter:
    """Within one process; each key holds at most `limit` instants."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock = clock
        self._logs: dict[tuple[RatePolicy, str], deque[int]] = {}
        self._swept = clock()

    async def acquire(self, policy: RatePolicy, key: str) -> RateLimitResult:
        now = self._clock()
        self._sweep(now)
        accepted = self._logs.pop((policy, key), None) or deque()
        self._logs[policy, key] = accepted  # the last one again
        if len(self._logs) > MAX_KEYS:
            del self._logs[next(iter(self._logs))]
        window = policy.window * SECOND
        while accepted and now - accepted[0] >= window:
            accepted.popleft()
        allowed = len(accepted) < policy.limit
        if allowed:
            accepted.append(now)
        return RateLimitResult(policy, allowed, policy.limit - len(accepted), (accepted[0] + window - now) / SECOND)

    def _sweep(self, now: int) -> None:
        if now - self._swept < SWEEP_EVERY:
            return
        self._swept = now
        for (policy, key), accepted in list(self._logs.items()):
            if not accepted or now - accepted[-1] >= policy.window * SECOND:
                del self._logs[policy, key]

    async def close(self) -> None:
        self._logs.clear()


# One call counts for all who wait: KEYS are the logs, ARGV window, limit and a name of the request for each.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local verdicts = {}
for number, key in ipairs(KEYS) do
  local at = 3 * number - 2
  local window, limit = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
  local count, allowed = redis.call('ZCARD', key), 0
  if count < limit then
    redis.call('ZADD', key, string.format('%.0f', now), ARGV[at + 2])
    redis.call('PEXPIRE', key, math.ceil(window / 1000))
    count, allowed = count + 1, 1
  end
  local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  verdicts[at], verdicts[at + 1], verdicts[at + 2] = allowed, limit - count, oldest[2] + window - now
end
return verdicts
"""


class RedisLimiter:
    """Across processes, by Redis' own clock. Without Redis each process counts for itself: limits stay, if looser."""

    PREFIX = "sekretarka:limit:"

    def __init__(self, client: redis.Client) -> None:
        self._script = client.register_script(_SCRIPT)
        self._together = Batcher(self._count, "limits")
        self._local = LocalLimiter()

    async def acquire(self, policy: RatePolicy, key: str) -> RateLimitResult:
        try:
            return await self._together.submit((policy, key))
        except RedisError:
            return await self._local.acquire(policy, key)

    async def _count(self, requests: Sequence[tuple[RatePolicy, str]]) -> list[RateLimitResult]:
        keys = [f"{self.PREFIX}{policy.name}:{policy.limit}:{policy.window}:{key}" for policy, key in requests]
        name = secrets.token_hex(8)
        arguments: list[str | int] = []
        for number, (policy, _) in enumerate(requests):
            arguments += (policy.window * 1_000_000, policy.limit, f"{name}{number}")
        values = iter(await self._script(keys=keys, args=arguments))
        return [
            RateLimitResult(policy, bool(allowed), remaining, reset / 1_000_000)
            for (policy, _), allowed, remaining, reset in zip(requests, values, values, values, strict=True)
        ]

    async def close(self) -> None:
        await self._local.close()


async def check(policy: RatePolicy, key: str, headers: dict[str, str]) -> None:
    """Count a request of `key`, and add to the headers of its answer what is left; `Throttled` for one too many."""
    result = await current().acquire(policy, key)
    headers.update(result.headers)
    if not result.allowed:
        raise Throttled


def address(peer: str | None, forwarded_for: Sequence[str], trusted_hops: int) -> str:
    """The caller's network, as the outermost of our `trusted_hops` proxies saw it: an IPv4 address, an IPv6 `/64`, or
    "unknown"; with fewer entries in all lines of X-Forwarded-For, in their order, the peer's."""
    # A proxy may append a line of its own (HAProxy), which is the same list (RFC 9110 §5.3).
    seen = ",".join(forwarded_for).split(",") if forwarded_for else []
    text = seen[-trusted_hops] if trusted_hops and len(seen) >= trusted_hops else peer
    try:
        caller = ip_address(_without_port((text or "").strip()))
    except ValueError:
        return "unknown"
    if isinstance(caller, IPv6Address):
        if caller.ipv4_mapped:
            return str(caller.ipv4_mapped)
        return str(IPv6Address(int(caller) >> 64 << 64)) + "/64"
    return str(caller)


def _without_port(text: str) -> str:
    """`192.0.2.1:4711`, `[2001:db8::1]:4711` and `[2001:db8::1]` as some proxies write them; others as they are."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


_current: Limiter | None = None


def current() -> Limiter:
    """This process's limiter, chosen by the settings on first use."""
    global _current
    if _current is None:
        _current = RedisLimiter(redis.current()) if settings.redis_url else LocalLimiter()
    return _current


async def disconnect() -> None:
    """Drop this process's limiter and its counts."""
    global _current
    if _current is not None:
        limiter, _current = _current, None
        await limiter.close()
