"""`sekretarka demo`: one command starts the demo and its calls; Ctrl-C leaves nothing running."""

import contextlib
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from sekretarka.core.runtime.settings import settings
from tests.support.openid import setting
from tests.support.ports import free_port
from tests.support.processes import COMMAND, run, variables
from tests.support.site import Site

CALL_WITHIN_SECONDS = 20


@contextlib.contextmanager
def demo(folder: Path, site: Site, database_url: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The demo with the pages the site has built, on a port and a database of its own."""
    # The site's own ways to sign in: they stand on its pages, which would be built anew for others.
    environment = variables(database_url=database_url, base_url=site.url, port=str(port), log_level="WARNING")
    environment["OIDC_PROVIDERS"] = setting(site.issuer)
    environment |= {"SANDBOX_MAIL": str(folder / "mail"), "SANDBOX_SMS": str(folder / "sms")}
    with (
        (folder / "demo.log").open("wb") as log,
        subprocess.Popen(
            [COMMAND, "demo"], env={**environment, "REFLEX_WEB_WORKDIR": site.pages}, stdout=log, stderr=log
        ) as running,
    ):
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)


def wait_for(what: str, running: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and running.poll() is None:
        if what in log.read_text():
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def calls_since(database_url: str, moment: str) -> int:
    with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
        query = "SELECT count(*) FROM conversations WHERE created_at > ?"
        return int(file.execute(query, [moment]).fetchone()[0])


def newest(database_url: str) -> str:
    with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
        return str(file.execute("SELECT max(created_at) FROM conversations").fetchone()[0])


def mail_comes(url: str) -> None:
    """What the product mails lands on the demo's own page."""
    body = {"email": settings.demo_email}
    assert httpx2.post(f"{url}/api/auth/password/forgot", json=body).status_code == 200
    for _ in range(100):
        if "Ustaw nowe hasło" in httpx2.get(f"{url}/sandbox/mail").text:
            return
        time.sleep(0.1)
    raise AssertionError("no email arrived")


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_demo_starts_and_receives_calls(tmp_path: Path, site: Site, salon_url: str) -> None:
    port, before = free_port(), newest(salon_url)
    with demo(tmp_path, site, salon_url, port) as running:
        wait_for("Studio Lawenda", running, tmp_path / "demo.log", 60)
        assert httpx2.get(f"http://127.0.0.1:{port}/login/").status_code == 200
        until = time.monotonic() + CALL_WITHIN_SECONDS
        while calls_since(salon_url, before) == 0 and time.monotonic() < until:
            time.sleep(0.2)
        assert calls_since(salon_url, before) > 0
        mail_comes(f"http://127.0.0.1:{port}")
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0
    assert not is_open(port), "the server still runs"
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://127.0.0.1:{port}/login/")


def test_killed_demo_ends_its_server(tmp_path: Path, site: Site, salon_url: str) -> None:
    port = free_port()
    with demo(tmp_path, site, salon_url, port) as running:
        wait_for("Studio Lawenda", running, tmp_path / "demo.log", 60)
        running.kill()
        running.wait()
        until = time.monotonic() + 10
        while is_open(port) and time.monotonic() < until:
            time.sleep(0.1)
        assert not is_open(port), "the server still runs"


def test_taken_port_is_reported_before_the_build(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("demo", "--port", str(port), database_url=f"sqlite:///{tmp_path / 'x.db'}")
    assert done.returncode == 1
    assert str(port) in done.stderr


def test_only_the_demos_own_data_is_deleted(salon_url: str) -> None:
    done = run("demo", "--reset", database_url=salon_url)
    assert done.returncode == 2
    assert newest(salon_url)
