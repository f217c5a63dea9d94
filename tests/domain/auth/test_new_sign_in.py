"""Users are told when somebody signs in with their password from a browser not seen before (security.md#t7)."""

from datetime import timedelta

import pytest
import time_machine

from sekretarka.core.database import engine
from sekretarka.core.runtime import clock
from sekretarka.domain.auth.sign_in import Browser, sign_in
from tests import factories
from tests.support.accounts import PASSWORD, joins, person
from tests.support.jobs import mailed

EMAIL = "iga@example.com"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

pytestmark = pytest.mark.usefixtures("light_hashes")


async def test_sign_in_from_a_new_browser_sends_an_email(database: engine.Database) -> None:
    user = await person(created_at=clock.now() - timedelta(days=30))
    await joins(user, (await factories.organization(timezone="America/New_York")).id)
    first = await sign_in(EMAIL, PASSWORD, Browser("203.0.113.7", FIREFOX))
    [email] = await mailed(EMAIL)
    assert email["subject"] == "Nowe logowanie na Twoje konto"
    assert "Firefox, Windows" in email["text"]
    assert "(America/New_York)" in email["text"]
    await sign_in(EMAIL, PASSWORD, Browser("203.0.113.7", FIREFOX, device=first.device))
    await sign_in(EMAIL, PASSWORD, Browser("198.51.100.1", FIREFOX, device=first.device))
    await sign_in(EMAIL, PASSWORD, Browser("203.0.113.7", FIREFOX))
    assert await mailed(EMAIL) == []
    await sign_in(EMAIL, PASSWORD, Browser("198.51.100.2", "<script>alert(1)</script>", device="forged.0"))
    [email] = await mailed(EMAIL)
    assert "script" not in email["text"]
    with time_machine.travel(clock.now() + timedelta(days=1)):
        await sign_in(EMAIL, PASSWORD, Browser("203.0.113.7", FIREFOX))
        assert len(await mailed(EMAIL)) == 1


async def test_no_new_sign_in_email_for_new_accounts(database: engine.Database) -> None:
    await person()
    await sign_in(EMAIL, PASSWORD, Browser("203.0.113.7", FIREFOX))
    assert await mailed() == []
