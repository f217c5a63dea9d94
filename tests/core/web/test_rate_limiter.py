"""The limiter accepts a request if and only if fewer than the limit were accepted in the window before it."""

import asyncio
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekretarka.core.runtime import redis
from sekretarka.core.web import rate_limiter
from sekretarka.core.web.rate_limiter import SECOND, LocalLimiter, RedisLimiter, address
from sekretarka.core.web.rate_policies import RatePolicy
from tests.support.redis import Valkey

POLICY = RatePolicy("ip", 10, 10)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


# Steps that often hit the window's border exactly.
steps = st.one_of(st.integers(0, 3 * SECOND), st.sampled_from([0, 1, SECOND, 5 * SECOND, 10 * SECOND - 1, 10 * SECOND]))


@given(st.lists(steps, max_size=120), st.integers(1, 12))
def test_exactly_as_many_as_allowed_in_any_window(pauses: list[int], limit: int) -> None:
    async def play() -> None:
        clock, policy = Clock(), RatePolicy("x", limit, 10)
        limiter = LocalLimiter(clock)
        accepted: list[int] = []
        for pause in pauses:
            clock.now += pause
            before = [moment for moment in accepted if moment > clock.now - 10 * SECOND]
            verdict = await limiter.acquire(policy, "a")
            assert verdict.allowed == (len(before) < limit)
            if verdict.allowed:
                accepted.append(clock.now)
                before.append(clock.now)
            assert verdict.remaining == limit - len(before)
            assert Fraction(verdict.reset) == Fraction((before[0] + 10 * SECOND - clock.now) / SECOND)
        for moment in accepted:
            assert sum(moment <= other < moment + 10 * SECOND for other in accepted) <= limit

    asyncio.run(play())


@given(st.lists(st.tuples(st.sampled_from("ab"), steps), max_size=60))
def test_callers_do_not_touch_one_another(requests: list[tuple[str, int]]) -> None:
    async def play() -> None:
        clock = Clock()
        together, alone = LocalLimiter(clock), {key: LocalLimiter(clock) for key in "ab"}
        for key, pause in requests:
            clock.now += pause
            assert await together.acquire(POLICY, key) == await alone[key].acquire(POLICY, key)

    asyncio.run(play())


async def test_quiet_callers_are_dropped() -> None:
    clock = Clock()
    limiter = LocalLimiter(clock)
    for number in range(1_000):
        await limiter.acquire(POLICY, str(number))
    clock.now += 61 * SECOND
    await limiter.acquire(POLICY, "x")
    assert len(limiter._logs) == 1


async def test_keys_unused_for_longest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limiter, "MAX_KEYS", 3)
    limiter = LocalLimiter(Clock())
    for key in ("a", "b", "c", "a", "d"):
        await limiter.acquire(POLICY, key)
    assert [key for _, key in limiter._logs] == ["c", "a", "d"]
    assert (await limiter.acquire(POLICY, "a")).remaining == 7, "what is in use is counted on"


@given(st.lists(st.integers(0, 400), max_size=60))
def test_stored_attempts_are_counted_as_the_limiter_counts(pauses: list[int]) -> None:
    async def play() -> None:
        clock, policy = Clock(), RatePolicy("x", 3, 600)
        limiter = LocalLimiter(clock)
        stored: list[float] = []
        for pause in pauses:
            clock.now += pause * SECOND
            now = clock.now / SECOND
            stored = policy.counted(stored, now)
            wait = policy.seconds_until_free(stored, now)
            result = await limiter.acquire(policy, "a")
            assert result.allowed == (wait == 0)
            if result.allowed:
                stored.append(now)
            else:
                assert wait == result.reset

    asyncio.run(play())


async def test_headers_say_the_same() -> None:
    clock = Clock()
    limiter = LocalLimiter(clock)
    for left in range(9, -1, -1):
        headers = (await limiter.acquire(POLICY, "a")).headers
        assert headers == {"RateLimit-Policy": '"ip";q=10;w=10', "RateLimit": f'"ip";r={left};t=10'}
    clock.now += 6 * SECOND + 1
    headers = (await limiter.acquire(POLICY, "a")).headers
    assert headers["RateLimit"] == '"ip";r=0;t=4'
    assert headers["Retry-After"] == "4"
    clock.now += 4 * SECOND - 1
    assert (await limiter.acquire(POLICY, "a")).allowed, "whoever waits as told gets in"


async def test_processes_share_a_limit_through_redis(redis_url: str) -> None:
    clients = [redis.client(redis_url) for _ in range(4)]
    limiters = [RedisLimiter(client) for client in clients]
    for round_number in range(50):
        verdicts = await asyncio.gather(*(limiters[n % 4].acquire(POLICY, f"k{round_number}") for n in range(11)))
        assert sum(verdict.allowed for verdict in verdicts) == 10
        assert sorted(verdict.remaining for verdict in verdicts) == [0, 0, *range(1, 10)]
    for client in clients:
        await client.aclose()


async def test_redis_forgets_after_the_window(redis_url: str) -> None:
    client, policy = redis.client(redis_url), RatePolicy("x", 2, 1)
    limiter = RedisLimiter(client)
    assert [(await limiter.acquire(policy, "a")).allowed for _ in range(3)] == [True, True, False]
    refused = await limiter.acquire(policy, "a")
    await asyncio.sleep(refused.reset)
    assert (await limiter.acquire(policy, "a")).allowed
    await client.aclose()


async def test_without_redis_each_process_counts_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    valkey = Valkey()
    valkey.start()
    client = redis.client(valkey.url)
    limiter = RedisLimiter(client)
    assert (await limiter.acquire(POLICY, "a")).remaining == 9
    valkey.stop()
    verdicts = [await limiter.acquire(POLICY, "a") for _ in range(12)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 10 + [False] * 2
    assert len([record for record in caplog.records if "redis lost" in record.getMessage()]) == 1
    await client.aclose()


@pytest.mark.parametrize(
    ("peer", "forwarded", "hops", "expected"),
    [
        ("203.0.113.9", [], 0, "203.0.113.9"),
        ("203.0.113.9", ["1.2.3.4"], 0, "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9"], 1, "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9, 10.0.0.2"], 2, "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6", "203.0.113.9"], 1, "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6, 7.7.7.7", "203.0.113.9", "10.0.0.2"], 2, "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6", "203.0.113.9,10.0.0.2"], 2, "203.0.113.9"),
        ("10.0.0.1", ["", "203.0.113.9"], 1, "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9:4711"], 1, "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8:1:2::9]:443"], 1, "2001:db8:1:2::/64"),
        ("10.0.0.1", ["[2001:db8:1:2::9]"], 1, "2001:db8:1:2::/64"),
        ("10.0.0.1", ["[::ffff:203.0.113.9]:80"], 1, "203.0.113.9"),
        ("10.0.0.1", ["2001:db8:1:2::9"], 1, "2001:db8:1:2::/64"),
        ("203.0.113.9:5", [], 1, "203.0.113.9"),
        ("10.0.0.1", [], 1, "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], 2, "10.0.0.1"),
        ("10.0.0.1", ["nonsense"], 1, "unknown"),
        ("10.0.0.1", ["203.0.113.9, "], 1, "unknown"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], 0, "203.0.113.9"),
        (None, [], 0, "unknown"),
    ],
)
def test_the_address_is_what_the_nearest_trusted_proxy_saw(
    peer: str | None, forwarded: list[str], hops: int, expected: str
) -> None:
    assert address(peer, forwarded, hops) == expected


@pytest.mark.parametrize("rate", ["", "10", "10/0seconds", "0/10seconds", "10/10minutes", "-1/10seconds"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="a rate reads like"):
        RatePolicy.parse("x", rate)
