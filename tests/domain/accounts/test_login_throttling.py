"""Guessing gets slow, nobody is locked out for good, and no counter depends on a process."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import LoginThrottled
from sekretarka.domain.accounts import login_throttling
from sekretarka.domain.accounts.models import Throttle

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def guess(account: str = "iga@example.com") -> bool:
    async with begin(actor.system(), write=True) as uow:
        return await login_throttling.count_account_failure(uow, account)


async def arrive(network: str = "203.0.113.7", purpose: str = "sign-in") -> login_throttling.CountedAttempt | None:
    try:
        async with begin(actor.system(), write=True) as uow:
            return await login_throttling.count_attempt(uow, purpose, network)
    except LoginThrottled:
        return None


async def delay_after(failures: int) -> float:
    """How long an account with so many failures waits."""
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Throttle).values(failures=failures - 1, blocked_until=None))
    assert await guess()
    async with begin(actor.system()) as uow:
        row = (await uow.execute(sa.select(Throttle))).scalar_one()
        return (row.blocked_until - uow.now).total_seconds() if row.blocked_until else 0


async def test_after_five_failures_the_wait_doubles_up_to_fifteen_minutes(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False):
        await guess()
        waits = [await delay_after(failures) for failures in range(1, 21)]
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900, 900]
    with time_machine.travel(NOON, tick=False):
        assert await delay_after(10_000_000) == 900


async def test_attempts_during_a_delay_do_not_extend_it(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        assert [await guess() for _ in range(8)] == [True] * 5 + [False] * 3
        time.shift(timedelta(seconds=0.9))
        assert not await guess()
        time.shift(timedelta(seconds=0.2))
        assert await guess()
        assert await guess("ola@example.com")


async def test_failures_are_cleared_by_success_or_after_a_day(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        for _ in range(4):
            await guess()
        async with begin(actor.system(), write=True) as uow:
            await login_throttling.clear_account(uow, "iga@example.com")
        assert [await guess() for _ in range(6)] == [True] * 5 + [False]
        time.shift(timedelta(days=1, seconds=1))
        assert [await guess() for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.usefixtures("frozen")
async def test_five_of_fifty_concurrent_guesses_are_admitted(database: engine.Database) -> None:
    assert sum(await asyncio.gather(*(guess() for _ in range(50)))) == 5


async def test_twenty_of_fifty_concurrent_attempts_are_admitted(database: engine.Database) -> None:
    assert sum(ticket is not None for ticket in await asyncio.gather(*(arrive() for _ in range(50)))) == 20
    assert await arrive("203.0.113.8")
    assert await arrive(purpose="register")


async def test_network_limit_holds_for_every_ten_minutes(database: engine.Database) -> None:
    accepted: list[float] = []
    dice, refused = random.Random(7), 0
    with time_machine.travel(NOON, tick=False) as time:
        for _ in range(150):
            time.shift(timedelta(seconds=dice.expovariate(1 / 12)))
            now = datetime.now(UTC).timestamp()
            recent = [at for at in accepted if at > now - 600]
            admitted = await arrive() is not None
            assert admitted == (len(recent) < 20)
            accepted += [now] if admitted else []
            refused += not admitted
    assert refused > 10


async def test_attempt_without_failure_is_uncounted(database: engine.Database) -> None:
    for _ in range(60):
        ticket = await arrive()
        assert ticket is not None
        async with begin(actor.system(), write=True) as uow:
            await login_throttling.uncount_attempt(uow, ticket)


async def test_throttled_responses_carry_retry_after(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        for _ in range(20):
            await arrive()
            time.shift(timedelta(seconds=1))
        with pytest.raises(LoginThrottled) as refused:
            async with begin(actor.system()) as uow:
                await login_throttling.check_network(uow, "sign-in", "203.0.113.7")
        assert refused.value.headers["Retry-After"] == "580"
        time.shift(timedelta(seconds=580))
        assert await arrive()


async def test_counters_name_nobody_and_are_purged(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        await guess()
        await arrive()
        async with begin(actor.system()) as uow:
            stored = " ".join(row.key for row in (await uow.execute(sa.select(Throttle))).scalars())
        assert "iga" not in stored
        assert "203.0" not in stored
        time.shift(timedelta(days=1, seconds=1))
        async with begin(actor.system(), write=True) as uow:
            await login_throttling.purge_expired(uow)
            assert (await uow.execute(sa.select(Throttle))).first() is None
