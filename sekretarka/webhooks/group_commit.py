"""One commit for all deliveries that wait for one: each is durable before its answer, none waits for a timer."""

import asyncio
from dataclasses import dataclass, field

from sekretarka.core import actor
from sekretarka.core.scope import open_scope
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.inbox.service import Delivery

MOST = 200


@dataclass
class GroupCommit:
    """Whoever comes while a commit is under way shares the next one; on an idle system each has its own."""

    _waiting: list[tuple[Delivery, asyncio.Future[bool]]] = field(default_factory=list)
    _committing: asyncio.Task[None] | None = None

    async def keep(self, delivery: Delivery) -> bool:
        """Store a delivery durably; False when it is kept already. Raises what the commit raised."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all(), name="group-commit")
        return await done

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                async with open_scope(actor.system(), write=True) as scope:
                    kept = await inbox.store(scope, [delivery for delivery, _ in group])
            except BaseException as error:
                _settle(group, error)
                if not isinstance(error, Exception):
                    raise
            else:
                _settle(group, kept)


def _settle(group: list[tuple[Delivery, asyncio.Future[bool]]], outcome: BaseException | list[bool]) -> None:
    for number, (_, done) in enumerate(group):
        if done.done():
            continue  # its request went away meanwhile; the delivery is kept all the same
        if isinstance(outcome, BaseException):
            done.set_exception(outcome)
        else:
            done.set_result(outcome[number])
