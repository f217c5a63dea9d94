"""The whole product as `sekretarka serve` runs it in production, once per test run, for tests with a browser."""

import contextlib
import json
import os
import subprocess
import time
from dataclasses import asdict, dataclass, replace

import httpx2
import pytest

from tests.support import workspace
from tests.support.openid import setting
from tests.support.ports import claim, free_port
from tests.support.processes import COMMAND, variables

# The port is baked into the built pages: few fixed ones let the next run use them again, and runs go side by side.
PORTS = range(18652, 18668)
PROVIDER_BESIDE = 100
START_SECONDS = 180


@dataclass(frozen=True)
class Site:
    """Where it is and what its database is; tests make their own people and business in it."""

    url: str
    database_url: str
    pages: str
    pid: int = 0

    @property
    def issuer(self) -> str:
        """Where it expects an OpenID provider; a test that wants one starts it there."""
        return f"http://127.0.0.1:{int(self.url.rpartition(':')[2]) + PROVIDER_BESIDE}"


@pytest.fixture(scope="session")
def site() -> Site:
    """The running product, shared by all test processes; the first one that needs it starts it."""
    state, failed = workspace.folder() / "site.json", workspace.folder() / "site.failed"
    with workspace.locked("site"):
        assert not failed.exists(), failed.read_text()
        if not state.exists():
            try:
                state.write_text(json.dumps(asdict(start())))
            except AssertionError as error:
                failed.write_text(str(error))
                raise
    return Site(**json.loads(state.read_text()))


def start(database_url: str | None = None, **more: str) -> Site:
    """Start it and wait until it is ready; the end of the run stops it."""
    port, lock = _claim_port()
    database_url = database_url or f"sqlite:///{workspace.folder() / 'site.db'}"
    site = Site(f"http://localhost:{port}", database_url, f".build/web-{port}")
    more = {"oidc_providers": setting(site.issuer), **more}
    settings = {"base_url": site.url, "port": str(port), "database_url": database_url, **_mail(), **_sms(), **more}
    log = workspace.folder() / "site.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            [COMMAND, "serve"],
            cwd=workspace.folder(),
            env={**variables(**settings), "REFLEX_WEB_WORKDIR": site.pages},
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=[lock],
        )
    os.close(lock)  # the server holds it
    workspace.remember(server.pid)
    _wait(server, site)
    return replace(site, pid=server.pid)


def _mail() -> dict[str, str]:
    """Start the sandbox's mail server; the settings of who mails through it and shows its box."""
    port, folder = free_port(), workspace.folder() / "mail"
    _start("catch-mail", "--port", str(port), "--folder", str(folder))
    return {"smtp_url": f"smtp://127.0.0.1:{port}", "sandbox_mail": str(folder)}


def _sms() -> dict[str, str]:
    """Start the sandbox's SMS gateways; the settings of who sends through them and shows what arrived."""
    port, folder = free_port(), workspace.folder() / "sms"
    _start("catch-sms", "--port", str(port), "--folder", str(folder), "--delay", "0")
    url = f"http://127.0.0.1:{port}"
    return {"smsapi_url": f"{url}/smsapi", "twilio_url": f"{url}/twilio", "sandbox_sms": str(folder)}


def _start(*command: str) -> None:
    """A command that runs until the end of the run."""
    running = subprocess.Popen(
        [COMMAND, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    workspace.remember(running.pid)
    running.returncode = 0  # no longer ours to wait for: the run's end stops it by its pid


def _claim_port() -> tuple[int, int]:
    """A port that no other run on this machine uses, if possible one that pages were built for.

    Its lock is handed to the server and ends with it.
    """
    built = workspace.ROOT / ".build"
    for port in sorted(PORTS, key=lambda port: not (built / f"web-{port}").exists()):
        lock = claim(port)
        if lock is not None:
            return port, lock
    raise AssertionError(f"ports {PORTS} are all in use by other test runs")


def _wait(server: subprocess.Popen[bytes], site: Site) -> None:
    until = time.monotonic() + START_SECONDS
    with httpx2.Client(timeout=2, trust_env=False) as client:  # making one takes longer than asking
        while time.monotonic() < until and server.poll() is None:
            with contextlib.suppress(httpx2.HTTPError):
                if client.get(f"{site.url}/api/health/ready").status_code == 200:
                    server.returncode = 0  # no longer ours to wait for: the run's end stops it by its pid
                    return
            time.sleep(0.1)
    server.kill()
    server.wait()
    raise AssertionError(f"the site did not start:\n{(workspace.folder() / 'site.log').read_text()}")
