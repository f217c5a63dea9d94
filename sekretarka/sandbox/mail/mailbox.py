"""Caught mail as files: `<id>.eml`, the newest two hundred."""

import email
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from sekretarka.core.database.models import new_id

CAPACITY = 200
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class StoredEmail:
    """One mail with its envelope."""

    id: str
    to: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The `Subject` header."""
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        """The `From` header."""
        return str(self.message["From"] or "")

    @property
    def sent_at(self) -> datetime | None:
        """The `Date` header; None without one."""
        date = self.message["Date"]
        return date.datetime if date is not None else None

    def part(self, subtype: str) -> str:
        """Its text as `plain` or `html`; empty when it has none."""
        body = self.message.get_body((subtype,))
        return str(body.get_content()) if body is not None else ""


class Mailbox:
    """A folder of caught emails, with one writer and any number of readers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, content: bytes, recipients: list[str]) -> str:
        """Store an email, delete the oldest beyond `CAPACITY` and return its id, 32 hex digits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = new_id().hex
        draft = self.folder / f"{name}.new"
        draft.touch(mode=0o600)  # links that set a password are in it
        draft.write_bytes(f"Delivered-To: {', '.join(recipients)}\r\n".encode() + content)
        draft.rename(self.folder / f"{name}.eml")
        for old in self._files()[CAPACITY:]:
            old.unlink(missing_ok=True)
        return name

    def newest(self) -> list[StoredEmail]:
        """Everything stored, newest first."""
        return [caught for path in self._files() if (caught := self.get(path.stem))]

    def get(self, name: str) -> StoredEmail | None:
        """The mail of that id, None when there is none."""
        path = self.folder / f"{name}.eml"
        if not _ID.fullmatch(name) or not path.is_file():
            return None
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        return StoredEmail(name, str(message["Delivered-To"]), message)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"), reverse=True)
