"""The sandbox's SMS gateway on loopback, the credentials it accepts, and a webhook that keeps its calls."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sekretarka.providers import registry
from sekretarka.providers.ports import WebhookRequest
from sekretarka.providers.sms import SmsGateway
from sekretarka.sandbox.sms import gateway as sandbox
from sekretarka.sandbox.sms import smsapi, twilio
from sekretarka.sandbox.sms.gateway import Gateway

CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "smsapi": {"token": smsapi.TOKEN},
    "twilio": {"account_sid": twilio.ACCOUNT_SID, "auth_token": twilio.AUTH_TOKEN},
}


def gateway_of(name: str) -> SmsGateway:
    """Ours for the sandbox's account at that vendor."""
    return registry.sms_gateway(name, CREDENTIALS[name])


@pytest.fixture
def sms_sandbox(tmp_path: Path, configure: Callable[..., None]) -> Iterator[Gateway]:
    """A running gateway that both vendors' addresses lead to."""
    with sandbox.serve(tmp_path / "sms") as running:
        configure(smsapi_url=f"{running.url}/smsapi", twilio_url=f"{running.url}/twilio")
        yield running


@dataclass
class Webhook:
    """What it was called with, the form of each call, and what is answered: a status, headers and a body."""

    port: int
    calls: list[WebhookRequest] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)
    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"OK")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.webhook = Webhook(server.server_port)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.webhook  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        webhook: Webhook = self.server.webhook  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = urlsplit(self.path).query.encode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        url = f"http://127.0.0.1:{webhook.port}{self.path}"
        request = WebhookRequest(url, headers, body, (), datetime.now(UTC))
        webhook.calls.append(request)
        webhook.forms.append(b"&".join(filter(None, [query, body])))
        status, more, content = webhook.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - as it is called there

    def log_message(self, *_: Any) -> None:
        """Quiet."""
