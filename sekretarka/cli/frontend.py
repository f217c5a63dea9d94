"""The built front end: made when there is none or when what it was made from changed."""

import hashlib
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sekretarka.cli import startup
from sekretarka.cli.progress import Begin, Report
from sekretarka.cli.startup import ROOT

WEB = ROOT / os.environ.get("REFLEX_WEB_WORKDIR", ".web")
PAGES = WEB / "build" / "client"
STAMP = WEB / "built-from"
LOG = ROOT / ".build" / "frontend.log"
SCRIPTS = Path(sysconfig.get_path("scripts"))
SOURCES = ("assets", "reflex.lock/package.json", "requirements.txt", "rxconfig.py", "sekretarka")
BAKED_IN = ("BASE_URL", "ENV", "DEMO_EMAIL", "DEMO_PASSWORD")  # the demo's sign-in is prefilled
EXCLUDED = {"__pycache__", "external", "cli", "sandbox", "jobs", "api", "http", "web", "webhooks", "providers"}


def is_built(variables: Mapping[str, str]) -> bool:
    """Whether the pages on disk are those of these sources and settings."""
    return PAGES.is_dir() and STAMP.exists() and STAMP.read_text() == fingerprint(variables)


def fingerprint(variables: Mapping[str, str]) -> str:
    """SHA-256 in hex of all that pages are made from: sources, sign-in buttons, and the settings in `BAKED_IN`."""
    digest = hashlib.sha256(repr([_buttons(variables), *map(variables.get, BAKED_IN)]).encode())
    for path in _files():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _buttons(variables: Mapping[str, str]) -> list[tuple[str, str]]:
    """The ways to sign in that stand on pages; not the secrets, which may change without a new build."""
    from sekretarka.core.runtime import openid

    google = (
        [(openid.GOOGLE, "")] if variables.get("GOOGLE_CLIENT_ID") and variables.get("GOOGLE_CLIENT_SECRET") else []
    )
    return google + [(provider.id, provider.name) for provider in openid.parse(variables.get("OIDC_PROVIDERS") or "[]")]


def _files() -> Iterator[Path]:
    for name in SOURCES:
        source = ROOT / name
        files = [source] if source.is_file() else sorted(source.rglob("*"))
        yield from (path for path in files if path.is_file() and not EXCLUDED & set(path.relative_to(ROOT).parts))


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """`variables` with the virtual environment's Node in front, whatever else is installed."""
    return {
        **variables,
        "PATH": os.pathsep.join([str(SCRIPTS), variables.get("PATH", os.defpath)]),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
    }


def build(variables: Mapping[str, str], report: Report) -> None:
    """Build the pages for the settings in `variables`; on failure `Failed` with the end of the log.

    A build that was cut short can leave packages half installed and marked as whole, so a failure is tried once more
    from nothing.
    """
    STAMP.unlink(missing_ok=True)
    if not _export(variables, report):
        shutil.rmtree(WEB, ignore_errors=True)
        if not _export(variables, report):
            last_lines = "\n".join(LOG.read_text(errors="replace").splitlines()[-25:])
            raise startup.Failed(
                f"the front end could not be built; the whole log is in {LOG.relative_to(ROOT)}\n{last_lines}"
            )
    STAMP.write_text(fingerprint(variables))


def _export(variables: Mapping[str, str], report: Report) -> bool:
    command = [str(SCRIPTS / "reflex"), "export", "--frontend-only", "--no-zip"]
    began = time.time()
    with (
        LOG.open("w") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment(variables), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        ) as exporting,
    ):
        while exporting.poll() is None:
            report(_share(began))
            time.sleep(0.1)
    return exporting.returncode == 0 and PAGES.is_dir()


def _share(began: float) -> float:
    """How much of a build is done, by the traces that Reflex' steps leave."""
    if b"Compiling:" not in LOG.read_bytes():
        return 0.05
    if not (WEB / "node_modules" / ".package-lock.json").exists():
        return 0.2
    if not PAGES.is_dir() or PAGES.stat().st_mtime < began:
        return 0.45
    return 0.8


def ensure_built(variables: Mapping[str, str], begin: Begin) -> None:
    """Build unless it was done, one process at a time; `Failed` without Node or when the build fails."""
    import fcntl

    LOG.parent.mkdir(exist_ok=True)
    with LOG.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_built(variables):
            return
        if shutil.which("node", path=environment(variables)["PATH"]) is None:
            raise startup.Failed("the front end must be built and there is no Node; run `make setup`")
        report = begin("building the pages, once")
        build(variables, report)
        report(1)
