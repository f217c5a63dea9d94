"""What the page shows of threads: plain values, ready to draw."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from sekretarka.core.text import phone
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients.models import Client
from sekretarka.domain.messages.models import Channel, Failure, without_link_tokens
from sekretarka.domain.messages.schemas import MessageThreadView
from sekretarka.domain.templates.service import ReadyText
from sekretarka.ui.messages import MessageLine, message_line, thread_href

CLIENTS = "/dashboard/clients"
Ways = Mapping[Channel, tuple[str, Failure | None]]


class ThreadRow(TypedDict):
    """A client and the `last` message; `phone` as users read it."""

    id: str
    last: MessageLine
    name: str
    phone: str
    unread: int


class Way(TypedDict):
    """Where a client can be written to: `to` is E.164 or an address, `shown` as users read it, `refused` why they would
    get nothing ("": they would)."""

    channel: str
    to: str
    shown: str
    refused: str


class ShownText(TypedDict):
    """A template filled in for the client. One that has a link is sent as the template of `appointment` ("": others are
    put into what one writes); `shown` is how one sees it."""

    name: str
    text: str
    shown: str
    appointment: str


class Suggestion(TypedDict):
    """A client who may be meant, and their thread; `phone` as users read it."""

    id: str
    name: str
    phone: str
    href: str


class ThreadDetail(TypedDict):
    """The client of the open thread, who may have no messages yet; `tel` is E.164, `phone` as users read it."""

    id: str
    name: str
    phone: str
    tel: str
    unread: int
    has_messages: bool
    client_href: str
    reach: list[Way]
    texts: list[ShownText]


def row(thread: MessageThreadView) -> ThreadRow:
    """One line of the list."""
    return ThreadRow(
        id=str(thread.id),
        last=message_line(thread.last_message),
        name=thread.client_name or "",
        phone=_number(thread.client_phone),
        unread=thread.unread_count,
    )


def detail(
    client: Client, unread: int | None, ways: Ways, texts: Sequence[ReadyText], appointment: Appointment | None
) -> ThreadDetail:
    """The head of the open thread, and what one writes with; `unread` is None without messages, `appointment` is what
    the texts speak of."""
    about = str(appointment.id) if appointment else ""
    return ThreadDetail(
        id=str(client.id),
        name=client.name or "",
        phone=_number(client.phone),
        tel=client.phone or "",
        unread=unread or 0,
        has_messages=unread is not None,
        client_href=f"{CLIENTS}?id={client.id}",
        reach=[_way(channel, to, refused) for channel, (to, refused) in ways.items()],
        texts=[
            ShownText(
                name=str(text.name),
                text=text.text,
                shown=without_link_tokens(text.text),
                appointment=about if text.with_link else "",
            )
            for text in texts
        ],
    )


def suggestion(client: Client) -> Suggestion:
    """The suggestion of a client."""
    number = _number(client.phone)
    return Suggestion(id=str(client.id), name=client.name or "", phone=number, href=thread_href(client.id))


def _way(channel: Channel, to: str, refused: Failure | None) -> Way:
    shown = _number(to) if channel is Channel.SMS else to
    return Way(channel=str(channel), to=to, shown=shown, refused=str(refused or ""))


def _number(number: str | None) -> str:
    return phone.format_national(number) if number else ""
