"""An SMTP server as our mailer meets it: EHLO, STARTTLS, AUTH, refusals; what it accepts goes into a box."""

import asyncio
import base64
import binascii
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sekretarka.sandbox.mail.mailbox import Mailbox

LARGEST = 1_048_576
MOST_RECIPIENTS = 20
PATIENCE_SECONDS = 60
_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>\s]*)>(?:\s+\S+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Behavior:
    """How the server behaves. With `credentials` nothing is taken without them; `refusals` answers recipients."""

    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    credentials: tuple[str, str] | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def serve(box: Mailbox, port: int = 0, manner: Behavior | None = None) -> AsyncIterator[int]:
    """Listen on this machine; the port."""
    manner = manner or Behavior()

    talking: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - every coroutine runs in one
        talking[task] = writer
        with contextlib.suppress(OSError, TimeoutError, EOFError, ValueError):
            await _Conversation(box, manner, reader, writer).hold()
        writer.close()
        del talking[task]

    context = manner.tls if manner.implicit_tls else None
    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=context)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
        for writer in talking.values():
            writer.close()
        await asyncio.gather(*talking)


class _Conversation:
    """One client's, from greeting to QUIT."""

    def __init__(
        self, box: Mailbox, manner: Behavior, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._box, self._manner, self._reader, self._writer = box, manner, reader, writer
        self._is_tls = manner.implicit_tls
        self._is_known = manner.credentials is None
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def hold(self) -> None:
        commands = {
            "EHLO": self._greet,
            "HELO": self._greet,
            "STARTTLS": self._start_tls,
            "AUTH": self._authenticate,
            "MAIL": self._from,
            "RCPT": self._to,
            "DATA": self._take,
            "RSET": self._forget,
            "NOOP": self._forget,
        }
        await self._say("220 sandbox ESMTP")
        while True:
            verb, _, rest = (await self._line()).decode("utf-8", "replace").partition(" ")
            verb = verb.upper()
            if verb == "QUIT":
                return await self._say("221 bye")
            if verb not in commands:
                await self._say("502 unknown command")
            elif verb in ("MAIL", "RCPT", "DATA") and not self._is_known:
                await self._say("530 authentication required")
            else:
                await commands[verb](rest)

    async def _greet(self, _rest: str) -> None:
        names = ["sandbox", "8BITMIME", "SMTPUTF8", f"SIZE {LARGEST}"]
        if self._manner.tls and not self._is_tls:
            names.append("STARTTLS")
        if self._manner.credentials:
            names.append("AUTH PLAIN LOGIN")
        await self._say(*(f"250-{name}" for name in names[:-1]), f"250 {names[-1]}")

    async def _start_tls(self, _rest: str) -> None:
        if self._manner.tls is None or self._is_tls:
            await self._say("502 not here")
        else:
            await self._say("220 go ahead")
            await self._writer.start_tls(self._manner.tls)
            self._is_tls = True

    async def _forget(self, _rest: str) -> None:
        self._sender, self._recipients = None, []
        await self._say("250 ok")

    async def _authenticate(self, rest: str) -> None:
        kind, _, first = rest.partition(" ")
        if kind.upper() == "PLAIN":
            _, user, password = _decoded(first or await self._ask("")).split("\0")
        else:
            user, password = _decoded(first or await self._ask("User:")), _decoded(await self._ask("Password:"))
        self._is_known = (user, password) == self._manner.credentials
        await self._say("235 welcome" if self._is_known else "535 not right")

    async def _ask(self, question: str) -> str:
        await self._say(f"334 {base64.b64encode(question.encode()).decode()}")
        return (await self._line()).decode()

    async def _from(self, rest: str) -> None:
        found = _PATH.fullmatch(rest)
        self._sender, self._recipients = found[1] if found else None, []
        await self._say("250 ok" if found else "501 no address")

    async def _to(self, rest: str) -> None:
        found = _PATH.fullmatch(rest)
        if self._sender is None:
            await self._say("503 MAIL first")
        elif not found or not found[1]:
            await self._say("501 no address")
        elif len(self._recipients) >= MOST_RECIPIENTS:
            await self._say("452 too many recipients")
        elif found[1] in self._manner.refusals:
            await self._say(self._manner.refusals[found[1]])
        else:
            self._recipients.append(found[1])
            await self._say("250 ok")

    async def _take(self, _rest: str) -> None:
        if not self._recipients:
            await self._say("503 RCPT first")
            return
        await self._say("354 end with a dot")
        lines, size = [], 0
        while (line := await self._line()) != b".":
            size += len(line) + 2
            if size <= LARGEST:
                lines.append(line.removeprefix(b"."))
        if size > LARGEST:
            await self._say("552 too large")
        else:
            name = self._box.store(b"\r\n".join([*lines, b""]), self._recipients)
            await self._say(f"250 kept as {name}")
        self._sender, self._recipients = None, []

    async def _line(self) -> bytes:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await self._reader.readuntil(b"\n")).rstrip(b"\r\n")

    async def _say(self, *lines: str) -> None:
        self._writer.writelines(f"{line}\r\n".encode() for line in lines)
        await self._writer.drain()


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except binascii.Error as error:
        raise ValueError("not base 64") from error
