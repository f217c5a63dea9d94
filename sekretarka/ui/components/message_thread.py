"""The messages with one client, read from the API by the page itself, and the list that one is chosen from."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from sekretarka.domain.messages.models import Channel, Failure, MessageStatus
from sekretarka.ui.components.basics import Text, button
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/message_thread.jsx")
script("components/feed.jsx")  # a part of the other
_CLASS_NAMES = {
    "button": str(button("", size="sm").class_name),
    "log": "min-h-0 flex-1 overflow-y-auto overscroll-contain scroll-fade px-4 py-4 max-sm:px-3 "
    "focus-visible:-outline-offset-2",
    "day": "mx-auto my-3 w-fit rounded-full bg-sunken px-2.5 py-0.5 text-xs font-medium text-muted "
    "first-letter:uppercase",
    "bubble": "relative w-fit max-w-[min(85%,34rem)] rounded-2xl px-3.5 pb-1.5 pt-2",
    "ours": "rounded-br-md bg-accent-soft",
    "theirs": "rounded-bl-md bg-sunken",
    "email": "rounded-lg! border border-border bg-surface!",
    "voice": "border border-dashed border-field bg-surface!",
    "chat": "rounded-lg!",
    "failed": "border border-danger bg-danger-soft!",
    "down": "absolute bottom-3 right-4 grid size-9 place-items-center rounded-full bg-raised text-muted shadow-float "
    "hover:text-text",
}


class _MessageThread(rx.Component):
    library = _LIBRARY
    tag = "MessageThread"
    client: rx.Var[str]
    revision: rx.Var[int]
    unread: rx.Var[int]
    zone: rx.Var[str]
    closed: rx.Var[str]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        return {**super().get_event_triggers(), "on_read": no_args_event_spec}


class _ThreadList(rx.Component):
    library = _LIBRARY
    tag = "ThreadList"
    label: rx.Var[str]


def message_thread(client: Any, *, revision: Any, unread: Any, zone: Any, closed: Any, on_read: Any) -> rx.Component:
    """The messages of a client by the client's id, read again whenever `revision` changes. While `unread` ones are
    looked at, `on_read` happens; Escape goes to `closed`. `zone` is an IANA time zone."""
    words = ("from_call", "scheduled", "ours", "theirs", "whole", "failed", "empty", "messages", "newest")
    labels: dict[str, Any] = {word: t(f"messages.{word}") for word in words}
    labels |= {word: t(f"common.{word}") for word in ("loading", "retry", "earlier")}
    labels["status"] = {str(code): t(f"messages.status.{code}") for code in MessageStatus}
    labels["channel"] = {str(code): t(f"messages.channel.{code}") for code in Channel}
    labels["failure"] = {code: t(f"failure.{code}") for code in (*map(str, Failure), "unknown")}
    return _MessageThread.create(
        key=client,
        client=client,
        revision=revision,
        unread=unread,
        zone=zone,
        closed=closed,
        labels=labels,
        class_names=_CLASS_NAMES,
        on_read=on_read,
    )


def thread_list(*rows: Any, label: Text, **props: Any) -> rx.Component:
    """A list of links that up and down go through."""
    return _ThreadList.create(*rows, label=label, **props)
