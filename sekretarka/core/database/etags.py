"""Versions of rows as entity tags, and preconditions checked on the locked row (api.md#conditional-requests)."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sekretarka.core.database.models import Table
from sekretarka.core.errors import PreconditionFailed

ANY = "*"
# JSON shows milliseconds: no two versions of a row may share one.
TICK = timedelta(milliseconds=1)
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


def etag_for(version: int, row_id: UUID) -> str:
    """`v<version>-<id8>`, without quotes; the last 8 hex digits of the id, as UUIDv7s of one minute begin alike."""
    return f"v{version}-{row_id.hex[-8:]}"


def etag_for_content(body: bytes) -> str:
    """A tag for what has no version, with quotes: 32 hex digits of the SHA-256 of the bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def parse(header: str) -> tuple[str, ...]:
    """The tags of an `If-Match` or `If-None-Match`, with quotes and weakness; anything else is left out."""
    return (ANY,) if header.strip() == ANY else tuple(_TAG.findall(header))


def matches_any(tags: Sequence[str], own: str, *, weakly: bool = False) -> bool:
    """Whether one of the tags is `own` (with quotes) or `*`; a weak tag only is if `weakly` (RFC 9110 §8.8.3.2)."""
    return any(tag == ANY or (tag.removeprefix("W/") if weakly else tag) == own for tag in tags)


def matches(tags: Sequence[str], own: str, *, weakly: bool = False) -> bool:
    """The same for a version from `etag_for` (without quotes): the hash that a tag may add for other rows shown is
    ignored."""
    texts = ((tag.removeprefix("W/") if weakly else tag) for tag in tags)
    return any(text in (ANY, f'"{own}"') or text.startswith(f'"{own}-') for text in texts)


@dataclass
class Precondition:
    """What a caller demands of a row before it changes; None demands nothing. `UnitOfWork` checks the locked row.

    `match` and `none_match` are tags as `parse` gives them. `checked` tells whether that row was ever locked.
    """

    row_id: UUID | None = None
    match: tuple[str, ...] | None = None
    none_match: tuple[str, ...] | None = None
    updated_at: datetime | None = None
    checked: bool = False

    def check(self, row: object) -> None:
        """`check_row`, if the row has the id `row_id` and was not checked before; else nothing."""
        if not self.checked and isinstance(row, Table) and row.id == self.row_id:
            self.check_row(row)

    def check_row(self, row: Table) -> None:
        """Raise `PreconditionFailed` if the row is not in the state that the caller knows."""
        self.checked = True
        own = etag_for(row.version, row.id)
        if self.match is not None and not matches(self.match, own):
            raise PreconditionFailed
        if self.none_match is not None and matches(self.none_match, own, weakly=True):
            raise PreconditionFailed
        if self.updated_at is not None and self.updated_at != _as_written(row.updated_at, self.updated_at):
            raise PreconditionFailed

    def ensure_checked(self) -> None:
        """Raise `PreconditionFailed` if a version, a time or absence (`*`) was demanded but no row was checked."""
        if self.checked:
            return
        demanded = (self.match is not None and ANY not in self.match) or self.updated_at is not None
        if demanded or (self.none_match is not None and ANY in self.none_match):
            raise PreconditionFailed


def _as_written(stored: datetime, received: datetime) -> datetime:
    """The stored instant as precisely as the caller wrote it."""
    if received.microsecond % 1000:
        return stored
    return stored.replace(microsecond=stored.microsecond // 1000 * 1000)


def next_instant(before: datetime, now: datetime) -> datetime:
    """`now`, or a millisecond (`TICK`) after `before` if that is later: the `updated_at` of a change."""
    return max(now, before + TICK)
