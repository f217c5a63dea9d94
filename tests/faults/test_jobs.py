"""A worker dies with a job in its hands: after the lease another one does it, under the same name."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes

import pytest
import sqlalchemy as sa

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import Job, JobState
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts import mail
from tests.support.jobs import jobs
from tests.support.processes import Serve
from tests.support.waiting import until


@dataclass
class MailServer:
    """Takes emails; while it `hangs` it never says that it has one, so whoever delivers has to wait."""

    port: int = 0
    hangs: bool = True
    names: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 here")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                await say("354 go on")
                email = await reader.readuntil(b"\r\n.\r\n")
                self.names.append(str(message_from_bytes(email)["Message-ID"]))
                if self.hangs:
                    await reader.read()
                    break
            await say("221 bye" if word == b"QUIT" else "250 ok")
        writer.close()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    stub = MailServer()
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0)
    stub.port = server.sockets[0].getsockname()[1]
    yield stub
    server.close()


async def test_an_email_of_a_dead_worker_is_sent_by_the_next(
    database: engine.Database, database_url: str, serve: Serve, mail_server: MailServer
) -> None:
    settings = {"database_url": database_url, "smtp_url": f"smtp://127.0.0.1:{mail_server.port}"}
    async with begin(actor.system(), write=True) as uow:
        await mail.send(uow, "verify", to="iga@kwiaty.example", language="pl", link="http://localhost/x#token=1")
    dying = serve.worker(**settings)
    await until(lambda: mail_server.names, 30)
    dying.kill()
    [held] = await jobs()
    assert (held.state, held.attempts) == (JobState.PENDING, 1)
    mail_server.hangs = False
    next_one = serve.worker(**settings)
    await asyncio.sleep(2)
    assert len(mail_server.names) == 1, "nobody takes what is leased"
    async with begin(actor.system(), write=True) as uow:  # a minute later
        await uow.execute(sa.update(Job).values(run_after=uow.now))
    await until(lambda: len(mail_server.names) == 2, 30)
    assert len(set(mail_server.names)) == 1, "the same name, so that receivers and we can tell"
    async with asyncio.timeout(10):
        while [job.state for job in await jobs()] != [JobState.DONE]:  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.1)
    assert next_one.process is not None
    assert next_one.process.poll() is None
