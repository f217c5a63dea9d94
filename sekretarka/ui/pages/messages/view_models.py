"""What the page shows of threads: plain values, ready to draw."""

from typing import TypedDict

from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.clients.models import Client
from sekretarka.domain.messages.schemas import MessageThreadView

CLIENTS = "/dashboard/clients"
SHOWN = 160


class ThreadRow(TypedDict):
    """A client and the beginning of the last message; `phone` as users read it, `at` RFC 3339."""

    id: str
    name: str
    phone: str
    at: str
    text: str
    channel: str
    status: str
    outbound: bool
    unread: int


class ThreadDetail(TypedDict):
    """The client of the open thread, who may have no messages yet; `tel` is E.164, `phone` as users read it."""

    id: str
    name: str
    phone: str
    tel: str
    unread: int
    has_messages: bool
    client_href: str


def row(thread: MessageThreadView) -> ThreadRow:
    """One line of the list."""
    last = thread.last_message
    return ThreadRow(
        id=str(thread.id),
        name=thread.client_name or "",
        phone=_number(thread.client_phone),
        at=clock.to_json(last.occurred_at),
        text=" ".join((last.subject or last.body)[:SHOWN].split()),
        channel=str(last.channel),
        status=str(last.status),
        outbound=last.direction == "outbound",
        unread=thread.unread_count,
    )


def detail(client: Client, unread: int | None) -> ThreadDetail:
    """The head of the open thread; `unread` is None without messages."""
    return ThreadDetail(
        id=str(client.id),
        name=client.name or "",
        phone=_number(client.phone),
        tel=client.phone or "",
        unread=unread or 0,
        has_messages=unread is not None,
        client_href=f"{CLIENTS}?id={client.id}",
    )


def _number(number: str | None) -> str:
    return phone.format_national(number) if number else ""
