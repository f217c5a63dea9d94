"""Imports go down only, as architecture.md#imports says; and light commands stay light."""

import subprocess
import sys
import tomllib
from typing import Any

import grimp

from tests.support.workspace import ROOT

SHARED = {"httpx2", "pydantic", "pydantic_core"}  # what is no single vendor's
HEAVY = ("reflex", "plotly", "fastapi", "sqlalchemy", "alembic", "granian", "pydantic")


def test_import_contracts_hold() -> None:
    command = [str(ROOT / ".venv" / "bin" / "lint-imports"), "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_on_frameworks_covers_what_exists() -> None:
    lower = ("core", "domain", "providers")
    assert set(contract("frameworks")["source_modules"]) == {
        f"sekretarka.{name}" for name in lower if (ROOT / "sekretarka" / name).is_dir()
    }


def contract(name: str) -> dict[str, Any]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return next(item for item in contracts if item["id"] == name)


def test_the_contract_on_vendors_names_every_sdk_their_folders_import() -> None:
    graph = grimp.build_graph("sekretarka", include_external_packages=True)
    imported = {
        package
        for vendor in graph.find_children("sekretarka.providers")
        for module in {vendor, *graph.find_descendants(vendor)}
        for package in graph.find_modules_directly_imported_by(module)
    }
    sdks = {name for name in imported if "." not in name and name not in {*sys.stdlib_module_names, *SHARED}}
    assert set(contract("vendors")["protected_modules"]) == sdks, "add it to the contract `vendors` in pyproject.toml"


def loaded_after(statement: str) -> set[str]:
    """Modules in memory after a statement, in a fresh interpreter."""
    code = f"{statement}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_imports_nothing_heavy() -> None:
    assert loaded_after("import sekretarka.cli").isdisjoint(HEAVY)


def test_api_and_worker_start_without_what_is_heavy() -> None:
    loaded = loaded_after("import sekretarka.cli.background, sekretarka.jobs.worker, sekretarka.domain.tables")
    assert loaded.isdisjoint({"reflex", "reflex_base", "plotly", "mcp"})
