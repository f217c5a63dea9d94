"""A process that has the product imported and starts workers by forking: a new one takes moments instead of a second.

`python -m tests.faults.processes` with the settings in the environment; each line it reads starts a worker,
and it answers with the worker's process id.
"""

import os
import signal
import sys

from sekretarka.cli import background, startup


def main() -> None:
    """Until there is nothing more to read."""
    startup.load_settings()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who was killed is not waited for
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            startup.run(background.run_worker())
            os._exit(0)
        print(child, flush=True)  # noqa: T201 - this is how it answers


if __name__ == "__main__":
    main()
