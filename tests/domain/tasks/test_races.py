"""Calls that come in, and what users set, at the same moment: one open task, of just the calls that are open."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from sekretarka.core.database import db_errors
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, Unavailable
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.counting import CallCount, is_counted
from sekretarka.domain.conversations.models import Conversation, FollowUpState
from sekretarka.domain.conversations.schemas import ConversationPatch, FollowUpPatch
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Task, TaskState
from sekretarka.domain.tasks.schemas import TaskPatch
from tests.domain.tasks.conftest import Line

AT_ONCE, ROUNDS = 6, 4


async def consistent(line: Line) -> None:
    async with begin(line.owner) as uow:
        waiting = uow.select(Conversation).where(is_counted(CallCount.TO_DO, uow.now))
        calls = {str(row.id) for row in await uow.list(waiting)}
        opened = await uow.list(uow.select(Task).where(Task.state == TaskState.OPEN))
    assert [set(row.folded_ids) for row in opened] == ([calls] if calls else [])


async def quietly(act: Callable[[], Awaitable[object]]) -> None:
    """What another one came first to is no fault of this one."""
    try:
        await db_errors.retry_on_conflict(act)
    except Unavailable:
        raise
    except AppError:
        return


@pytest.mark.parametrize("seed", range(2))
async def test_line_and_calls_agree_whatever_happens_at_once(line: Line, seed: int) -> None:
    chance = random.Random(seed)
    known = [(await line.call(f"c{number}", number)).id for number in range(3)]

    async def set_task(state: TaskState) -> None:
        async with begin(line.owner) as uow:
            rows = await uow.list(uow.select(Task))
        row = chance.choice(rows)
        async with begin(line.owner, write=True) as uow:
            await tasks.update(uow, row.id, TaskPatch(state=state, note=f"Notatka {state}"))

    async def set_call(state: FollowUpState) -> None:
        async with begin(line.owner, write=True) as uow:
            patch = ConversationPatch(follow_up=FollowUpPatch(state=state))
            await conversations.update(uow, chance.choice(known), patch)

    for round_ in range(ROUNDS):
        acts: list[Callable[[], Awaitable[object]]] = []
        for number in range(AT_ONCE):
            act = chance.choice(["call", "task", "call_state"])
            if act == "call":
                call_id, minute = f"c{round_}_{number}", 10 + round_ * AT_ONCE + number
                acts.append(partial(line.call, call_id, minute))
            elif act == "task":
                state = chance.choice(list(TaskState))
                acts.append(partial(set_task, state))
            else:
                follow_up = chance.choice(list(FollowUpState))
                acts.append(partial(set_call, follow_up))
        await asyncio.gather(*(quietly(act) for act in acts))
        await consistent(line)
