"""What tests need from npm, installed once into a git-ignored folder with the virtual environment's own Node."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from tests.support import workspace

MODULES = workspace.ROOT / "node_modules"
SCRIPTS = Path(sysconfig.get_path("scripts"))


def environment() -> dict[str, str]:
    """The environment with the virtual environment's node and npm in front."""
    return {**os.environ, "PATH": os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", "")])}


def install() -> Path:
    """Install what `package-lock.json` says, if not yet done (the Makefile does the same); the folder of packages."""
    lock, done = workspace.ROOT / "package-lock.json", MODULES / ".installed"
    with workspace.locked("npm", workspace.ROOT / ".build"):
        if not done.exists() or done.read_bytes() != lock.read_bytes():
            subprocess.run(
                [SCRIPTS / "npm", "ci"], cwd=workspace.ROOT, env=environment(), check=True, capture_output=True
            )
            shutil.copyfile(lock, done)
    return MODULES


def node(script: str | Path, *arguments: str, variables: dict[str, str] | None = None, timeout: float = 60) -> str:
    """Run a script of `tests/node` to its end; what it printed. A failure shows its error output."""
    install()
    command = [SCRIPTS / "node", script, *arguments]
    done = subprocess.run(
        command,
        cwd=workspace.ROOT / "tests" / "node",
        env={**environment(), **(variables or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, f"{script} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout
