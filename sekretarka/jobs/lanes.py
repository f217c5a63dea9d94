"""How many jobs of a lane one worker runs at once, and how long each may take."""

from collections.abc import Mapping
from dataclasses import dataclass

from sekretarka.core.database.jobs import Lane


@dataclass(frozen=True)
class LaneLimits:
    """`parallel` jobs at once in each worker process; one that takes longer than `timeout` seconds fails and is
    retried."""

    parallel: int
    timeout: float

    @property
    def per_organization(self) -> int:
        """Most jobs of one organization at once: one place less than `parallel` (at least 1) is left for others."""
        return max(1, self.parallel - 1)


LANES: Mapping[Lane, LaneLimits] = {
    Lane.URGENT: LaneLimits(parallel=4, timeout=50),
    Lane.MAIL: LaneLimits(parallel=8, timeout=50),
    Lane.MESSAGES: LaneLimits(parallel=8, timeout=50),
    Lane.VOICE: LaneLimits(parallel=4, timeout=120),
    Lane.MEDIA: LaneLimits(parallel=2, timeout=900),
    Lane.DEFAULT: LaneLimits(parallel=4, timeout=900),
}
