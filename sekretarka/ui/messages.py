"""Messages where they are mentioned, on their own screen and elsewhere: one line of each, and where their thread is."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from sekretarka.core.runtime import clock
from sekretarka.domain.messages.models import Channel, MessageStatus
from sekretarka.domain.messages.schemas import MessageView
from sekretarka.ui.components.basics import icon, visually_hidden
from sekretarka.ui.text import t

PATH = "/dashboard/messages"
SHOWN = 160
CHANNEL_ICONS = {Channel.EMAIL: "mail", Channel.CHAT: "message_circle", Channel.VOICE: "mic"}
STATUS_ICONS = {
    MessageStatus.PENDING: "clock",
    MessageStatus.SENT: "check",
    MessageStatus.DELIVERED: "check_check",
    MessageStatus.FAILED: "circle_alert",
}


class MessageLine(TypedDict):
    """A message in one line; `text` is its beginning, `at` RFC 3339."""

    id: str
    at: str
    text: str
    channel: str
    status: str
    outbound: bool


def thread_href(client_id: UUID) -> str:
    """The path and query that open the messages with a client."""
    return f"{PATH}?client={client_id}"


def message_line(message: MessageView) -> MessageLine:
    """The line of a message: its subject, or how it begins."""
    return MessageLine(
        id=str(message.id),
        at=clock.to_json(message.occurred_at),
        text=" ".join((message.subject or message.body)[:SHOWN].split()),
        channel=str(message.channel),
        status=str(message.status),
        outbound=message.direction == "outbound",
    )


def message_mark(line: Any) -> rx.Component:
    """What kind of message a line is, and how far one of ours has come; an SMS from a client has no mark."""
    channels = [
        (str(code), rx.fragment(_icon(name), visually_hidden(t(f"messages.channel.{code}"), ":")))
        for code, name in CHANNEL_ICONS.items()
    ]
    statuses = [
        (
            str(code),
            rx.fragment(
                _icon(name, "text-danger" if code is MessageStatus.FAILED else "text-muted"),
                visually_hidden(t("messages.ours"), " ", t(f"messages.status.{code}"), ":"),
            ),
        )
        for code, name in STATUS_ICONS.items()
    ]
    return rx.fragment(
        rx.cond(line["outbound"], rx.match(line["status"], *statuses, rx.fragment())),
        rx.match(line["channel"], *channels, rx.fragment()),
    )


def _icon(name: str, ink: str = "text-muted") -> rx.Component:
    return icon(name, 14, class_name=ink)
