"""The salon's past: as many calls as delivered, at believable times, the same for the same seed."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import demo_organization
from sekretarka.sandbox.ai_service.history import PastCall, simulate_history
from tests.sandbox.ai_service import contract

TODAY = date(2026, 11, 22)
AGENT = str(UUID(int=7))


@pytest.fixture(scope="module")
def past() -> list[PastCall]:
    return simulate_history(Random(1), TODAY)


def test_amount_and_share_of_missed_calls() -> None:
    for seed in range(3):
        past = simulate_history(Random(seed), TODAY)
        assert 1_380 <= len(past) <= 1_620
        missed = sum(past_call.call.ending.status == "missed" for past_call in past)
        assert 0.06 <= missed / len(past) <= 0.12
        assert len({past_call.call.scenario for past_call in past}) >= 14


def test_same_seed_gives_the_same_history(past: list[PastCall]) -> None:
    assert simulate_history(Random(1), TODAY) == past
    assert simulate_history(Random(2), TODAY) != past


def test_calls_are_in_order_within_ninety_days(past: list[PastCall]) -> None:
    starts = [past_call.started_at for past_call in past]
    assert starts == sorted(starts)
    days = {clock.local_day(start, "Europe/Warsaw") for start in starts}
    assert min(days) >= TODAY - timedelta(days=89)
    assert max(days) <= TODAY
    assert len({past_call.call.id for past_call in past}) == len(past)


def test_calls_follow_the_rhythm_of_week_and_day(past: list[PastCall]) -> None:
    local = [past_call.started_at.astimezone(demo_organization.ZONE) for past_call in past]
    week = Counter(moment.weekday() for moment in local)
    assert week[0] < 0.75 * week[1]
    assert week[6] < 0.1 * week[5]
    assert week[5] > week[1]
    hours = Counter(moment.hour for moment in local if moment.weekday() in (1, 2, 3, 4))
    quiet = hours[13] + hours[14]
    assert hours[10] + hours[11] > 1.5 * quiet
    assert hours[16] + hours[17] > 1.5 * quiet
    assert min(hours) >= 8
    assert max(hours) <= 21


def test_repeated_callers_have_one_name(past: list[PastCall]) -> None:
    names: dict[str, set[str]] = {}
    times: Counter[str] = Counter()
    for past_call in past:
        caller = past_call.call.caller
        if past_call.call.is_client and caller.number:
            names.setdefault(caller.number, set()).add(caller.name)
            times[caller.number] += 1
    assert all(len(of_number) == 1 for of_number in names.values())
    assert sum(count > 1 for count in times.values()) > 100


def test_every_body_follows_the_contract(past: list[PastCall]) -> None:
    for past_call in past:
        delivered = past_call.events(AGENT)
        assert 1 <= len(delivered) <= 4
        for event in delivered:
            assert contract.check(event.body).timestamp <= past_call.settled_at + timedelta(milliseconds=1)


def test_no_event_is_in_the_future() -> None:
    now = datetime(2026, 11, 20, 11, 17, tzinfo=UTC)
    past = simulate_history(Random(3), date(2026, 11, 20), until=now)
    assert max(past_call.settled_at for past_call in past) <= now
    assert any(past_call.started_at.date() == now.date() for past_call in past)


def test_holidays_have_few_calls() -> None:
    day = date(2026, 11, 11)
    usual = sum(len(simulate_history(Random(seed), date(2026, 11, 18), days=1)) for seed in range(10))
    assert sum(len(simulate_history(Random(seed), day, days=1)) for seed in range(10)) < 0.3 * usual
