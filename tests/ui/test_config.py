"""Production refuses an unsafe Reflex configuration, each fault by its name."""

import functools
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.processes import variables
from tests.support.workspace import ROOT

CASES: list[dict[str, Any]] = [
    {},
    {"cors_allowed_origins": ["*"]},
    {"state_auto_setters": True},
    {"backend_host": "0.0.0.0"},  # noqa: S104 - refused
    {"state_manager_mode": "DISK"},
    {"telemetry_enabled": True},
    {"transport": "polling"},
    {"db_url": "sqlite:///reflex.db"},
]

SCRIPT = """
import json, sys
import reflex as rx
from sekretarka.ui.event_guard import config_violations
from sekretarka.ui.reflex_internals import get_config

def read(name, value):
    if name == "state_manager_mode":
        return getattr(rx.constants.StateManagerMode, value)
    return tuple(value) if isinstance(value, list) else value

config, found = get_config(), []
for case in json.loads(sys.argv[1]):
    before = {name: getattr(config, name) for name in case}
    for name, value in case.items():
        setattr(config, name, read(name, value))
    found.append(config_violations(config))
    for name, value in before.items():
        setattr(config, name, value)
print(json.dumps(found))
"""


@functools.cache
def faults() -> list[list[str]]:
    """What is wrong with our own configuration once the values of each case are set in it."""
    production = variables(
        env="production", secret_key="kq3J9sX0ZpL7vT2mWc8RbY5nHd1GfAe4", base_url="https://sekretarka.example"
    )
    command = [sys.executable, "-c", SCRIPT, json.dumps(CASES)]
    done = subprocess.run(command, cwd=ROOT, env=production, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    findings: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return findings


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_unsafe_value_is_named_and_ours_is_safe(case: dict[str, Any]) -> None:
    assert [fault.partition(":")[0] for fault in faults()[CASES.index(case)]] == list(case)
