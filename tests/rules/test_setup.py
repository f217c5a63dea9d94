"""The first command on a fresh machine: it works, or says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.workspace import ROOT

VENV = ROOT / ".ci" / "venv"
# As typed by a person: these tests may themselves run under make, which tells its children so.
FRESH = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


def set_up(tmp_path: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run it on a machine whose only Python is this script."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "python3").write_text(f"#!/bin/sh\n{python}\n")
    (tools / "python3").chmod(0o755)
    environment = {"PATH": f"{tools}", "HOME": str(tmp_path)}
    command = ["/bin/sh", str(VENV), str(tmp_path / "made")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_it_makes_an_environment(tmp_path: Path) -> None:
    done = set_up(tmp_path, f'exec "{sys.executable}" "$@"')
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made" / "bin" / "python").exists()


def test_an_old_python_is_named(tmp_path: Path) -> None:
    done = set_up(tmp_path, 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    assert done.returncode == 1
    assert "3.11" in done.stderr
    assert "3.9.2" in done.stderr


def test_the_missing_package_is_named(tmp_path: Path) -> None:
    done = set_up(tmp_path, f'case "$2" in *ensurepip*) exit 1;; *) exec "{sys.executable}" "$@";; esac')
    assert done.returncode == 1
    assert f"python{sys.version_info.major}.{sys.version_info.minor}-venv" in done.stderr


def test_every_target_of_make_is_explained_and_real() -> None:
    done = subprocess.run(["make"], cwd=ROOT, env=FRESH, capture_output=True, text=True, check=True)
    targets = {line.split()[1] for line in done.stdout.splitlines()}
    assert {"setup", "demo", "demo-reset", "dev", "check", "test", "screenshots"} <= targets
    for target in sorted(targets):
        dry = subprocess.run(["make", "-n", target], cwd=ROOT, env=FRESH, capture_output=True, text=True, check=False)
        assert dry.returncode == 0, f"make {target}: {dry.stderr}"


@pytest.mark.parametrize("word", ["demo", "dev", "setup"])
def test_running_needs_no_development_package(word: str) -> None:
    planned = subprocess.run(
        ["make", "-n", "-B", word], cwd=ROOT, env=FRESH, capture_output=True, text=True, check=True
    )
    assert "requirements.txt" in planned.stdout
    assert "requirements-dev" not in planned.stdout


def test_the_ci_entry_runs_both() -> None:
    entry = ROOT / ".ci" / "run"
    assert os.access(entry, os.X_OK)
    text = entry.read_text()
    assert text.startswith("#!/usr/bin/env bash")
    assert "set -euo pipefail" in text
    assert "\nmake check\nmake test\n" in text
