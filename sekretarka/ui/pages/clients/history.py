"""A client's history: appointments, calls and messages, the latest first."""

from typing import Any

import reflex as rx

from sekretarka.domain.conversations.models import Outcome, Status
from sekretarka.domain.messages.models import Channel, Direction
from sekretarka.ui.appointments import appointment_badge
from sekretarka.ui.components.basics import button, icon, link
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.pages.clients.state import ClientsState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import duration, format_datetime, localize, money, t

state = state_vars(ClientsState)
CALLS = tuple(str(code) for code in (*Status, *Outcome))
MESSAGES = tuple(f"{direction}.{channel}" for direction in Direction for channel in Channel)


def history() -> rx.Component:
    """The entries, and a way to earlier ones."""
    entries: Any = state.timeline
    return rx.cond(
        entries.length() > 0,
        rx.el.div(
            rx.el.ol(rx.foreach(entries, _entry), aria_label=t("clients.tab_history"), class_name="flex flex-col"),
            rx.cond(
                state.timeline_total > entries.length(),
                rx.el.div(
                    button(t("common.earlier"), icon_name="history", on_click=state.load_more),
                    class_name="flex justify-center pt-4",
                ),
            ),
        ),
        empty(t("clients.no_history"), icon_name="history", hint=t("clients.no_history_hint")),
    )


def _entry(entry: Any) -> rx.Component:
    is_appointment = entry["kind"] == "appointment"
    mark = "grid size-8 shrink-0 place-items-center rounded-full bg-sunken text-muted"
    return rx.el.li(
        rx.el.span(_icon(entry), class_name=mark),
        rx.el.div(
            rx.el.div(
                link(
                    _title(entry),
                    to=entry["href"],
                    class_name="min-w-0 truncate font-medium after:absolute after:inset-0 after:content-[''] "
                    "focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent-ink",
                ),
                rx.cond(is_appointment, appointment_badge(entry["state"])),
                class_name="flex items-center justify-between gap-3",
            ),
            rx.el.p(
                format_datetime(entry["at"], "full", session.timezone),
                rx.match(
                    entry["kind"],
                    ("appointment", _appointment_facts(entry)),
                    ("call", _call_facts(entry)),
                    rx.fragment(),
                ),
                class_name="text-sm text-muted tnum",
            ),
            rx.cond(
                ~is_appointment & (entry["text"] != ""),
                rx.el.p(
                    entry["text"],
                    class_name=rx.cond(
                        entry["kind"] == "message",
                        "mt-0.5 line-clamp-6 text-sm whitespace-pre-line",
                        "mt-0.5 line-clamp-2 text-sm",
                    ),
                ),
            ),
            class_name="min-w-0 flex-1",
        ),
        key=entry["id"],
        class_name=rx.cond(
            entry["href"] == "",
            "relative -mx-2 flex gap-3 rounded-md px-2 py-2.5",
            "relative -mx-2 flex gap-3 rounded-md px-2 py-2.5 hover:bg-hover",
        ),
    )


def _icon(entry: Any) -> rx.Component:
    return rx.match(
        entry["kind"],
        ("appointment", icon("calendar_days", 16)),
        ("message", icon("message_square", 16)),
        icon("phone", 16),
    )


def _title(entry: Any) -> rx.Component:
    return rx.match(
        entry["kind"],
        ("appointment", rx.fragment(entry["title"])),
        ("message", rx.fragment(localize(entry["state"], "clients.message", *MESSAGES))),
        _call_title(entry),
    )


def _call_title(entry: Any) -> rx.Component:
    return rx.fragment(t("clients.call_was"), " ", localize(entry["state"], "call", *CALLS))


def _appointment_facts(entry: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(entry["text"] != "", " · " + entry["text"].to(str), ""),
        rx.cond(entry["price"].is_none(), "", rx.fragment(" · ", money(entry["price"], entry["currency"]))),
    )


def _call_facts(entry: Any) -> rx.Component:
    silent = entry["seconds"].is_none() | (entry["state"] == "missed")
    return rx.cond(silent, rx.fragment(), rx.fragment(" · ", duration(entry["seconds"])))
