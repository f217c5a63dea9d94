"""What commands share: settings or an error that names them, one event loop, output as text or JSON."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sekretarka.core.runtime.settings import Settings

ROOT = Path(__file__).parents[2]

Result = TypeVar("Result")


class Failed(click.ClickException):
    """The command failed."""

    exit_code = 1


class WrongUse(click.ClickException):
    """The command was used wrongly."""

    exit_code = 2


class WrongSetting(click.ClickException):
    """A setting is wrong; EX_CONFIG of sysexits.h."""

    exit_code = 78


def load_settings() -> "Settings":
    """This process's settings; `WrongSetting` names what is wrong with them."""
    from sekretarka.core.runtime import logging

    settings = accepted(_of_this_process)
    logging.configure(settings.log_level)
    return settings


def accepted(read: Callable[[], "Settings"]) -> "Settings":
    """What `read` returns; `WrongSetting` names each wrong setting, without its value, which may be a secret."""
    from pydantic import ValidationError

    try:
        settings = read()
    except ValidationError as error:
        faults = [f"{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise WrongSetting("\n".join(faults)) from None
    if faults := settings.conflicts():
        raise WrongSetting("these settings do not go together:\n" + "\n".join(faults))
    if faults := settings.production_violations():
        raise WrongSetting("production refuses unsafe settings:\n" + "\n".join(faults))
    return settings


def _of_this_process() -> "Settings":
    from sekretarka.core.runtime.settings import settings

    return settings


def as_environment(settings: "Settings") -> dict[str, str]:
    """The settings as environment variables, secrets in plain text, for a child process in another folder."""
    from pydantic import SecretStr

    plain: dict[str, str] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is not None:
            plain[name.upper()] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    plain["DATABASE_URL"] = absolute(plain["DATABASE_URL"])
    return plain


def absolute(database_url: str) -> str:
    """The address with a relative SQLite path made absolute; any other is returned as it is."""
    scheme, separator, path = database_url.partition(":///")
    if not scheme.startswith("sqlite") or not separator or path.startswith("/") or path == ":memory:":
        return database_url
    return f"{scheme}:///{Path(path).resolve()}"


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work` in a new event loop; closes notifier, Redis and database at its end."""
    from sekretarka.core.database import engine
    from sekretarka.core.runtime import redis, wakeup

    async def closing() -> Result:
        try:
            return await work
        finally:
            await wakeup.disconnect()
            await redis.disconnect()
            await engine.disconnect()

    return asyncio.run(closing())


def show(data: dict[str, Any], *, as_json: bool) -> None:
    """Print a command's result: one JSON object, or a line for each value."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    width = max(map(len, data), default=0)
    for name, value in data.items():
        click.echo(f"{name:{width}}  {value}")


def print_status(text: str) -> None:
    """Print progress, or anything that is not the command's result, to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice
