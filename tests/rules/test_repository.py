"""What is committed: small files, no machine's paths, no registry's host, every pin accounted for."""

import importlib.metadata
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.workspace import ROOT

LONGEST = 400
NO_PROSE = {".png", ".woff2", ".mp3", ".ico", ".webp", ".jpg"}
# Spelled in parts, so that this file does not find itself.
MACHINE_PATHS = re.compile(
    r"(?<![\w.:/-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/\w"
)
REGISTRIES = re.compile(
    "|".join(["registry" + r"\.npm", r"pypi" + r"\.org", "pythonhosted" + r"\.org", "npm" + r"mirror\."])
)
PYTHONS = ("3.11.2", "3.11.9", "3.12.3", "3.13.1", "3.14.0")
SYSTEMS = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"))


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_files_stay_small() -> None:
    code = [
        path for path in committed() if path.suffix in {".py", ".js", ".jsx", ".mjs"} and "versions" not in path.parts
    ]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in code}
    long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert long == {}, f"split these by verb: a file has at most {LONGEST} lines"


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRIES], ids=["paths", "registries"])
def test_nothing_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    places = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in committed()
        if path.suffix not in NO_PROSE
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert places == [], "name paths relative to the repository, and no host of packages"


def pins(name: str) -> dict[str, str]:
    """Package → version of a requirements file, without what only other systems need."""
    supported = list(environments())
    lines = (line.removesuffix("\\").strip() for line in (ROOT / name).read_text().splitlines())
    parsed = [Requirement(line) for line in lines if line and not line.startswith(("#", "--hash="))]
    assert all(str(pin.specifier).startswith("==") for pin in parsed), "a version that is not pinned"
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in parsed
        if pin.marker is None or any(pin.marker.evaluate(each) for each in supported)
    }


def environments() -> Iterator[dict[str, str]]:
    for python, (sys_platform, system, machine) in product(PYTHONS, SYSTEMS):
        yield {
            **{name: str(value) for name, value in default_environment().items()},
            "python_full_version": python,
            "python_version": python.rpartition(".")[0],
            "sys_platform": sys_platform,
            "platform_system": system,
            "platform_machine": machine,
        }


def needed(roots: Iterable[str]) -> set[str]:
    """Everything that these packages need, on any Python and system we support."""
    supported = list(environments())
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(canonicalize_name(root), frozenset[str]()) for root in roots]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            requires = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # needed on another system only
            continue
        for requirement in map(Requirement, requires):
            marker = requirement.marker
            if marker is None or any(
                marker.evaluate({**environment, "extra": extra})
                for environment in supported
                for extra in extras or {""}
            ):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return {name for name, _ in seen}


def named(*groups: str) -> set[str]:
    """What pyproject.toml names for running and in these of its groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [project["project"]["dependencies"], *(project["dependency-groups"][group] for group in groups)]
    return {canonicalize_name(name) for names in lists for name in names}


@pytest.mark.parametrize(
    ("file", "groups"), [("requirements.txt", ()), ("requirements-dev.txt", ("checks", "tests"))], ids=["run", "dev"]
)
def test_what_is_needed_is_pinned_to_the_last_package(file: str, groups: tuple[str, ...]) -> None:
    assert set(pins(file)) == needed(named(*groups)), "run: make requirements"


def test_one_version_of_each_package_is_installed() -> None:
    production, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert production.items() <= development.items(), "run: make requirements"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", ".ci/requirements.txt"])
def test_every_pin_has_its_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\w)", (ROOT / name).read_text())[1:]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_what_is_installed_is_what_is_pinned() -> None:
    different = {
        name: (version, installed)
        for name, version in pins("requirements-dev.txt").items()
        if name != "async-timeout" and (installed := importlib.metadata.version(name)) != version
    }
    assert different == {}, "run: make setup-dev"
