"""Attempts counted in the database: slow guessing down without ever locking anybody out for good (security.md#t7)."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_interface
from weakref import WeakValueDictionary

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.actor import system
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import LoginThrottled
from sekretarka.core.runtime import crypto
from sekretarka.core.web.rate_policies import LOGIN_ATTEMPTS
from sekretarka.domain.accounts.models import Throttle

FREE_FAILURES = 5
MAX_DELAY = timedelta(minutes=15)
FAILURE_RETENTION = timedelta(days=1)
ALARM_WINDOW = timedelta(minutes=10)
ALARM_AT = 100
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # each lives while somebody waits or acts
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CountedAttempt:
    """An attempt as counted against a network, for `uncount_attempt`: the counter's key, and when, in Unix seconds."""

    key: str
    at: float


@asynccontextmanager
async def turn(*keys: str) -> AsyncIterator[None]:
    """One attempt at a time in this process for each key (a network, an account), in the order they came: an attempt
    counts as a failure until its password was looked at, and those before it must not make a right one wait longer
    than that. Give keys always in the same order."""
    async with AsyncExitStack() as held:
        for key in keys:
            await held.enter_async_context(_turns.setdefault(key, asyncio.Lock()))
        yield


async def count_request(purpose: str, network: str) -> None:
    """Count one request against a network (`rate_limiter.address`), in transactions of its own; `LoginThrottled` at its
    limit."""
    async with begin(system()) as uow:
        await check_network(uow, purpose, network)
    async with begin(system(), write=True) as uow:
        await count_attempt(uow, purpose, network)


async def check_network(uow: UnitOfWork, purpose: str, network: str) -> None:
    """`LoginThrottled` for a network at its limit of `purpose`; reads only, so that a storm does not queue writers."""
    statement = select(Throttle).where(Throttle.key == _network_key(purpose, network))
    row = await uow.one_or_none(statement)
    if row is not None:
        _recent(row, uow.now)


async def count_attempt(uow: UnitOfWork, purpose: str, network: str) -> CountedAttempt:
    """Count an attempt before it is made, so that many at once cannot slip through; `LoginThrottled` at the limit, with
    the seconds to wait in `Retry-After`. `network` may be any text that is limited by itself."""
    row = await _locked(uow, _network_key(purpose, network))
    ticket = CountedAttempt(row.key, uow.now.timestamp())
    row.recent = [*_recent(row, uow.now), ticket.at]
    uow.bump_version(row)
    return ticket


async def uncount_attempt(uow: UnitOfWork, ticket: CountedAttempt) -> None:
    """Take back an attempt that was no failure."""
    row = await _locked(uow, ticket.key)
    if ticket.at in row.recent:
        recent = list(row.recent)
        recent.remove(ticket.at)
        row.recent = recent
        uow.bump_version(row)


async def record_failure(uow: UnitOfWork, network: str) -> None:
    """Count a failed sign-in of the wider network (/24, of IPv6 /48), where many addresses may share the guessing.
    Logged once in `ALARM_WINDOW`, when there are `ALARM_AT`; nobody is blocked, as a whole office may be behind one."""
    around = _around(network)
    window = int(uow.now.timestamp() // ALARM_WINDOW.total_seconds())
    key = _network_key(f"around:{window}", around)
    first = Throttle(id=new_id(), key=key, failures=1, created_at=uow.now, updated_at=uow.now)
    counted = (
        uow.insert(Throttle)
        .values(first.model_dump())
        .on_conflict_do_update(index_elements=["key"], set_={"failures": col(Throttle.failures) + 1})
        .returning(col(Throttle.failures))
    )
    if (await uow.execute(counted)).scalar_one() == ALARM_AT:
        minutes = ALARM_WINDOW // timedelta(minutes=1)
        log.warning("sign-in: %d failures from %s within %d minutes", ALARM_AT, around, minutes)


async def count_account_failure(uow: UnitOfWork, account: str) -> bool:
    """Count a failure before the password is tried; False while the account's delay lasts, when nothing is counted.
    From the fifth failure in a row on the delay is 1 s, doubled each time up to `MAX_DELAY`."""
    row = await _locked(uow, _account_key(account))
    if row.blocked_until is not None and row.blocked_until > uow.now:
        return False
    if uow.now - row.updated_at > FAILURE_RETENTION:
        row.failures = 0
    row.failures += 1
    over = row.failures - FREE_FAILURES
    row.blocked_until = uow.now + _delay(over) if over >= 0 else None
    uow.bump_version(row)
    return True


async def require_account_attempt(uow: UnitOfWork, account: str) -> None:
    """As `count_account_failure` for a caller who is signed in: `LoginThrottled` with the seconds in `Retry-After`."""
    if not await count_account_failure(uow, account):
        row = await _locked(uow, _account_key(account))
        waits = row.blocked_until.timestamp() - uow.now.timestamp() if row.blocked_until else 1
        raise LoginThrottled(headers={"Retry-After": str(max(1, math.ceil(waits)))})


async def clear_account(uow: UnitOfWork, account: str) -> None:
    """Delete the account's count of failures, after a right password."""
    await uow.execute(sa.delete(Throttle).where(col(Throttle.key) == _account_key(account)))


async def purge_expired(uow: UnitOfWork) -> None:
    """Delete counters that did not change for `FAILURE_RETENTION`."""
    await uow.execute(sa.delete(Throttle).where(col(Throttle.updated_at) < uow.now - FAILURE_RETENTION))


def _delay(over: int) -> timedelta:
    return min(MAX_DELAY, timedelta(seconds=2 ** min(over, 20)))


def _recent(row: Throttle, now: datetime) -> list[float]:
    """The attempts that still count, Unix seconds; `LoginThrottled` when there are as many as may be."""
    counted = LOGIN_ATTEMPTS.counted(row.recent, now.timestamp())
    wait = LOGIN_ATTEMPTS.seconds_until_free(counted, now.timestamp())
    if wait:
        raise LoginThrottled(headers={"Retry-After": str(max(1, math.ceil(wait)))})
    return counted


def _around(network: str) -> str:
    """The /24 of an address, the /48 of a newer one."""
    try:
        address = ip_interface(network)
    except ValueError:
        return "an unknown network"
    return str(ip_interface(f"{address.ip}/{24 if address.version == 4 else 48}").network)


def _network_key(purpose: str, network: str) -> str:
    return f"{purpose}:{crypto.hmac_hex('throttle-network', network)}"


def _account_key(account: str) -> str:
    return f"account:{crypto.hmac_hex('throttle-account', account)}"


async def _locked(uow: UnitOfWork, key: str) -> Throttle:
    fresh = Throttle(id=new_id(), key=key, created_at=uow.now, updated_at=uow.now)
    existing = select(Throttle).where(Throttle.key == key).with_for_update()
    row, _ = await uow.get_or_insert(lambda: uow.one_or_none(existing), fresh, ("key",))
    return row
