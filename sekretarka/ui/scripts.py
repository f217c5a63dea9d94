"""Scripts and styles beside our components, as pages import them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def shallow(call: Callable[[], T]) -> T:
    """Call on a stack of its own.

    `rx.asset` finds out who calls by describing every frame below, those of all imports under way included: 70 ms of
    processor time for each script, two seconds at each start.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()
