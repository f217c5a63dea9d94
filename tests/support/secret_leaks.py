"""People of the tests whom no log may name (security.md#t22): records and servers' logs are searched for them."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import workspace

# Names, numbers, words and passwords that builders, calls and forms of the tests are full of.
PEOPLE = (
    "Łucja Żak",
    "Iga Nowak",
    "Zofia Kanarek",
    "601000111",
    "601 000 111",
    "keratyn",
    "@example.com",
    "Orchidea-na-parapecie",
)


def named(text: str) -> list[str]:
    """The lines that speak of somebody."""
    if not any(canary in text for canary in PEOPLE):
        return []
    return [line[:400] for line in text.splitlines() if any(canary in line for canary in PEOPLE)]


class Watch(logging.Handler):
    """Keeps what should not have been logged."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.leaks += [f"{record.name}: {line}" for line in named(f"{record.getMessage()}\n{record.exc_text or ''}")]


watch = Watch()


def leaks_in(log: Path) -> list[str]:
    """What a server's log says of somebody; nothing when there is none."""
    return named(log.read_text(errors="replace")) if log.exists() else []


def search(log: Path) -> None:
    """A server's log at its end."""
    assert leaks_in(log) == [], "people in the log"


def pytest_configure() -> None:
    logging.getLogger().addHandler(watch)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """What was logged since the last test ended, in its setup, too."""
    yield
    leaks, watch.leaks = watch.leaks, []
    assert leaks == [], "people in the log"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The site's log, once for all processes of the run."""
    if not hasattr(session.config, "workerinput"):
        lines = leaks_in(workspace.folder() / "site.log")
        if lines:
            session.config.get_terminal_writer().line("\npeople in the site's log:\n" + "\n".join(lines), red=True)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
