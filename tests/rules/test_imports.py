"""Imports go down only, as architecture.md#imports says; and light commands stay light."""

import subprocess
import sys
import tomllib

import pytest

from tests.support.workspace import ROOT

HEAVY = ("reflex", "plotly", "fastapi", "sqlalchemy", "alembic", "granian", "pydantic")


def test_import_contracts_hold() -> None:
    command = [str(ROOT / ".venv" / "bin" / "lint-imports"), "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_on_frameworks_covers_what_exists() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    covered = next(contract["source_modules"] for contract in contracts if contract["id"] == "frameworks")
    lower = ("core", "domain", "providers")
    assert set(covered) == {f"sekretarka.{name}" for name in lower if (ROOT / "sekretarka" / name).is_dir()}


def loaded_after(statement: str) -> set[str]:
    """Top-level packages in memory after a statement, in a fresh interpreter."""
    code = f"{statement}\nimport sys; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_imports_nothing_heavy() -> None:
    assert loaded_after("import sekretarka.cli").isdisjoint(HEAVY)


@pytest.mark.parametrize("module", ["sekretarka.cli.background", "sekretarka.jobs.worker", "sekretarka.domain.tables"])
def test_api_and_worker_start_without_what_is_heavy(module: str) -> None:
    assert loaded_after(f"import {module}").isdisjoint({"reflex", "reflex_base", "plotly", "mcp"})
