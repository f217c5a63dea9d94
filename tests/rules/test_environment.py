"""The tests' own ground: real servers answer, other machines cannot be reached, settings are the tests' own."""

import socket

import pytest
import redis
from playwright.async_api import Browser

from sekretarka.core.database.engine import Database
from sekretarka.core.runtime.settings import settings
from tests.support.sockets import OutsideConnection


def test_other_machines_cannot_be_reached() -> None:
    with socket.socket() as outside, pytest.raises(OutsideConnection):
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideConnection):
        socket.getaddrinfo("example.org", 443)


def test_settings_are_the_tests_own() -> None:
    assert settings.env == "test"
    assert settings.redis_url is None


def test_each_test_has_an_empty_valkey(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


test_each_test_has_an_empty_valkey_again = test_each_test_has_an_empty_valkey


async def test_database_is_real(database: Database) -> None:
    async with database.engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
        assert "conversations" in tables
        query = "SELECT sqlite_version()" if database.is_sqlite else "SELECT version()"
        version = (await connection.exec_driver_sql(query)).scalar_one()
        assert version.startswith("3." if database.is_sqlite else "PostgreSQL")


async def test_chromium_is_real_and_shows_polish(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>Zażółć gęślą jaźń</h1>")
    assert await page.inner_text("h1") == "Zażółć gęślą jaźń"
    assert await page.evaluate("document.fonts.check('16px sans-serif')")
    await page.close()
