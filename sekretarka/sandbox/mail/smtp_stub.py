"""An SMTP server as our mailer meets it (aiosmtpd): STARTTLS, AUTH, rejections; what it accepts goes into a mailbox."""

import asyncio
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sekretarka.sandbox.mail.mailbox import Mailbox

MAX_BYTES = 1_048_576
MAX_RECIPIENTS = 20
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Behavior:
    """How the server behaves. With `credentials` nothing is taken without them; `rejections` has the SMTP reply
    to each rejected recipient."""

    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    credentials: tuple[str, str] | None = None
    rejections: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def serve(
    mailbox: Mailbox, port: int = 0, behavior: Behavior | None = None, listener: socket.socket | None = None
) -> AsyncIterator[int]:
    """Listen on 127.0.0.1 during the `async with`; yields the port, a free one for 0. A `listener` is a socket that
    listens already."""
    behavior = behavior or Behavior()
    connections: list[SMTP] = []

    def accept() -> SMTP:
        connections.append(_connection(mailbox, behavior))
        return connections[-1]

    context = behavior.tls if behavior.implicit_tls else None
    listening = listener or socket.create_server(("127.0.0.1", port))
    server = await asyncio.get_running_loop().create_server(accept, sock=listening, ssl=context)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
        for connection in connections:
            if connection.transport is not None:
                connection.transport.close()


def _connection(mailbox: Mailbox, behavior: Behavior) -> SMTP:
    def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _kind: str, data: object) -> AuthResult:
        credentials = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=credentials == behavior.credentials, handled=False)

    with warnings.catch_warnings(action="ignore"):  # a password without TLS is what some tests are about
        return SMTP(
            _Handler(mailbox, behavior),
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="sandbox",
            tls_context=None if behavior.implicit_tls else behavior.tls,
            timeout=TIMEOUT_SECONDS,
            auth_required=behavior.credentials is not None,
            auth_require_tls=False,
            authenticator=authenticate,
            loop=asyncio.get_running_loop(),
        )


class _Handler:
    """What aiosmtpd asks about each recipient and each email; the answers are SMTP replies."""

    def __init__(self, mailbox: Mailbox, behavior: Behavior) -> None:
        self._mailbox, self._behavior = mailbox, behavior

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 too many recipients"
        if address in self._behavior.rejections:
            return self._behavior.rejections[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if not isinstance(envelope.content, bytes):
            return "554 no content"
        return f"250 stored as {self._mailbox.store(envelope.content, envelope.rcpt_tos)}"
