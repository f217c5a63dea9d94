"""What the gateway tells whoever sent a message: delivery, in order or not, and what clients write back."""

import asyncio
import ssl
from collections import deque
from dataclasses import replace
from functools import cache

import httpx2

from sekretarka.core.runtime import clock
from sekretarka.sandbox.sms import smsapi, twilio
from sekretarka.sandbox.sms.behavior import DELIVERED, SENT, UNDELIVERED, UNDELIVERED_NUMBER, Behavior, Callbacks
from sekretarka.sandbox.sms.exchange import Callback
from sekretarka.sandbox.sms.message_log import LoggedSms, MessageLog

TIMEOUT_SECONDS = 15
AT_ONCE = 8
BATCH = 5
LAST_REPLIES = 1_000


class Reporter:
    """Calls back about messages of a log. `replies` has the status and text of the last answers, 0 for none."""

    def __init__(self, log: MessageLog, behavior: Behavior) -> None:
        self.replies: deque[tuple[int, str]] = deque(maxlen=LAST_REPLIES)
        self._log, self._behavior = log, behavior
        self._batch: list[tuple[LoggedSms, str]] = []
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def report(self, message: LoggedSms) -> None:
        """Tell what becomes of a message that was taken."""
        how = self._behavior.callbacks
        for status in _statuses(message, how):
            await asyncio.sleep(self._behavior.delay_seconds)
            self._log.set_status(message.id, status)
            if how is Callbacks.BATCHED and message.vendor == smsapi.VENDOR:
                self._batch.append((message, status))
                if len(self._batch) >= BATCH:
                    await self.flush()
            else:
                times = 2 if how is Callbacks.DUPLICATED else 1
                for _ in range(times):
                    await self._call(_status_callback(message, status))

    async def flush(self) -> None:
        """Tell what waits for a batch to fill."""
        batch, self._batch = self._batch[:BATCH], self._batch[BATCH:]
        if batch:
            await self._call(smsapi.status_callback(*batch))

    async def _call(self, callback: Callback | None) -> None:
        if callback is not None:
            async with self._slots:
                self.replies.append(await call(callback))


def _statuses(message: LoggedSms, how: Callbacks) -> list[str]:
    if how is Callbacks.NONE:
        return []
    if how is Callbacks.UNDELIVERED or message.client == UNDELIVERED_NUMBER:
        return [SENT, UNDELIVERED]
    return [DELIVERED, SENT] if how is Callbacks.REVERSED else [SENT, DELIVERED]


def _status_callback(message: LoggedSms, status: str) -> Callback | None:
    if message.vendor == smsapi.VENDOR:
        return smsapi.status_callback((message, status))
    return twilio.status_callback(message, status)


async def write_back(log: MessageLog, answered: LoggedSms, text: str) -> tuple[int, str]:
    """Send a text from the client of a message to the line that it came from; the status and text of our answer."""
    vendor = smsapi if answered.vendor == smsapi.VENDOR else twilio
    message = replace(
        answered,
        id=vendor.new_inbound_id(),
        body=text,
        at=clock.now(),
        is_inbound=True,
        key=None,
        status="received",
    )
    log.accept(message)
    callback = vendor.inbound_callback(message)
    return await call(callback) if callback else (0, "")


async def call(callback: Callback) -> tuple[int, str]:
    """The status and text of the answer; 0 when there is none."""
    is_form = callback.method == "POST"
    url = httpx2.URL(callback.url)
    if not is_form:
        url = url.copy_merge_params(dict(callback.fields))
    try:
        async with httpx2.AsyncClient(verify=_tls(), timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            answer = await client.request(
                callback.method, url, data=dict(callback.fields) if is_form else None, headers=dict(callback.headers)
            )
    except httpx2.HTTPError:
        return 0, ""
    return answer.status_code, answer.text


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)
