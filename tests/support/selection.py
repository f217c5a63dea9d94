"""Which tests run: `--fast` leaves out what takes long, `-m soak` runs the campaigns and nothing else."""

import pytest

# File and name of each test that has a campaign.
CAMPAIGNS = pytest.StashKey[set[tuple[str, str]]]()
# What starts a browser, servers or commands, by the fixture that a test asks for, or by folder where all do.
SLOW_FIXTURES = {"browser", "site", "serve", "running", "valkey", "own_postgres", "salon_url"}
SLOW_FOLDERS = ("tests/cli/", "tests/e2e/", "tests/faults/")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="no browser, no server, SQLite alone")


@pytest.hookimpl(tryfirst=True)  # before those of the other kind are left out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    campaigns = (item for item in functions(items) if item.get_closest_marker("soak"))
    config.stash[CAMPAIGNS] = {(item.nodeid.partition("::")[0], item.originalname) for item in campaigns}
    if config.option.fast:
        slow = [item for item in items if is_slow(item)]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not is_slow(item)]


def functions(items: list[pytest.Item]) -> list[pytest.Function]:
    """Those that have fixtures and parameters."""
    return [item for item in items if isinstance(item, pytest.Function)]


def is_slow(item: pytest.Item) -> bool:
    """Whether `--fast` leaves it out."""
    if not isinstance(item, pytest.Function) or item.nodeid.startswith(SLOW_FOLDERS):
        return True
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return "postgresql" in parameters or not SLOW_FIXTURES.isdisjoint(item.fixturenames)
