"""One call for all that wait for one: what many requests submit at once costs little more than what one does."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Batcher(Generic[Q, A]):
    """Whoever submits while a call is under way shares the next one; on an idle system each has its own.

    `call` gets at most `most` questions and returns an answer to each, in their order; what it raises, `submit` raises
    to each of them.
    """

    def __init__(self, call: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], name: str, most: int = 200) -> None:
        self._call = call
        self._name = name
        self._most = most
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._calling: asyncio.Task[None] | None = None

    async def submit(self, question: Q) -> A:
        """The answer to one question; raises what `call` raised for its batch."""
        answered: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answered))
        if self._calling is None or self._calling.done():
            self._calling = asyncio.create_task(self._go(), name=self._name)
        return await answered

    async def _go(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                answers = await self._call([question for question, _ in group])
            except BaseException as error:
                for _, answered in group:
                    if not answered.done():  # else its request has gone away meanwhile
                        answered.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                for (_, answered), answer in zip(group, answers, strict=True):
                    if not answered.done():
                        answered.set_result(answer)
