"""What every test has: its own settings, databases, Valkey and Chromium, and no way to other machines."""

import gc
import os
import signal
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests.support import environment, sockets, workspace

environment.forget()
# The same examples every day, so that a red run speaks of the change; the campaigns look further each time. How long
# an example takes says something about the machine only.
hypothesis_settings.register_profile("everyday", deadline=None, derandomize=True)
hypothesis_settings.register_profile("soak", deadline=None)

pytest_plugins = [
    "tests.support.selection",
    "tests.support.not_run",
    "tests.support.durations",
    "tests.support.secret_leaks",
    "tests.support.browser",
    "tests.support.redis",
    "tests.support.processes",
    "tests.support.databases",
    "tests.support.postgres",
    "tests.support.openid",
    "tests.support.sms_gateways",
    "tests.support.site",
    "tests.support.accounts",
]


@pytest.hookimpl(optionalhook=True)  # there may be no xdist
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for each core: browsers, processes and sockets are waited for half of the time; `--fast` has none."""
    return (1 if config.option.fast else 2) * (os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    hypothesis_settings.load_profile("soak" if config.option.markexpr == "soak" else "everyday")
    sockets.refuse_outside()
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))  # a run that is ended tidies up, too
    if not hasattr(config, "workerinput"):
        workspace.start()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays until the end: to look for garbage in it took a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        workspace.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = _mixed(items)


# What mostly waits, or starts many processes: the longest first.
SLOW = ("tests/faults/test_kill.py", "tests/faults/", "tests/api/test_contract", "tests/cli/", "tests/e2e/")


def _mixed(items: list[pytest.Item]) -> list[pytest.Item]:
    """File by file, one that waits between some that compute, so that processors are neither idle nor fought for."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    slow = list(dict.fromkeys(file for beginning in SLOW for file in files if file.startswith(beginning)))
    quick = sorted((file for file in files if file not in slow), key=lambda file: -len(files[file]))
    each = max(1, len(quick) // (len(slow) + 1))
    order: list[str] = []
    while slow or quick:
        order += [*slow[:1], *quick[:each]]
        slow, quick = slow[1:], quick[each:]
    return [item for file in order for item in files[file]]


@pytest.fixture
def configure() -> Iterator[Callable[..., None]]:
    """Change settings for one test: `configure(base_url="https://…")`; checked like the environment's."""
    from sekretarka.core.runtime.settings import Settings, settings

    before = settings.model_copy()

    def change(**values: Any) -> None:
        environment.replace(Settings(_env_file=None, **{**settings.model_dump(), **values}))

    yield change
    environment.replace(before)
