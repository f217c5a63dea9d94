"""The panel of one service: new, or the one that is open."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import button
from sekretarka.ui.components.dialog import confirm, detail_panel
from sekretarka.ui.components.editors import checkbox_group_field, switch_field
from sekretarka.ui.components.field import text_area, text_field
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.page_views import new_form, state_form
from sekretarka.ui.pages.services.state import NEW, ServicesState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(ServicesState)

CATEGORIES = "categories"


def service_panel(may: Any) -> rx.Component:
    """The form of the service, beside the list."""
    is_new = state.opened == NEW
    form = rx.cond(
        state.record["id"] == "",
        rx.cond(may, new_form(state, _fields(), name="service.new", on_submit=state.create, action=t("form.save"))),
        state_form(state, _fields(), name="service", on_submit=state.save, read_only=~may),
    )
    return detail_panel(
        rx.cond(is_new, t("services.new"), state.form["name"]),
        rx.cond(may, rx.fragment(), read_only_notice(t("services.read_only"))),
        rx.el.div(form, class_name="-mx-4 max-md:[&_[data-dirty]]:bottom-0!"),
        rx.cond(may & ~is_new, rx.el.div(_archive(), class_name="pt-4")),
        open_=state.opened != "",
        on_open_change=lambda is_open, _details: state.close(is_open),
    )


def _archive() -> rx.Component:
    return confirm(
        t("services.archive_title"),
        name=state.form["name"],
        description=t("services.archive_text"),
        action=t("services.archive"),
        on_confirm=state.archive(state.form["id"]),
        trigger=button(t("services.archive"), icon_name="archive", class_name="text-danger!"),
    )


def _text(name: str, **props: Any) -> rx.Component:
    return text_field(
        t(f"services.{name}"),
        name,
        default_value=state.form[name],
        errors=state.field_errors,
        **props,
    )


def _number(name: str, **props: Any) -> rx.Component:
    return _text(name, input_mode="numeric", max_length=6, class_name="min-w-0", **props)


def _fields() -> rx.Component:
    return rx.el.div(
        _text("name", auto_focus=state.opened == NEW, class_name="col-span-2"),
        _text("category", class_name="col-span-2", list=CATEGORIES, placeholder=t("services.category_example")),
        rx.el.datalist(
            rx.foreach(state.categories, lambda category: rx.el.option(value=category["name"])), id=CATEGORIES
        ),
        _number("duration", hint=t("services.in_minutes")),
        _text("price", input_mode="decimal", max_length=14, hint=t("services.in", currency=state.currency.upper())),
        _number("bufferBefore", hint=t("services.in_minutes")),
        _number("bufferAfter", hint=t("services.in_minutes")),
        checkbox_group_field(
            t("services.who"),
            "staffIds",
            state.form["staffIds"],
            state.staff_names,
            empty=t("services.no_people"),
            hint=t("services.who_hint"),
            errors=state.field_errors,
            class_name="col-span-2",
        ),
        rx.el.div(
            text_area(
                t("services.description"),
                "description",
                rows=3,
                default_value=state.form["description"],
                hint=t("services.description_hint"),
                errors=state.field_errors,
            ),
            class_name="col-span-2",
        ),
        switch_field("isActive", t("services.active"), state.form["isActive"], hint=t("services.active_hint")),
        class_name="grid grid-cols-2 gap-x-4 gap-y-5 px-4 pb-5",
    )
