"""Commands that keep running: the whole product, the API alone, the worker alone, the product while it is changed."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import click

from sekretarka.cli import frontend, progress, schema, startup

Command = TypeVar("Command", bound=Callable[..., Any])


def become_server(app: str, host: str, port: int, workers: int, variables: Mapping[str, str]) -> NoReturn:
    """Replace this process by the server `app` (`module:factory`), with `variables` added to the environment.
    `Failed` when the port is taken.
    """
    if not is_free(host, port):
        raise startup.Failed(f"PORT: {host}:{port} is taken by another program; choose another port")
    arguments = [sys.executable, "-m", "sekretarka.cli.supervisor", app, host, str(port), str(workers)]
    os.chdir(startup.ROOT)
    os.execve(sys.executable, arguments, {**os.environ, **variables})


def is_free(host: str, port: int) -> bool:
    """Whether a server can listen on the port of this address now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _processes(command: Command) -> Command:
    """The options of a server about its processes."""
    workers = click.option("--workers", type=click.IntRange(1, 64), help="Server processes; WORKERS when left out.")
    worker = click.option("--worker/--no-worker", default=None, help="Work in the background, too; as RUN_WORKER.")
    return workers(worker(command))


def _choose(workers: int | None, worker: bool | None) -> None:
    """Set options of the command line in the environment, and so in every process started."""
    if workers is not None:
        os.environ["WORKERS"] = str(workers)
    if worker is not None:
        os.environ["RUN_WORKER"] = str(worker)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; PORT when left out.")
@_processes
def api(host: str, port: int | None, workers: int | None, worker: bool | None) -> NoReturn:
    """Serve the API, sign-in and webhooks without the dashboard; the worker is included."""
    _choose(workers, worker)
    settings = startup.load_settings()
    schema.ensure_migrated(settings)
    port = port or settings.port
    become_server(
        "sekretarka.cli.background:create_api", host, port, settings.workers, startup.as_environment(settings)
    )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@_processes
def serve(host: str, workers: int | None, worker: bool | None) -> NoReturn:
    """Serve everything on PORT: dashboard, API, webhooks and worker. Builds the front end when it has to."""
    _choose(workers, worker)
    settings = startup.load_settings()
    variables = startup.as_environment(settings)
    schema.ensure_migrated(settings)
    _build({**os.environ, **variables})
    serve_built(host, settings.port, settings.workers, variables)


def _build(variables: Mapping[str, str]) -> None:
    with progress.shown() as begin:
        frontend.ensure_built(variables, begin)


def serve_built(host: str, port: int, workers: int, variables: Mapping[str, str]) -> NoReturn:
    """Serve the pages as they were built, without Node. The two names are Reflex's own and internal: one test guards
    them."""
    built = {"__REFLEX_SKIP_COMPILE": "true", "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true", "REFLEX_ENV_MODE": "prod"}
    become_server("sekretarka.sekretarka:app", host, port, workers, {**variables, **built})


@click.command()
def build() -> None:
    """Build the front end for BASE_URL, so that `serve` starts at once; it builds by itself when this was not done."""
    settings = startup.load_settings()
    _build({**os.environ, **startup.as_environment(settings)})


@click.command()
def worker() -> None:
    """Work off the inbox and what is due by the clock, until stopped. Servers do it too unless RUN_WORKER is false."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: os._exit(0))  # nothing is under way yet
    settings = startup.load_settings()
    schema.ensure_migrated(settings)
    from sekretarka.cli import background

    startup.run(background.run_worker())


@click.command()
def dev() -> NoReturn:
    """Serve everything on PORT with hot reload: changed pages show at once, other changes restart the server."""
    settings = startup.load_settings()
    schema.ensure_migrated(settings)
    behind = free_port()
    variables = frontend.environment({**os.environ, **startup.as_environment(settings)})
    variables["SEKRETARKA_DEV_BACKEND"] = f"http://127.0.0.1:{behind}"
    reflex = frontend.SCRIPTS / "reflex"
    ports = ["--frontend-port", str(settings.port), "--backend-port", str(behind)]
    os.chdir(startup.ROOT)
    os.execve(reflex, [str(reflex), "run", *ports], variables)


@click.command()
def openapi() -> None:
    """Print the API's OpenAPI document as JSON."""
    startup.load_settings()
    import json

    from sekretarka import asgi

    click.echo(json.dumps(asgi.openapi(), ensure_ascii=False, indent=2))
