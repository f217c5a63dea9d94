"""How much one caller may have open at once, in this process."""

from collections import Counter
from collections.abc import Hashable


class ConcurrencyLimiter:
    """Counts what is open (streams, tabs) by a key of its caller."""

    def __init__(self) -> None:
        self._open: Counter[Hashable] = Counter()

    def __len__(self) -> int:
        """How much is open altogether."""
        return self._open.total()

    def acquire(self, key: Hashable, limit: int) -> bool:
        """Whether one more is open now; False while `key` has `limit` already."""
        if self._open[key] >= limit:
            return False
        self._open[key] += 1
        return True

    def release(self, key: Hashable) -> None:
        """Count one less of `key`; call it once for each `acquire` that returned True."""
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]
