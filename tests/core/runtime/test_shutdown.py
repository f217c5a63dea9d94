"""A signal reaches the loop's own handlers once, however busy the loop is and however often it comes."""

import subprocess
import sys

BUSY = """
import asyncio, os, signal
from sekretarka.core.runtime import shutdown

async def main():
    loop, heard, woken = asyncio.get_running_loop(), [], []
    loop.add_signal_handler(signal.SIGTERM, heard.append, 1)
    shutdown.install_handlers(lambda: woken.append(True))
    for _ in range(100_000):
        loop.call_soon_threadsafe(int)
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.2)
    assert shutdown.is_requested()
    assert (heard, woken) == ([1], [True])

asyncio.run(main())
"""


def test_a_signal_is_heard_once_by_a_loop_full_of_wake_ups() -> None:
    done = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
