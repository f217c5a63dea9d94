"""Commands on the database: migrate, seed, the first owner."""

from pathlib import Path

import click

ROOT = Path(__file__).parents[2]


def migrate(url: str) -> None:
    """Bring the database of `url` to the newest schema; two processes that start at once wait for each other."""
    from alembic.config import Config

    from alembic import command

    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    command.upgrade(config, "head")


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    from sekretarka.core.settings import settings

    migrate(settings.database_url.get_secret_value())
