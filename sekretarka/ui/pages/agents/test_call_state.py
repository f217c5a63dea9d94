"""The button that tests a connection: a call through the public endpoint, shown step by step."""

import asyncio
from typing import TypedDict
from uuid import UUID

import reflex as rx

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.text.i18n import language, translate
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Status
from sekretarka.ui.pages.agents import test_call
from sekretarka.ui.pages.agents.state import AgentsState
from sekretarka.ui.session import SessionState, read_uow, secured

CONVERSATION_TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 0.2
STEPS = ("call_started", "transcript_updated", "call_ended", "shown")


class Step(TypedDict):
    """One step: `state` is waiting, running, ok or failed; HTTP `status` (0: not reached, or no request), `code` of a
    rejection."""

    name: str
    state: str
    status: int
    milliseconds: int
    code: str


class TestCallState(rx.State):
    """The steps of the test call and the id of the conversation it became."""

    steps: rx.Field[list[Step]] = rx.field(default_factory=list)
    running: bool = False
    conversation_id: str = ""

    @secured(Permission.AGENTS_READ)
    def load(self) -> None:
        """Clear the results of an earlier test."""
        self.steps, self.running, self.conversation_id = [], False, ""

    @secured(Permission.AGENTS_WRITE, background=True)
    async def run(self) -> None:
        """Deliver a test call to the selected agent's endpoint, and wait for its conversation; nothing goes out while a
        transaction is open."""
        async with self:
            chosen = (await self.get_state(AgentsState)).selected
            call_texts = _words((await self.get_state(SessionState)).language)
            if not chosen or self.running:
                return
            self.running, self.conversation_id = True, ""
            self.steps = [Step(name=name, state="waiting", status=0, milliseconds=0, code="") for name in STEPS]
            self._mark(0, "running")
        try:
            async with read_uow() as uow:
                secret = (await agents.reveal_secret(uow, UUID(chosen))).secret
                endpoint = await connections.health(uow, await connections.get_by_agent(uow, UUID(chosen)))
            call = test_call.SampleCall.to(UUID(chosen), call_texts)
            if await self._deliver(call, endpoint.endpoint, secret):
                await self._await_conversation(call)
        finally:
            async with self:
                self.running = False

    async def _deliver(self, call: test_call.SampleCall, endpoint: str, secret: str) -> bool:
        async for result in test_call.deliver(call, endpoint, secret):
            accepted = result.status == 200
            async with self:
                self._finish_step(STEPS.index(result.kind), accepted, result)
            if not accepted:
                return False
        return True

    async def _await_conversation(self, call: test_call.SampleCall) -> None:
        """The events are stored; now the worker makes a call of them."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        conversation_id = ""
        while not conversation_id and loop.time() - began < CONVERSATION_TIMEOUT_SECONDS:
            await asyncio.sleep(POLL_SECONDS)
            async with read_uow() as uow:
                conversation_id = await _finished(uow, call)
        waited = test_call.DeliveryResult(STEPS[-1], 0, round((loop.time() - began) * 1000))
        async with self:
            self.conversation_id = conversation_id
            self._finish_step(len(STEPS) - 1, bool(conversation_id), waited)

    def _finish_step(self, at: int, ok: bool, result: test_call.DeliveryResult) -> None:
        facts = {"status": result.status, "milliseconds": result.milliseconds, "code": result.code}
        self.steps = [{**step, **facts} if i == at else step for i, step in enumerate(self.steps)]  # type: ignore[typeddict-item]
        self._mark(at, "ok" if ok else "failed")
        if ok and at + 1 < len(STEPS):
            self._mark(at + 1, "running")

    def _mark(self, at: int, state: str) -> None:
        self.steps = [{**step, "state": state} if i == at else step for i, step in enumerate(self.steps)]


async def _finished(uow: UnitOfWork, call: test_call.SampleCall) -> str:
    """The conversation's id once all of the call arrived in it."""
    row = await conversations.find_by_call_id(uow, call.agent_id, call.call_id)
    return str(row.id) if row is not None and row.status is Status.COMPLETED else ""


def _words(code: str) -> test_call.CallTexts:
    spoken = language(code)
    texts = {part: translate(spoken, f"agents.test_call.{part}") for part in ("caller", "greeting", "line", "summary")}
    return test_call.CallTexts(**texts)
