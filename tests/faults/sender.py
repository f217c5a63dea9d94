"""A worker's process that kills itself at one step of sending a message."""

import os
import signal
from typing import Any

STEPS = ("decide", "mark", "ask", "answer", "record")


def send_until(step: str, provider: str) -> None:
    """Send what is due until `step`: in the transaction that decides, in the one that says who may have the message,
    before the gateway is asked, after it answered, in the transaction that keeps the answer."""
    from sekretarka.cli import startup
    from sekretarka.domain import event_handlers
    from sekretarka.domain.messages import delivery
    from sekretarka.jobs import runner
    from sekretarka.jobs.registry import JOB_HANDLERS
    from sekretarka.providers import registry
    from tests.support.sms_gateways import CREDENTIALS

    startup.load_settings()
    event_handlers.register()
    vendor = type(registry.sms_gateway(provider, CREDENTIALS[provider]))
    where, name = {
        "decide": (delivery, "_to_send"),
        "mark": (delivery, "_hand_over"),
        "ask": (vendor, "send"),
        "answer": (vendor, "send"),
        "record": (delivery, "_accepted"),
    }[step]
    own = getattr(where, name)

    async def dies(*args: Any) -> None:
        if step != "ask":
            await own(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(where, name, dies)
    startup.run(runner.drain(JOB_HANDLERS))
