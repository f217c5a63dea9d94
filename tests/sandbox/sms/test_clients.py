"""Clients who answer by themselves: once, and only what they were asked."""

import asyncio
from collections.abc import Sequence
from random import Random

import pytest

from sekretarka.core.runtime import clock
from sekretarka.sandbox.sms import clients
from sekretarka.sandbox.sms.gateway import Gateway
from sekretarka.sandbox.sms.message_log import LoggedSms
from tests.support.waiting import until


def take(sandbox: Gateway, number: int, body: str) -> None:
    sandbox.log.accept(LoggedSms(f"m{number}", "smsapi", f"+48601000{number:03}", "+48732000300", body, clock.now()))


def written(sandbox: Gateway) -> Sequence[LoggedSms]:
    return sandbox.log.newest(lambda message: message.is_inbound)


def test_users_who_are_told_of_urgent_calls_take_them_or_are_silent() -> None:
    rng = Random(7)
    said = {
        clients._choose(rng, "PILNE Anna Lis: Cieknie woda. Odpowiedz 1, jesli sie tym zajmiesz.") for _ in range(50)
    }
    assert said == {"1", None}
    assert clients._choose(rng, "Zapisane, zajmujesz sie tym: Anna Lis") is None


async def test_some_clients_answer_what_they_were_asked(sms_sandbox: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("POLL_SECONDS", 0.01), ("SOONEST", 0.0), ("LATEST", 0.0)):
        monkeypatch.setattr(clients, name, seconds)
    take(sms_sandbox, 0, "Odpisz TAK lub NIE.")  # before they were there
    answering = asyncio.create_task(clients.answer(sms_sandbox, Random(7)))
    await asyncio.sleep(0)
    for number in range(1, 41):
        take(sms_sandbox, number, "Odpisz TAK lub NIE." if number % 2 else "Do zobaczenia!")
    await until(lambda: len(written(sms_sandbox)) > 8)
    answering.cancel()
    await asyncio.gather(answering, return_exceptions=True)
    answers = written(sms_sandbox)
    assert len({message.client for message in answers}) == len(answers), "nobody answers twice"
    for message in answers:
        was_asked = int(message.client[-3:]) % 2 == 1
        known = clients.ANSWERS if was_asked else clients.REMARKS
        assert message.body in {text for text, _ in known}
        assert message.client != "+48601000000"
