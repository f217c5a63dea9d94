"""Answers kept for a day, so that a repeated POST with the same key has one effect (API.md §6)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from re import compile as pattern
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select

from sekretarka.core import crypto
from sekretarka.core.errors import IdempotencyInProgress, IdempotencyKeyInvalid, IdempotencyKeyReused
from sekretarka.core.models import instant
from sekretarka.core.models import json as json_column
from sekretarka.core.scope import Scope

HEADER = "idempotency-key"
KEPT_FOR = timedelta(hours=24)
_KEY = pattern(r"[\x21-\x7e]{1,255}")
_QUOTED = pattern(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')


class KeptAnswer(SQLModel, table=True):
    """One answer. `name` is a keyed hash of who asked for what with which key; `body` is sealed: it may be secret."""

    __tablename__ = "kept_answers"

    name: str = Field(primary_key=True, max_length=64)
    fingerprint: str = Field(max_length=64)
    status: int
    headers: dict[str, str] = json_column(dict)
    body: str
    created_at: datetime = instant(index=True)


@dataclass(frozen=True)
class Answer:
    """What a caller was told."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Request:
    """One request that may come again: `name` is the same for the same caller, route and key, then so must be the
    `fingerprint` of what was sent."""

    name: str
    fingerprint: str


def request(given: Sequence[str], asked: Sequence[str], sent: Any) -> Request | None:
    """From the values of the header, who asks for what, and the decoded body; None without the header."""
    if not given:
        return None
    return Request(_hash([*asked, _key(given)]), _hash(sent))


def _key(given: Sequence[str]) -> str:
    """The key, bare or as a quoted string of structured fields, which is the same key."""
    text = given[0].strip() if len(given) == 1 else ""
    if text.startswith('"'):
        quoted = _QUOTED.fullmatch(text)
        text = quoted[1].replace('\\"', '"').replace("\\\\", "\\") if quoted else ""
    if not _KEY.fullmatch(text):
        raise IdempotencyKeyInvalid
    return text


def _hash(value: Any) -> str:
    """Keyed, as what was sent may hold a password."""
    return crypto.keyed("idempotency", plain(value))


def plain(value: Any) -> str:
    """A decoded body as text, the same for the same body."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


async def find(scope: Scope, asked: Request) -> Answer | None:
    """The answer given before, None when there was none; `IdempotencyKeyReused` when it was to something else."""
    fresh = col(KeptAnswer.created_at) > scope.now - KEPT_FOR
    kept = await scope.first(select(KeptAnswer).where(KeptAnswer.name == asked.name, fresh))
    if kept is None:
        return None
    if kept.fingerprint != asked.fingerprint:
        raise IdempotencyKeyReused
    return Answer(kept.status, crypto.unseal(kept.body).encode(), kept.headers)


async def claim(scope: Scope, asked: Request) -> Answer | None:
    """The same, but None also means that this transaction alone may act now; `IdempotencyInProgress` when another."""
    if not await scope.try_lock(f"idempotency|{asked.name}"):
        raise IdempotencyInProgress
    return await find(scope, asked)


async def take(scope: Scope, asked: Request) -> Answer | None:
    """The answer kept, which is nobody's any more."""
    kept = await find(scope, asked)
    if kept is not None:
        await scope.execute(sa.delete(KeptAnswer).where(col(KeptAnswer.name) == asked.name))
    return kept


async def keep(scope: Scope, asked: Request, answer: Answer) -> None:
    """Store the answer together with its effects, over one that has expired."""
    values = {
        "fingerprint": asked.fingerprint,
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": crypto.seal(answer.body.decode()),
        "created_at": scope.now,
    }
    insert = scope.insert(KeptAnswer).values(name=asked.name, **values)
    await scope.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))


async def forget(scope: Scope) -> int:
    """Delete what has expired; returns how many."""
    result = await scope.execute(sa.delete(KeptAnswer).where(col(KeptAnswer.created_at) <= scope.now - KEPT_FOR))
    return int(result.rowcount)
