"""What could not run is said loudly at the end, and fails where everything must run (CI=true)."""

import os
from typing import NoReturn

import pytest

IMPOSSIBLE = "impossible on this platform: "


def impossible(reason: str) -> NoReturn:
    """Leave a test out because this platform cannot run it at all; the only accepted way under CI=true."""
    pytest.skip(IMPOSSIBLE + reason)


def missing(reason: str) -> NoReturn:
    """Leave a test out because something is missing that could be there."""
    pytest.skip(reason)


def _reasons(reporter: pytest.TerminalReporter) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for report in reporter.stats.get("skipped", []):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons.setdefault(text.removeprefix("Skipped: "), []).append(report.nodeid)
    return reasons


def _must_run(reasons: dict[str, list[str]]) -> list[str]:
    return [reason for reason in reasons if not reason.startswith(IMPOSSIBLE)]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and _must_run(_reasons(reporter)) and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = _reasons(terminalreporter)
    if not reasons:
        return
    terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"{len(tests)} x {reason}", red=True)
        for test in tests[:5]:
            terminalreporter.write_line(f"      {test}")
    if os.environ.get("CI") == "true" and _must_run(reasons):
        terminalreporter.write_line("CI=true: what is missing above must run, so this run fails", red=True, bold=True)
