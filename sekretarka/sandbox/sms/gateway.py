"""Both vendors on one port of this machine: `/smsapi/…` and `/twilio/…` as theirs, `PUT /behavior` for who tests."""

import asyncio
import contextlib
import json
import os
import socket
import struct
import sys
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future, wait
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sekretarka.sandbox.sms import smsapi, twilio
from sekretarka.sandbox.sms.behavior import Behavior, Callbacks, Fault
from sekretarka.sandbox.sms.callbacks import Reporter, write_back
from sekretarka.sandbox.sms.exchange import Reply, Request
from sekretarka.sandbox.sms.message_log import LoggedSms, MessageLog

HANG_SECONDS = 120
MAX_BODY = 64 * 1024
VENDORS = {"smsapi": smsapi.answer, "twilio": twilio.answer}


class Gateway:
    """A running gateway. `behavior` may be changed at any time; `replies` are what our callbacks were answered."""

    def __init__(self, folder: Path, port: int, behavior: Behavior) -> None:
        self.log = MessageLog(folder)
        self.behavior = behavior
        self.stopped = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._reporter = Reporter(self.log, behavior)
        self._pending: set[Future[Any]] = set()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.gateway = self
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._run_loop, self._serve)]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """Where it listens; SMSAPI_URL is this and `/smsapi`, TWILIO_URL this and `/twilio`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def replies(self) -> list[tuple[int, str]]:
        """The status and text that callbacks were answered, oldest first; 0 where nobody answered."""
        return list(self._reporter.replies)

    def settle(self) -> None:
        """Return when every callback of what was taken has been made."""
        wait(list(self._pending))
        asyncio.run_coroutine_threadsafe(self._reporter.flush(), self._loop).result()

    def write_back(self, message: LoggedSms, text: str) -> tuple[int, str]:
        """Answer a message as its recipient; the status and text of what the webhook said."""
        return asyncio.run_coroutine_threadsafe(write_back(self.log, message, text), self._loop).result()

    def report(self, message_id: str) -> None:
        """Begin to tell what becomes of a message."""
        message = self.log.get(message_id)
        if message is not None:
            self._start(self._reporter.report(message))

    def close(self) -> None:
        """Free the port; callbacks under way are given up."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def _run_loop(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop):
            self._loop.run_forever()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)


@contextlib.contextmanager
def serve(folder: Path, port: int = 0, behavior: Behavior | None = None) -> Iterator[Gateway]:
    """Listen on 127.0.0.1 during the `with`, on a free port for 0; what is taken stays in `folder`."""
    gateway = Gateway(folder, port, behavior or Behavior())
    try:
        yield gateway
    finally:
        gateway.close()


class _Server(ThreadingHTTPServer):
    gateway: Gateway
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet about clients that did not wait for the answer."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    timeout = 30

    def _handle(self) -> None:
        try:
            self._answer(self.server.gateway)  # type: ignore[attr-defined]
        except ValueError:
            self._send(Reply(400, {}))

    do_GET = do_POST = do_PUT = _handle  # noqa: N815 - as they are called there

    def _answer(self, gateway: Gateway) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MAX_BODY)).decode("utf-8", "replace")
        if self.command == "PUT" and self.path == "/behavior":
            self._send(_change(gateway.behavior, json.loads(body)))
            return
        parts = urlsplit(self.path)
        name, _, path = parts.path.removeprefix("/").partition("/")
        if name not in VENDORS:
            self._send(Reply(404, {}))
            return
        request = Request(
            self.command,
            f"/{path}",
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            dict(parse_qsl(body, keep_blank_values=True)),
            {header.lower(): value for header, value in self.headers.items()},
        )
        reply = VENDORS[name](request, gateway.log, gateway.behavior)
        for message_id in reply.message_ids:
            gateway.report(message_id)
        if reply.lost_by is Fault.HANG:
            gateway.stopped.wait(HANG_SECONDS)
        if reply.lost_by in (Fault.HANG, Fault.RESET):
            self._reset()
        else:
            self._send(reply)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
        """Quiet."""

    def _send(self, reply: Reply) -> None:
        is_text = isinstance(reply.body, str)
        content = (reply.body if is_text else json.dumps(reply.body)).encode()  # type: ignore[union-attr]
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/plain" if is_text else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        os.close(self.connection.detach())  # now, not when the last buffer over it is gone


def _change(behavior: Behavior, wanted: dict[str, Any]) -> Reply:
    """Set the fields that are named, the others to what they are at first."""
    changed = replace(
        Behavior(),
        fault=Fault(wanted["fault"]) if wanted.get("fault") else None,
        times=wanted.get("times"),
        callbacks=Callbacks(wanted.get("callbacks", Callbacks.IN_ORDER)),
        delay_seconds=wanted.get("delay_seconds", 0.0),
    )
    vars(behavior).update(vars(changed))
    return Reply(200, wanted)
