"""The open appointment beside the calendar: who, what, when, what to do with it, and who changed what."""

from typing import Any

import reflex as rx

from sekretarka.domain.appointments.models import Change, Source, Status
from sekretarka.domain.messages.models import MessageStatus
from sekretarka.ui.appointments import appointment_badge
from sekretarka.ui.components.basics import button, icon_button, text_link
from sekretarka.ui.components.booking import time_field
from sekretarka.ui.components.dialog import dialog
from sekretarka.ui.components.field import choice_field, text_area, text_field
from sekretarka.ui.components.menu import menu, menu_item
from sekretarka.ui.components.view_states import skeleton, skeleton_bar
from sekretarka.ui.detail_panel import call_link, detail_panel, messages_link
from sekretarka.ui.messages import message_mark
from sekretarka.ui.page_views import new_form, state_form
from sekretarka.ui.pages.appointments.detail import AppointmentDetailState
from sekretarka.ui.pages.appointments.field_errors import MAX_REASON_LENGTH
from sekretarka.ui.pages.appointments.parts import hours
from sekretarka.ui.pages.appointments.state import AppointmentsState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, localize, money, relative_time, t

calendar = state_vars(AppointmentsState)
state = state_vars(AppointmentDetailState)
appointment: Any = state.detail

STATUS_ICONS = {"confirmed": "check", "completed": "check_check", "no_show": "user_x"}
ENDS = ("completed", "no_show")


def appointment_panel() -> rx.Component:
    """The panel, open while the URL names an appointment; closing it goes back to the calendar's URL."""
    return detail_panel(
        state,
        rx.cond(appointment, rx.fragment(_cancelling(), _asking())),
        title=appointment["who"],
        waiting=t("appointments.one"),
        missing=t("appointments.missing"),
        missing_text=t("appointments.missing_text"),
        missing_icon="calendar_x",
        content=_content(),
        skeleton=_skeleton(),
        open_=calendar.open_id != "",
        closed_href=calendar.closed_href,
        subtitle=_when(),
        actions=rx.fragment(
            rx.cond(appointment["messages_href"] != "", messages_link(appointment["messages_href"])),
            call_link(t("overview.call_back"), appointment["tel"]),
        ),
    )


def _when() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            format_datetime(appointment["start"], "weekday", session.timezone),
            ", ",
            hours(appointment),
            class_name="tnum",
        ),
        rx.el.div(appointment_badge(appointment["status"]), class_name="mt-2"),
    )


def _content() -> rx.Component:
    return rx.el.div(_steps(), _facts(), _form(), _messages(), _history(), class_name="flex flex-col gap-5")


def _steps() -> rx.Component:
    """What the appointment can become, by who may say so."""
    after = appointment["next"].to(list[str])
    steps = [
        rx.cond(
            after.contains(status),
            button(
                t(f"appointments.change_status.{status}"),
                icon_name=mark,
                on_click=state.change_status(appointment["id"], status),
            ),
        )
        for status, mark in STATUS_ICONS.items()
    ]
    cancel = button(
        t("appointments.change_status.cancelled"),
        icon_name="calendar_x",
        class_name="text-danger!",
        on_click=state.show_cancel_dialog(True),
    )
    early = appointment["early"].to(list[str])
    reopen = button(
        t("appointments.reopen"),
        icon_name="undo_2",
        on_click=state.reopen(appointment["id"]),
    )
    return rx.cond(
        (after.length() > 0) | (early.length() > 0) | appointment["reopenable"],
        rx.el.div(
            *steps,
            rx.cond(appointment["reopenable"], reopen),
            rx.cond(after.contains(str(Status.CANCELLED)), cancel),
            rx.cond(early.length() > 0, _early(early)),
            role="group",
            aria_label=t("appointments.steps"),
            class_name="flex flex-wrap gap-2",
        ),
    )


def _early(statuses: Any) -> rx.Component:
    """What is not known yet: in a menu, and it asks."""
    items = [
        rx.cond(
            statuses.contains(status),
            menu_item(
                t(f"appointments.change_status.{status}"), icon_name=STATUS_ICONS[status], on_click=state.ask(status)
            ),
        )
        for status in ENDS
    ]
    return menu(icon_button("ellipsis", t("common.more")), *items)


def _asking() -> rx.Component:
    """Whether an appointment ended before it began."""
    return dialog(
        rx.match(state.asked, *((status, t(f"appointments.early.{status}")) for status in ENDS), ""),
        _named(),
        rx.el.div(
            button(t("common.cancel"), on_click=state.ask("")),
            button(
                rx.match(state.asked, *((status, t(f"appointments.change_status.{status}")) for status in ENDS), ""),
                variant="primary",
                on_click=state.change_status(appointment["id"], state.asked),
            ),
            class_name="mt-1 flex justify-end gap-2 max-sm:flex-col-reverse",
        ),
        description=rx.cond(
            appointment["days"] > 0, t("appointments.early_text", n=appointment["days"]), t("appointments.early_today")
        ),
        open_=state.asked != "",
        on_open_change=lambda _is_open, _details: state.ask(""),
    )


def _named() -> rx.Component:
    return rx.el.p(
        appointment["who"],
        ", ",
        format_datetime(appointment["start"], "weekday", session.timezone),
        ", ",
        hours(appointment),
        class_name="rounded-md bg-sunken px-3 py-2 text-base font-medium break-words",
    )


def _cancelling() -> rx.Component:
    form = new_form(
        state,
        text_field(t("appointments.reason"), "reason", max_length=MAX_REASON_LENGTH, auto_complete="off"),
        name="appointment.cancel",
        on_submit=lambda form: state.cancel(appointment["id"], form),
        action=t("appointments.change_status.cancelled"),
        danger=True,
        back=t("appointments.keep"),
        on_discard=state.show_cancel_dialog(False),
    )
    return dialog(
        t("appointments.cancel_title"),
        _named(),
        form,
        description=t("appointments.cancel_text"),
        open_=state.cancelling,
        on_open_change=lambda is_open, _details: state.show_cancel_dialog(is_open),
    )


def _facts() -> rx.Component:
    facts = [
        ("appointments.service", appointment["service"]),
        ("appointments.person", appointment["person"]),
        (
            "appointments.phone",
            rx.el.a(appointment["phone"], href="tel:" + appointment["tel"], class_name="hover:underline"),
        ),
        ("appointments.price", money(appointment["price"], appointment["currency"])),
        ("appointments.source", _source()),
    ]
    rows = [_fact(label, value) for label, value in facts]
    reason = rx.cond(appointment["reason"] != "", _fact("appointments.reason", appointment["reason"]))
    return rx.el.dl(*rows, reason, class_name="text-base")


def _fact(label: str, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(t(label), class_name="text-muted"),
        rx.el.dd(value, class_name="min-w-0 break-words tnum"),
        class_name="grid grid-cols-[140px_1fr] gap-4 border-b border-border py-2 last:border-0 "
        "max-sm:grid-cols-[110px_1fr]",
    )


def _source() -> rx.Component:
    label = localize(appointment["source"], "appointments.by", *(str(source) for source in Source))
    call = text_link(label, to="/dashboard/conversations?id=" + appointment["conversation"])
    return rx.cond(appointment["conversation"] != "", call, rx.el.span(label))


def _form() -> rx.Component:
    """Moving it without a mouse, and what can be put right."""
    return rx.cond(
        appointment["writable"],
        rx.el.section(
            rx.el.h3(t("appointments.change"), class_name="pb-3 text-base font-semibold"),
            state_form(
                state,
                rx.el.fieldset(_place(), disabled=~appointment["movable"], class_name="m-0 min-w-0 border-0 p-0"),
                _client(),
                name="appointment",
                on_submit=state.save,
            ),
            aria_label=t("appointments.change"),
        ),
    )


def _place() -> rx.Component:
    return rx.el.div(
        text_field(t("appointments.date"), "date", type="date", default_value=appointment["day"]),
        time_field(t("appointments.time"), "time", appointment["time"], errors=state.field_errors),
        _choice("appointments.person", "staffId", state.people, appointment["staff"]),
        _choice("appointments.service", "serviceType", state.services, appointment["serviceId"]),
        class_name="grid grid-cols-2 gap-4 max-sm:grid-cols-1",
    )


def _choice(label: str, name: str, rows: Any, value: Any) -> rx.Component:
    return choice_field(
        t(label),
        name,
        {},
        extra=[rx.foreach(rows, lambda row: rx.el.option(row["name"], value=row["id"]))],
        default_value=value,
        errors=state.field_errors,
    )


def _client() -> rx.Component:
    return rx.el.div(
        text_field(
            t("appointments.client"),
            "clientName",
            default_value=appointment["who"],
            errors=state.field_errors,
        ),
        text_field(
            t("appointments.phone"),
            "clientPhone",
            type="tel",
            default_value=appointment["tel"],
            errors=state.field_errors,
        ),
        rx.el.div(
            text_area(
                t("appointments.notes"),
                "notes",
                rows=3,
                default_value=appointment["notes"],
                errors=state.field_errors,
            ),
            class_name="col-span-full",
        ),
        class_name="grid grid-cols-2 gap-4 pt-4 pb-4 max-sm:grid-cols-1",
    )


def _messages() -> rx.Component:
    """What was written about it; nothing where nothing was."""
    heading = rx.el.div(
        rx.el.h3(t("nav.messages"), class_name="text-base font-semibold"),
        text_link(t("appointments.all_messages"), appointment["messages_href"]),
        class_name="flex items-center justify-between gap-3 pb-2",
    )
    lines = rx.el.ol(rx.foreach(state.messages, _message), class_name="flex flex-col gap-2.5")
    return rx.cond(state.messages.length() > 0, rx.el.section(heading, lines, aria_label=t("nav.messages")))


def _message(line: Any) -> rx.Component:
    who = rx.cond(line["outbound"], localize(line["status"], "messages.status", *MessageStatus), t("messages.received"))
    return rx.el.li(
        rx.el.p(line["text"], class_name="line-clamp-2 break-words text-base"),
        rx.el.p(
            message_mark(line),
            rx.el.span(relative_time(line["at"], session.timezone), " · ", who),
            class_name="flex items-center gap-1.5 text-sm text-muted tnum",
        ),
        key=line["id"],
        class_name="border-l-2 border-border pl-3",
    )


def _history() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("appointments.history"), class_name="pb-2 text-base font-semibold"),
        rx.el.ol(rx.foreach(state.history, _entry), class_name="flex flex-col gap-2.5"),
        aria_label=t("appointments.history"),
    )


def _entry(entry: Any) -> rx.Component:
    actors = {
        "user": t("appointments.by.person"),
        "api_key": t("appointments.by.program"),
        "endpoint": t("appointments.by.agent"),
        "client": t("appointments.by.client"),
    }
    who = rx.cond(
        entry["who"] != "", entry["who"], rx.match(entry["actor"], *actors.items(), t("appointments.by_system"))
    )
    to = rx.fragment(
        ": ",
        format_datetime(entry["to"], "full", session.timezone),
        rx.cond(entry["person"] != "", " · " + entry["person"].to(str), ""),
    )
    return rx.el.li(
        rx.el.p(
            localize(entry["change"], "appointments.changed", *(str(change) for change in Change)),
            rx.cond(entry["to"] != "", to),
            class_name="text-base tnum",
        ),
        rx.el.p(who, " · ", relative_time(entry["at"], session.timezone), class_name="text-sm text-muted tnum"),
        key=entry["id"],
        class_name="border-l-2 border-border pl-3",
    )


def _skeleton() -> rx.Component:
    return skeleton(
        skeleton_bar("h-9 w-2/3"),
        skeleton_bar("h-24 w-full"),
        skeleton_bar("h-40 w-full"),
        skeleton_bar("h-16 w-4/5"),
        class_name="flex flex-col gap-4",
    )
