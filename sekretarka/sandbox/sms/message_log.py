"""What the gateway took and what was answered, in a file that is only added to; the newest five thousand in memory."""

import fcntl
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sekretarka.core.runtime import clock

CAPACITY = 5_000


@dataclass(frozen=True)
class LoggedSms:
    """One SMS. `client` is the number (E.164) on the other side, `line` the number or name of ours; `key` is the
    sender's own name of it, `status` what the vendor calls it last."""

    id: str
    vendor: str
    client: str
    line: str
    body: str
    at: datetime
    is_inbound: bool = False
    key: str | None = None
    callback_url: str | None = None
    status: str = "queued"


class Repeated(Exception):
    """A message with this key is in the log."""


class MessageLog:
    """A folder with the log, for any number of threads and processes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "messages.jsonl"
        self._read_to = 0
        self._messages: dict[str, LoggedSms] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def accept(self, message: LoggedSms) -> None:
        """Add a message; `Repeated` when one of this vendor has its key."""
        with self._opened() as file:
            if message.key and (message.vendor, message.key) in self._keys:
                raise Repeated
            self._append(file, {"message": asdict(message) | {"at": message.at.isoformat()}})

    def set_status(self, message_id: str, status: str) -> None:
        """Add what became of a message."""
        with self._opened() as file:
            self._append(file, {"status": status, "id": message_id, "at": clock.now().isoformat()})

    def newest(self, fits: Callable[[LoggedSms], bool] = lambda _: True) -> list[LoggedSms]:
        """Those that fit, newest first."""
        with self._opened():
            return [message for message in reversed(self._messages.values()) if fits(message)]

    def get(self, message_id: str) -> LoggedSms | None:
        """The message of that id; None when there is none or it is too old."""
        with self._opened():
            return self._messages.get(message_id)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file, with what others added to it read and nobody else writing."""
        with self._lock, self._file.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._catch_up(file)
            yield file

    def _append(self, file: BinaryIO, entry: dict[str, object]) -> None:
        file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._catch_up(file)

    def _catch_up(self, file: BinaryIO) -> None:
        file.seek(self._read_to)
        for line in file:
            self._read_to += len(line)
            entry = json.loads(line)
            if "message" in entry:
                message = LoggedSms(**entry["message"] | {"at": datetime.fromisoformat(entry["message"]["at"])})
                self._messages[message.id] = message
                if message.key:
                    self._keys[message.vendor, message.key] = message.id
                self._drop_oldest()
            elif known := self._messages.get(entry["id"]):
                self._messages[known.id] = replace(known, status=entry["status"])

    def _drop_oldest(self) -> None:
        if len(self._messages) > CAPACITY:
            oldest = self._messages.pop(next(iter(self._messages)))
            if oldest.key:
                self._keys.pop((oldest.vendor, oldest.key), None)
