"""Requests and answers of the gateway, whatever server they come by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sekretarka.sandbox.sms.behavior import Fault


@dataclass(frozen=True)
class Request:
    """A request of a client; `headers` finds its keys in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """JSON (or text), what was taken with it, and how the answer is lost, if it is."""

    status: int
    body: Mapping[str, Any] | str
    message_ids: tuple[str, ...] = ()
    lost_by: Fault | None = None


@dataclass(frozen=True)
class Callback:
    """A request to whoever sent a message: GET with a query, or POST with a form."""

    method: str
    url: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]
