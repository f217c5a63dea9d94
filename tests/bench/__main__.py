"""`make bench`: what one machine holds, next to the same bytes from bare Granian and Starlette. No pass, no fail."""

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Iterator

from sekretarka.core.runtime import clock
from tests.bench import availability, live, messages, requests, shares, tools
from tests.support import workspace


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--seconds", type=float, default=4, help="how long each request is repeated")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database instead of both")
    arguments = parser.parse_args()
    workspace.start()
    try:
        _say(*_machine())
        _say("", "## free time, processor time", "")
        for line in availability.measure():
            _say(line)
        for kind in [arguments.only] if arguments.only else ["sqlite", "postgresql"]:
            _say("", f"## {kind}, {arguments.processes} processes", "")
            for line in requests.measure(kind, arguments.processes, arguments.seconds):
                _say(line)
            _say("", f"## {kind}, tools, {arguments.processes} processes", "")
            for line in tools.measure(kind, arguments.processes):
                _say(line)
            _say("", f"## {kind}, inbox beside requests, 1 process", "")
            for line in shares.measure(kind):
                _say(line)
            _say("", f"## {kind}, messages, 1 worker", "")
            for line in messages.measure(kind):
                _say(line)
            _say("", f"## {kind}, live, 1 process", "")
            for line in live.measure(kind):
                _say(line)
    finally:
        workspace.end()


def _machine() -> Iterator[str]:
    commit = subprocess.run(["git", "log", "-1", "--format=%h"], capture_output=True, text=True, check=False)
    yield "# Bench"
    yield f"{clock.now():%Y-%m-%d %H:%M}Z, commit {commit.stdout.strip() or 'unknown'}, {os.cpu_count()} cores, "
    yield f"load {os.getloadavg()[0]:.1f}, {platform.machine()}, Python {platform.python_version()}"


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
