"""A worker's process that kills itself at one step of telling of an urgent call."""

import os
import signal
from typing import Any

STEPS = ("claim", "climb", "message", "next_turn", "commit")
BEFORE = ("claim", "climb", "commit")


def climb_until(step: str, rungs: int) -> None:
    """Do what is due until `step` of the rung after so many: before the job is run, when the rung has the row's lock,
    when its message is written, when the next turn is enqueued, after all that was committed."""
    from sekretarka.cli import startup
    from sekretarka.core.database.unit_of_work import UnitOfWork
    from sekretarka.domain import event_handlers
    from sekretarka.domain.escalations import ladder
    from sekretarka.jobs import queue, runner
    from sekretarka.jobs.registry import JOB_HANDLERS

    startup.load_settings()
    event_handlers.register()
    where: Any
    where, name = {
        "claim": (ladder, "_climb_from"),
        "climb": (ladder, "_climb"),
        "message": (ladder, "_tell"),
        "next_turn": (UnitOfWork, "enqueue"),
        "commit": (queue, "complete"),
    }[step]
    own, left = getattr(where, name), rungs

    async def dies(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        is_of_a_rung = step != "next_turn" or isinstance(args[1], ladder.ClimbLadder)
        if is_of_a_rung and left == 0 and step in BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await own(*args, **kwargs)
        if is_of_a_rung and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= is_of_a_rung
        return result

    setattr(where, name, dies)
    climb = {ladder.ClimbLadder.job_name: JOB_HANDLERS[ladder.ClimbLadder.job_name]}
    startup.run(runner.drain(climb))
