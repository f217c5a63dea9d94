"""`catch-sms`: SMS gateways for development that deliver to nobody."""

import threading
from pathlib import Path

import click
from starlette.types import ASGIApp

from sekretarka.cli import serving, startup


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=1026, show_default=True, help="Port to listen on.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="data/sms",
    show_default=True,
    help="Where what was taken is kept.",
)
@click.option("--delay", type=float, default=1.0, show_default=True, help="Seconds before each report of delivery.")
def catch_sms(port: int, folder: Path, delay: float) -> None:
    """Catch SMS instead of sending them. Give the server SMSAPI_URL=http://127.0.0.1:PORT/smsapi,
    TWILIO_URL=http://127.0.0.1:PORT/twilio and SANDBOX_SMS=FOLDER; its /sandbox/sms shows what arrived."""
    if not serving.is_free("127.0.0.1", port):
        raise startup.Failed(f"port {port} is taken by another program")
    from sekretarka.sandbox.sms import gateway
    from sekretarka.sandbox.sms.behavior import Behavior

    with gateway.serve(folder, port, Behavior(delay_seconds=delay)) as running:
        startup.print_status(f"catching SMS on {running.url} into {folder}")
        threading.Event().wait()


def message_pages() -> dict[str, ASGIApp]:
    """The pages that show caught SMS, by their path; none unless SANDBOX_SMS names the folder."""
    from sekretarka.core.runtime.settings import settings

    if not settings.sandbox_sms:
        return {}
    from sekretarka.sandbox.sms import pages

    return {pages.PATH: pages.create(Path(settings.sandbox_sms))}
