"""Responses stored for a day, so that a repeated POST with the same key has one effect (api.md#idempotency)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from re import compile as pattern
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select

from sekretarka.core.database.models import datetime_column, json_column
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import IdempotencyInProgress, IdempotencyKeyInvalid, IdempotencyKeyReused
from sekretarka.core.runtime import crypto

HEADER = "idempotency-key"
RETENTION = timedelta(hours=24)
_KEY = pattern(r"[\x21-\x7e]{1,255}")
_QUOTED = pattern(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')


class StoredResponse(SQLModel, table=True):
    """One response. `name` is the HMAC of caller, route and key; `body` is encrypted: it may be secret."""

    __tablename__ = "stored_responses"

    name: str = Field(primary_key=True, max_length=64)
    fingerprint: str = Field(max_length=64)
    status: int
    headers: dict[str, str] = json_column(dict)
    body: str
    created_at: datetime = datetime_column(index=True)


@dataclass(frozen=True)
class ReplayableResponse:
    """A response to send again; `body` is UTF-8."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Request:
    """One request that may be repeated: `name` is the same for the same caller, route and key, then so must be the
    `fingerprint` of what was sent."""

    name: str
    fingerprint: str


def request(header: Sequence[str], caller: Sequence[str], sent: Any) -> Request | None:
    """From the header's values, the parts that name caller and route, and the decoded body; None without the header.
    `IdempotencyKeyInvalid` for a repeated header or a key that is not 1 to 255 visible ASCII characters.
    """
    return identify([*caller, _key(header)], sent) if header else None


def identify(name: Sequence[str], sent: Any) -> Request:
    """The `Request` of a name in parts and of what was sent (JSON values), where no header names it."""
    return Request(_hash(list(name)), _hash(sent))


def _key(header: Sequence[str]) -> str:
    """The key, bare or as a quoted string of structured fields, which is the same key."""
    text = header[0].strip() if len(header) == 1 else ""
    if text.startswith('"'):
        quoted = _QUOTED.fullmatch(text)
        text = quoted[1].replace('\\"', '"').replace("\\\\", "\\") if quoted else ""
    if not _KEY.fullmatch(text):
        raise IdempotencyKeyInvalid
    return text


def _hash(value: Any) -> str:
    """Keyed, as what was sent may hold a password."""
    return crypto.hmac_hex("idempotency", plain(value))


def plain(value: Any) -> str:
    """A JSON value as text with sorted keys, the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


async def find(uow: UnitOfWork, request: Request) -> ReplayableResponse | None:
    """The response stored in the last 24 hours, None when there is none; `IdempotencyKeyReused` when another body had
    this name."""
    fresh = col(StoredResponse.created_at) > uow.now - RETENTION
    stored = await uow.one_or_none(select(StoredResponse).where(StoredResponse.name == request.name, fresh))
    if stored is None:
        return None
    if stored.fingerprint != request.fingerprint:
        raise IdempotencyKeyReused
    return ReplayableResponse(stored.status, crypto.decrypt(stored.body).encode(), stored.headers)


async def acquire(uow: UnitOfWork, request: Request) -> ReplayableResponse | None:
    """As `find`, and None also means that this transaction alone may act now; `IdempotencyInProgress` while another one
    does."""
    if not await uow.try_advisory_lock(f"idempotency|{request.name}"):
        raise IdempotencyInProgress
    return await find(uow, request)


async def pop(uow: UnitOfWork, request: Request) -> ReplayableResponse | None:
    """As `find`, and delete the stored response."""
    stored = await find(uow, request)
    if stored is not None:
        await uow.execute(sa.delete(StoredResponse).where(col(StoredResponse.name) == request.name))
    return stored


async def store(uow: UnitOfWork, request: Request, answer: ReplayableResponse) -> None:
    """Store the response in the transaction of its effects, in place of an expired one."""
    values = {
        "fingerprint": request.fingerprint,
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": crypto.encrypt(answer.body.decode()),
        "created_at": uow.now,
    }
    insert = uow.insert(StoredResponse).values(name=request.name, **values)
    await uow.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))


async def purge(uow: UnitOfWork) -> int:
    """Delete the responses older than `RETENTION`; returns how many."""
    result = await uow.execute(sa.delete(StoredResponse).where(col(StoredResponse.created_at) <= uow.now - RETENTION))
    return int(result.rowcount)
