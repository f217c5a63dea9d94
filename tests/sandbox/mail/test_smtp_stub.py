"""The SMTP stub stores what it should, no more, and shows it without running it."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from sekretarka import asgi
from sekretarka.cli import mail
from sekretarka.sandbox.mail import mailbox as boxes
from sekretarka.sandbox.mail import pages, smtp_stub
from sekretarka.sandbox.mail.mailbox import Mailbox

HOSTILE = "<img src=x onerror=alert(1)>"
MAIL = (
    b"From: A <a@example.com>\r\nTo: iga@example.com\r\nSubject: " + HOSTILE.encode() + b"\r\n"
    b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><p>Tak\r\n"
)


@pytest.fixture
def box(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


async def reply_codes(box: Mailbox, *commands: str) -> list[int]:
    """What a client that says exactly this is answered."""
    async with smtp_stub.serve(box) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"220 ")
        codes = []
        for command in commands:
            writer.write(f"{command}\r\n".encode())
            while (line := await reader.readline())[3:4] == b"-":
                pass
            codes.append(int(line[:3]))
        writer.close()
        await writer.wait_closed()
    return codes


START = ("EHLO a", "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>")


async def test_stores_what_it_accepts(box: Mailbox) -> None:
    assert await reply_codes(box, *START, "DATA", "Subject: x\r\n\r\n..\r\n.") == [250, 250, 250, 354, 250]
    [stored] = box.newest()
    assert (stored.to, stored.part("plain").strip()) == ("b@example.com", ".")
    [file] = box.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600, "links that set a password are for nobody else on the machine"


async def test_takes_no_more_than_twenty_recipients(box: Mailbox) -> None:
    assert (await reply_codes(box, *START, *["RCPT TO:<b@example.com>"] * 20))[-2:] == [250, 452]


async def test_rejects_and_does_not_store_a_large_email(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_stub, "MAX_BYTES", 100)
    assert (await reply_codes(box, *START, "DATA", "x" * 80 + "\r\n" + "x" * 80 + "\r\n."))[-1] == 552
    assert box.newest() == []


def test_stores_only_the_newest(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "CAPACITY", 3)
    names = [box.store(MAIL, ["iga@example.com"]) for _ in range(5)]
    assert [caught.id for caught in box.newest()] == names[:1:-1]
    assert box.get("../../etc/passwd") is None


@pytest.fixture
async def browser(box: Mailbox) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(pages.create(box.folder)), base_url="http://test")


async def test_stored_html_is_shown_and_not_run(box: Mailbox, browser: httpx2.AsyncClient) -> None:
    async with browser:
        empty = await browser.get("/sandbox/mail")
        assert "Jeszcze nic nie przyszło." in empty.text
        name = box.store(MAIL, ["iga@example.com"])
        listed = await browser.get("/sandbox/mail", headers={"Cookie": "lang=en"})
        assert "&lt;img src=x onerror=alert(1)&gt;" in listed.text
        assert HOSTILE not in listed.text
        assert 'http-equiv="refresh"' in listed.text
        page = await browser.get(f"/sandbox/mail/{name}")
        assert HOSTILE not in page.text
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
        framed = await browser.get(f"/sandbox/mail/{name}/html")
        assert "<script>alert(1)</script><p>Tak" in framed.text
        policy = framed.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';")
        assert "allow-scripts" not in policy
        for missing in ("0" * 32, "..%2f..%2fetc%2fpasswd", "x"):
            assert (await browser.get(f"/sandbox/mail/{missing}")).status_code == 404
            assert (await browser.get(f"/sandbox/mail/{missing}/html")).status_code == 404


async def test_mailbox_pages_need_the_setting(box: Mailbox, configure: object) -> None:
    async def dashboard(scope: object, receive: object, send: object) -> None:
        raise LookupError

    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(asgi.in_front_of(dashboard, mail.mailbox_pages())), base_url="http://test"
    )
    async with client:
        with pytest.raises(LookupError):
            await client.get("/sandbox/mail")
