"""What the list and the detail panel show of clients: plain values, ready to draw."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.core.text.i18n import DEFAULT_LANGUAGE
from sekretarka.domain.appointments.service import NO_STATS, ClientStats
from sekretarka.domain.clients.models import Client
from sekretarka.domain.timeline.service import TimelineEntry
from sekretarka.ui.appointments import appointment_href
from sekretarka.ui.messages import thread_href

CALLS = "/dashboard/conversations"


class ClientRow(TypedDict):
    """One line of the list: numbers of completed and missed appointments, the last and next one (RFC 3339 or empty)."""

    id: str
    name: str
    phone: str
    email: str
    blocked: bool
    appointments: int
    missed: int
    last_at: str
    next_at: str


class ClientDetail(ClientRow):
    """The open client; `tel` is E.164, `phone` as users read it, `since` RFC 3339."""

    tel: str
    language: str
    notes: str
    since: str
    messages_href: str


class TimelineRow(TypedDict):
    """An appointment, a call or a message: `title` is the service or nothing, `text` who does it, what the call was
    about or what was written. `seconds` is of calls, `price` (minor units) of appointments, else None; `at` is RFC
    3339."""

    id: str
    kind: str
    at: str
    state: str
    title: str
    text: str
    seconds: int | None
    price: int | None
    currency: str
    href: str


class Candidate(TypedDict):
    """A client who may be a duplicate; `phone` as users read it."""

    id: str
    name: str
    phone: str
    email: str


def row(client: Client, stats: Mapping[UUID, ClientStats]) -> ClientRow:
    """A client and the numbers of their appointments, 0 for one whom `stats` lacks."""
    client_stats = stats.get(client.id, NO_STATS)
    return ClientRow(
        id=str(client.id),
        name=client.name or "",
        phone=number(client),
        email=client.email or "",
        blocked=client.blocked_at is not None,
        appointments=client_stats.completed,
        missed=client_stats.missed,
        last_at=_instant(client_stats.last_at),
        next_at=_instant(client_stats.next_at),
    )


def detail(client: Client, stats: Mapping[UUID, ClientStats]) -> ClientDetail:
    """Everything of the open client but the history."""
    return ClientDetail(
        **row(client, stats),
        tel=client.phone or "",
        language=client.language or DEFAULT_LANGUAGE,
        notes=client.notes or "",
        since=clock.to_json(client.created_at),
        messages_href=thread_href(client.id),
    )


def timeline_row(item: TimelineEntry, staff_names: Mapping[UUID, str]) -> TimelineRow:
    """One line of a client's history, with the staff member's name for an appointment."""
    appointment, call, message = item.appointment, item.conversation, item.message
    if appointment is not None:
        return TimelineRow(
            id=str(item.id),
            kind="appointment",
            at=clock.to_json(item.at),
            state=str(appointment.status),
            title=appointment.service_type,
            text=staff_names.get(appointment.staff_id, ""),
            seconds=None,
            price=appointment.price.amount,
            currency=appointment.price.currency,
            href=appointment_href(appointment.id),
        )
    if message is not None:
        assert message.client_id is not None  # noqa: S101 - it is in the history of one
        return TimelineRow(
            id=str(item.id),
            kind="message",
            at=clock.to_json(item.at),
            state=f"{message.direction}.{message.channel}",
            title="",
            text=message.body,
            seconds=None,
            price=None,
            currency="",
            href=thread_href(message.client_id),
        )
    assert call is not None  # noqa: S101 - one of the three it is
    finished = call.status == "completed"
    return TimelineRow(
        id=str(item.id),
        kind="call",
        at=clock.to_json(item.at),
        state=str(call.outcome or "none") if finished else str(call.status),
        title="",
        text=call.summary or call.last_line or "",
        seconds=call.duration_seconds,
        price=None,
        currency="",
        href=f"{CALLS}?id={call.id}",
    )


def candidate(client: Client) -> Candidate:
    """The candidate of a client."""
    return Candidate(id=str(client.id), name=client.name or "", phone=number(client), email=client.email or "")


def number(client: Client) -> str:
    """The phone number as users read it, empty without one."""
    return phone.format_national(client.phone) if client.phone else ""


def _instant(moment: datetime | None) -> str:
    return clock.to_json(moment) if moment else ""
