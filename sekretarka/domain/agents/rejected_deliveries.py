"""Rejected deliveries are counted: in memory at once, within seconds in the connection's row and in the log."""

import asyncio
import logging
from collections import Counter
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, NotFound
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import AgentConnection

FLUSH_SECONDS = 10.0
MAX_ENDPOINTS = 1_000  # anybody can make addresses up

log = logging.getLogger(__name__)


class RejectedDeliveries:
    """The first rejection is written at once, what follows together every `FLUSH_SECONDS`, so that forgers cause few
    writes."""

    def __init__(self) -> None:
        self._of_endpoints: Counter[UUID | None] = Counter()
        self._codes: Counter[str] = Counter()
        self._writing: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None

    def count(self, endpoint_id: UUID | None, code: str) -> None:
        """Count one rejection by its error code, without waiting for the write; None when it was sent to no endpoint in
        particular."""
        if endpoint_id not in self._of_endpoints and len(self._of_endpoints) >= MAX_ENDPOINTS:
            endpoint_id = None
        self._of_endpoints[endpoint_id] += 1
        self._codes[code] += 1
        if self._pause is None:
            self._flush_in_background()

    def _flush_in_background(self) -> None:
        self._pause = None
        if self._of_endpoints:
            task = asyncio.create_task(self._write(), name="rejected deliveries")
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)
            self._pause = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush_in_background)

    async def flush(self) -> None:
        """Write what is left, when the server ends."""
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        await asyncio.gather(*self._writing)
        await self._write()

    async def _write(self) -> None:
        counts, self._of_endpoints = self._of_endpoints, Counter()
        codes, self._codes = self._codes, Counter()
        if codes:
            summary = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
            log.warning("webhooks: rejected %d, %d of them of no endpoint: %s", counts.total(), counts[None], summary)
        for endpoint_id, count in counts.items():
            if endpoint_id is None:
                continue
            try:
                await _add(endpoint_id, count)
            except NotFound:
                pass
            except AppError:  # the database is away: later
                self._of_endpoints[endpoint_id] += count


async def _add(endpoint_id: UUID, count: int) -> None:
    organization_id = (await connections.find_endpoint(endpoint_id)).organization_id
    async with begin(actor.system(organization_id), write=True) as uow:
        connection = await uow.get(AgentConnection, endpoint_id, lock=True)
        connection.refused_count += count
        connection.last_refused_at = uow.now
        uow.bump_version(connection)


rejected = RejectedDeliveries()
