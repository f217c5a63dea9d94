"""Which files cost most, at the end of every whole run: growth is seen before it hurts."""

from collections import defaultdict
from operator import itemgetter

import pytest

SHOWN = 10
_seconds: defaultdict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid.partition("::")[0]] += report.duration  # setup, call and teardown; tests in parallel overlap


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if len(_seconds) <= SHOWN:
        return
    whole = sum(_seconds.values())
    terminalreporter.section(f"slowest of {len(_seconds)} files, {whole:.0f} s of tests in all workers together")
    for file, seconds in sorted(_seconds.items(), key=itemgetter(1), reverse=True)[:SHOWN]:
        terminalreporter.write_line(f"{seconds:7.1f} s {seconds / whole:6.1%}  {file}")
