"""Usługi i zespół: services by category with the one that is open in a panel, and the staff."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import card, link_button
from sekretarka.ui.components.choice import segmented
from sekretarka.ui.components.search import search_box
from sekretarka.ui.components.view_states import empty, table_skeleton
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.list_page import clear_filters
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.services.detail_panel import service_panel
from sekretarka.ui.pages.services.schedule import ScheduleState
from sekretarka.ui.pages.services.staff_page import staff_view
from sekretarka.ui.pages.services.staff_state import STAFF_PATH, StaffState
from sekretarka.ui.pages.services.state import PATH, ServicesState
from sekretarka.ui.pages.services.table import services_table
from sekretarka.ui.state_vars import allowed, state_vars
from sekretarka.ui.text import t

state = state_vars(ServicesState)

NEW = {"services": f"{PATH}?service=new", "staff": f"{STAFF_PATH}&person=new"}


@dashboard_page(
    PATH,
    t("nav.services"),
    icon="concierge_bell",
    keys="g s",
    requires=Permission.SERVICES_READ,
    on_load=(ServicesState.load, StaffState.load, ScheduleState.load),
)
def page() -> rx.Component:
    """The page of /dashboard/services."""
    may = allowed(Permission.SERVICES_WRITE)
    may_staff = allowed(Permission.STAFF_WRITE)
    views = [("services", t("services.tab"), PATH), ("staff", t("staff.tab"), STAFF_PATH)]
    return rx.fragment(
        rx.el.div(
            segmented(views, label=t("services.views"), value=state.tab),
            rx.cond(
                (state.tab != "staff") & (state.categories.length() > 0),
                rx.el.div(
                    search_box(t("services.search"), value=state.search, on_search=state.search_for),
                    role="search",
                    aria_label=t("services.search"),
                    class_name="max-w-96 flex-1 sm:mr-auto max-sm:order-last max-sm:max-w-none max-sm:basis-full",
                ),
            ),
            rx.cond(
                state.tab == "staff",
                rx.cond(may_staff, _add("staff.new", "staff")),
                rx.cond(may, _add("services.new", "services")),
            ),
            class_name="flex flex-wrap items-center justify-between gap-3 pb-4",
        ),
        rx.cond(state.tab == "staff", staff_view(may_staff), _services(may)),
    )


def _add(label: str, what: str) -> rx.Component:
    return link_button(t(label), to=NEW[what], icon_name="plus", variant="primary")


def _services(may: Any) -> rx.Component:
    return rx.fragment(
        card(
            page_views(
                state,
                rx.cond(state.shown.length() > 0, services_table(may), _none_found()),
                skeleton=table_skeleton(6),
                failed=t("services.failed"),
                is_empty=state.categories.length() == 0,
                empty=empty(
                    t("services.none"),
                    icon_name="concierge_bell",
                    hint=t("services.none_hint"),
                    action=rx.cond(may, _add("services.new", "services"), rx.fragment()),
                ),
                framed=False,
            ),
        ),
        service_panel(may),
    )


def _none_found() -> rx.Component:
    return empty(t("services.none_found"), icon_name="search_x", action=clear_filters(PATH))
