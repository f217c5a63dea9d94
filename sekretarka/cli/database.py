"""Commands on the database: its schema, made-up data, the first owner."""

import contextlib
import sqlite3
import sys
from pathlib import Path

import click

from sekretarka.cli import schema, startup

FROM_INPUT = "-"
SALON = "Studio Lawenda, a salon with three months of calls."
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    schema.migrate(startup.load_settings().database_url.get_secret_value())


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Copy a SQLite database to the new file TARGET, also while it is in use. PostgreSQL has pg_dump for that."""
    url = startup.absolute(startup.load_settings().database_url.get_secret_value())
    if not url.startswith("sqlite"):
        raise startup.WrongUse("this copies SQLite; PostgreSQL is copied by pg_dump, docs/operations.md says how")
    if target.exists():
        raise startup.Failed(f"{target} exists already")
    draft = target.with_name(f"{target.name}.new")
    draft.unlink(missing_ok=True)
    try:
        draft.touch(mode=0o600)  # it holds transcripts of calls
        with contextlib.closing(sqlite3.connect(f"file:{url.partition(':///')[2]}?mode=rw", uri=True)) as file:
            file.execute("VACUUM INTO ?", [str(draft)])
        with contextlib.closing(sqlite3.connect(draft)) as copy:
            [verdict] = copy.execute("PRAGMA quick_check").fetchone()
    except (sqlite3.Error, OSError) as error:
        raise startup.Failed(f"the database cannot be copied: {error}") from None
    if verdict != "ok":
        raise startup.Failed(f"the copy is not whole: {verdict}")
    draft.rename(target)


@click.command()
def reencrypt() -> None:
    """Encrypt stored secrets with a changed SECRET_KEY; PREVIOUS_SECRET_KEY decrypts them once more."""
    schema.ensure_migrated(startup.load_settings())
    from cryptography.exceptions import InvalidTag

    from sekretarka.core.actor import system
    from sekretarka.core.database.unit_of_work import begin
    from sekretarka.domain.agents import connections
    from sekretarka.domain.messages import gateways

    async def all_at_once() -> int:
        async with begin(system(), write=True) as uow:
            return await connections.reencrypt(uow) + await gateways.reencrypt(uow)

    try:
        startup.print_status(f"{startup.run(all_at_once())} secrets are encrypted with SECRET_KEY now")
    except InvalidTag:
        raise startup.WrongSetting("PREVIOUS_SECRET_KEY: neither it nor SECRET_KEY decrypts what is stored") from None


@click.command()
@click.option("--demo", is_flag=True, required=True, expose_value=False, help=SALON)
@as_json
def seed(as_json: bool) -> None:
    """Fill the database with made-up data; what is there already stays."""
    settings = startup.load_settings()
    if settings.env == "production":
        raise startup.WrongSetting("ENV: production takes no made-up data, its password is public")
    schema.ensure_migrated(settings)
    from sekretarka.sandbox import demo_seed

    seeded = startup.run(demo_seed.seed())
    result = {
        "organizationId": str(seeded.owner.organization_id),
        "agentId": str(seeded.agent_id),
        "email": settings.demo_email,
        "password": settings.demo_password.get_secret_value(),
    }
    startup.show(result, as_json=as_json)


@click.command("create-owner")
@click.option("--email", required=True, help="E-mail address to sign in with.")
@click.option("--password", required=True, help="What to sign in with; `-` reads it from the input.")
@click.option("--organization", required=True, help="Name of the organization.")
@click.option("--name", help="Name of the owner; the part of the address before @ when left out.")
@as_json
def create_owner(email: str, password: str, organization: str, name: str | None, as_json: bool) -> None:
    """Create an owner with an organization and an API key of all scopes; prints userId, organizationId, apiKey."""
    schema.ensure_migrated(startup.load_settings())
    from pydantic import ValidationError

    from sekretarka.core.errors import AppError
    from sekretarka.domain.auth import registration

    if password == FROM_INPUT:
        password = sys.stdin.readline().rstrip("\n")
    try:
        owner = startup.run(registration.create_owner(email, password, organization, name))
    except ValidationError as error:
        faults = [f"{_option(fault['loc'])}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise startup.WrongUse("\n".join(faults)) from None
    except AppError as error:
        raise startup.Failed(str(error)) from None
    answer = {"userId": str(owner.user_id), "organizationId": str(owner.organization_id), "apiKey": owner.api_key}
    startup.show(answer, as_json=as_json)


def _option(location: tuple[int | str, ...]) -> str:
    field = str(location[0]) if location else ""
    return "--organization" if field == "organizationName" else f"--{field}"
