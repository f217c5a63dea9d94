"""Questions that are asked at once are answered by one call, each its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from sekretarka.core.runtime.batching import Batcher


async def test_who_comes_while_a_call_is_under_way_shares_the_next() -> None:
    groups: list[list[int]] = []

    async def double(numbers: Sequence[int]) -> list[int]:
        groups.append(list(numbers))
        await asyncio.sleep(0.01)
        return [2 * number for number in numbers]

    together = Batcher(double, "doubling", most=3)
    first = asyncio.create_task(together.submit(1))
    await asyncio.sleep(0.001)
    assert await asyncio.gather(first, *(together.submit(number) for number in range(2, 7))) == [2, 4, 6, 8, 10, 12]
    assert groups == [[1], [2, 3, 4], [5, 6]]
    assert await together.submit(7) == 14


async def test_a_failure_is_everybodys_and_the_next_call_is_a_new_one() -> None:
    async def divide(numbers: Sequence[int]) -> list[float]:
        return [1 / number for number in numbers]

    together = Batcher(divide, "dividing")
    failed = await asyncio.gather(together.submit(1), together.submit(0), return_exceptions=True)
    assert [type(error) for error in failed] == [ZeroDivisionError, ZeroDivisionError]
    assert await together.submit(4) == 0.25


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    release = asyncio.Event()

    async def echo(texts: Sequence[str]) -> Sequence[str]:
        await release.wait()
        return texts

    together = Batcher(echo, "echo")
    cancelled, remaining = (
        asyncio.create_task(together.submit("cancelled")),
        asyncio.create_task(together.submit("remaining")),
    )
    await asyncio.sleep(0)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    release.set()
    assert await remaining == "remaining"
