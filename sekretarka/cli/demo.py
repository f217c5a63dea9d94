"""`demo`: a salon with calls coming in, in one command, without a server to install."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from sekretarka.cli import frontend, progress, schema, serving, startup

if TYPE_CHECKING:
    from sekretarka.core.runtime.settings import Settings
    from sekretarka.sandbox.sms.gateway import Gateway

DATA = startup.ROOT / "data"
FILE = DATA / "demo.db"
OWN_DATABASE = f"sqlite:///{FILE}"
JOURNAL = DATA / "demo-calls.json"
MAIL, SMS = DATA / "demo-mail", DATA / "demo-sms"
START_SECONDS = 30
STOP_SECONDS = 15
REPORT_SECONDS = 1.5
# Waits for the end of its input, which comes when the demo ends in any way, also by kill -9; then it ends the server.
WATCHDOG = "import os, signal, sys; sys.stdin.read(); os.killpg(int(sys.argv[1]), signal.SIGTERM)"


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True, help="Port to use."
)
@click.option("--reset", is_flag=True, help="Only delete the demo's data.")
@click.option("--no-calls", is_flag=True, help="Without incoming calls.")
def demo(port: int, reset: bool, no_calls: bool) -> None:
    """Run a believable salon with calls coming in. Ctrl-C ends it; its data stays in `data/`."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))  # so that what was started is ended
    defaults = {
        "ENV": "demo",
        "DATABASE_URL": OWN_DATABASE,
        "PORT": str(port),
        "BASE_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "WARNING",
    }
    # It listens before the server starts, whose first emails wait for it.
    mail = None if "SMTP_URL" in os.environ else socket.create_server(("127.0.0.1", 0))
    if mail is not None:
        defaults |= {"SMTP_URL": f"smtp://127.0.0.1:{mail.getsockname()[1]}", "SANDBOX_MAIL": str(MAIL)}
    catches_sms = not {"SMSAPI_URL", "TWILIO_URL"} & set(os.environ)
    if catches_sms:
        vendors = f"http://127.0.0.1:{serving.free_port()}"
        defaults |= {"SMSAPI_URL": f"{vendors}/smsapi", "TWILIO_URL": f"{vendors}/twilio", "SANDBOX_SMS": str(SMS)}
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    settings = startup.load_settings()
    if reset and not _is_own(settings):
        raise startup.WrongUse("DATABASE_URL is set: empty that database yourself, only the demo's own is deleted")
    with _exclusive() if _is_own(settings) else contextlib.nullcontext():
        if reset:
            _delete_data()
            return
        if not serving.is_free("127.0.0.1", port):
            raise startup.Failed(f"port {port} is taken by another program; try: make demo PORT={port + 1}")
        _prepare(settings)
        sms = _sms_gateway(settings) if catches_sms else contextlib.nullcontext()
        with sms as gateway, _server(settings) as server:
            startup.print_status(_welcome(settings))
            asyncio.run(_until_stopped(server, settings, calls=not no_calls, mail=mail, gateway=gateway))


def _is_own(settings: "Settings") -> bool:
    return settings.database_url.get_secret_value() == OWN_DATABASE


@contextlib.contextmanager
def _exclusive() -> Iterator[None]:
    """Hold the lock of the demo's data; `Failed` when another demo has it."""
    DATA.mkdir(exist_ok=True)
    with (DATA / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise startup.Failed("the demo is running already; stop it first") from None
        yield


def _delete_data() -> None:
    for path in (FILE, Path(f"{FILE}-wal"), Path(f"{FILE}-shm"), JOURNAL):
        path.unlink(missing_ok=True)
    for folder in (MAIL, SMS):
        shutil.rmtree(folder, ignore_errors=True)
    startup.print_status("The demo's data is deleted.")


def _prepare(settings: "Settings") -> None:
    """Build the pages and seed the database at the same time: the first start takes as long as the longer of both."""
    variables = {**os.environ, **startup.as_environment(settings)}
    with progress.shown() as begin, ThreadPoolExecutor(1) as pool:
        pages = pool.submit(frontend.ensure_built, variables, begin)
        _ensure_data(settings, begin)
        pages.result()


def _ensure_data(settings: "Settings", begin: progress.Begin) -> None:
    """Migrate and seed.

    The demo's own file is renamed into place when it is complete: an interrupted first start leaves no partial data.
    """
    from sekretarka.core.database import engine
    from sekretarka.sandbox import demo_seed

    if not _is_own(settings) or FILE.exists():
        schema.ensure_migrated(settings)
        startup.run(demo_seed.seed())
        return
    report = begin("opening Studio Lawenda, three months of calls")
    draft = FILE.with_suffix(".new")
    for leftover in DATA.glob(f"{draft.name}*"):
        leftover.unlink()
    schema.migrate(f"sqlite:///{draft}")
    engine.connect(f"sqlite:///{draft}")
    startup.run(demo_seed.seed(report=report))
    draft.rename(FILE)
    report(1)


@contextlib.contextmanager
def _server(settings: "Settings") -> Iterator[subprocess.Popen[bytes]]:
    """The production server as a process of its own, gone when this ends, however it ends."""
    command = [str(Path(sys.executable).with_name("sekretarka")), "serve"]
    variables = {**os.environ, **startup.as_environment(settings)}
    server = subprocess.Popen(command, env=variables, start_new_session=True)
    watchdog = subprocess.Popen(
        [sys.executable, "-c", WATCHDOG, str(server.pid)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        _wait_until_alive(server, f"http://127.0.0.1:{settings.port}/api/health/live")
        yield server
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
        watchdog.kill()
        watchdog.communicate()


def _wait_until_alive(server: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(START_SECONDS * 10):
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.1)
            break
    raise startup.Failed("the server did not start; its output is above")


async def _until_stopped(
    server: subprocess.Popen[bytes],
    settings: "Settings",
    *,
    calls: bool,
    mail: socket.socket | None,
    gateway: "Gateway | None",
) -> None:
    """Simulate calls, and clients who answer SMS, until Ctrl-C, SIGTERM or the server's end."""
    from sekretarka.core.database import engine
    from sekretarka.core.runtime import wakeup
    from sekretarka.sandbox import demo_seed
    from sekretarka.sandbox.ai_service import call_server
    from sekretarka.sandbox.sms import clients

    address = f"http://127.0.0.1:{settings.port}"
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    simulated: list[asyncio.Task[None]] = []
    if calls:
        journal = JOURNAL if _is_own(settings) else None
        calling = call_server.run(lambda: demo_seed.target(address), journal_path=journal)
        simulated.append(asyncio.create_task(calling))
    if gateway is not None:
        simulated.append(asyncio.create_task(clients.answer(gateway)))
    try:
        async with _mail_server(settings, mail) if mail else contextlib.nullcontext():
            while not stopped.is_set() and server.poll() is None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), 0.5)
    finally:
        for task in simulated:
            task.cancel()
        await asyncio.gather(*simulated, return_exceptions=True)
        await wakeup.disconnect()
        await engine.disconnect()
    if not stopped.is_set():
        raise startup.Failed("the server ended by itself; its output is above")


def _mail_server(settings: "Settings", listener: socket.socket) -> contextlib.AbstractAsyncContextManager[object]:
    """The mail server that the demo's emails go to."""
    from sekretarka.sandbox.mail import smtp_stub
    from sekretarka.sandbox.mail.mailbox import Mailbox

    assert settings.sandbox_mail is not None  # noqa: S101 - set above
    return smtp_stub.serve(Mailbox(Path(settings.sandbox_mail)), listener=listener)


def _sms_gateway(settings: "Settings") -> contextlib.AbstractContextManager["Gateway"]:
    """The gateway that the demo's SMS go to."""
    from sekretarka.sandbox.sms import gateway
    from sekretarka.sandbox.sms.behavior import Behavior

    assert settings.sandbox_sms is not None  # noqa: S101 - set above
    port = urlsplit(settings.smsapi_url).port or 0
    return gateway.serve(Path(settings.sandbox_sms), port, Behavior(delay_seconds=REPORT_SECONDS))


def _welcome(settings: "Settings") -> str:
    mail = f"{settings.base_url}/sandbox/mail" if settings.sandbox_mail else "goes to SMTP_URL"
    sms = f"{settings.base_url}/sandbox/sms" if settings.sandbox_sms else "go to SMSAPI_URL and TWILIO_URL"
    return f"""
  Studio Lawenda is open:  {settings.base_url}

  Sign in with   {settings.demo_email}
  Password       {settings.demo_password.get_secret_value()}
  Its mail       {mail}
  Its SMS        {sms}

  A call comes in within seconds. Ctrl-C stops everything and keeps the data; `make demo-reset` starts over.
"""
