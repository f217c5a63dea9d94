"""`catch-mail`: a mail server for development that delivers to nobody."""

import asyncio
import signal
from pathlib import Path

import click
from starlette.types import ASGIApp

from sekretarka.cli import serving, startup


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=1025, show_default=True, help="Port to listen on.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="data/mail",
    show_default=True,
    help="Mailbox.",
)
def catch_mail(port: int, folder: Path) -> None:
    """Catch mail instead of sending it. Give the server SMTP_URL=smtp://127.0.0.1:PORT and SANDBOX_MAIL=FOLDER; its
    /sandbox/mail shows what arrived."""
    if not serving.is_free("127.0.0.1", port):
        raise startup.Failed(f"port {port} is taken by another program")
    asyncio.run(_until_stopped(port, folder))


def mailbox_pages() -> dict[str, ASGIApp]:
    """The pages that show caught emails, by their path; none unless SANDBOX_MAIL names the folder."""
    from sekretarka.core.runtime.settings import settings

    if not settings.sandbox_mail:
        return {}
    from sekretarka.sandbox.mail import pages

    return {pages.PATH: pages.create(Path(settings.sandbox_mail))}


async def _until_stopped(port: int, folder: Path) -> None:
    from sekretarka.sandbox.mail import smtp_stub
    from sekretarka.sandbox.mail.mailbox import Mailbox

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with smtp_stub.serve(Mailbox(folder), port):
        startup.print_status(f"catching mail on smtp://127.0.0.1:{port} into {folder}")
        await stopped.wait()
