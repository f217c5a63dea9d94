"""Integracje: a card for each SMS gateway, what can be connected, and the dialogs that do it."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.badge import badge, badge_for
from sekretarka.ui.components.basics import button, card, card_header, icon, link_button
from sekretarka.ui.components.clipboard import copyable
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.view_states import card_skeleton
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.integrations.connect import ConnectState
from sekretarka.ui.pages.integrations.fields import credential_fields, name_field, number_field, price_field
from sekretarka.ui.pages.integrations.panel import gateway_panel
from sekretarka.ui.pages.integrations.state import OK, PATH, VENDORS, IntegrationsState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import localize, money, t

state = state_vars(IntegrationsState)
connecting = state_vars(ConnectState)

PROBLEMS = ("credentials", "no_credit", "sender_rejected")
RESULTS = (OK, "credentials", "no_credit", "rate_limited", "unavailable")
INSIDE = "px-4 pb-4 max-sm:px-3.5"


@settings_page(
    PATH,
    t("settings.integrations"),
    icon="plug",
    requires=Permission.ORGANIZATIONS_WRITE,
    on_load=(IntegrationsState.load, ConnectState.load),
)
def page() -> rx.Component:
    """The page of /dashboard/settings/integrations."""
    return rx.fragment(
        page_views(
            state,
            rx.fragment(rx.foreach(state.rows, _gateway), rx.cond(state.rows.length() < 2, _offers())),
            skeleton=card(card_skeleton()),
            failed=t("integrations.failed"),
        ),
        gateway_panel(),
        _connect(),
    )


def _vendor(code: Any) -> Any:
    return localize(code, "integrations.vendor", *VENDORS)


def _gateway(row: Any) -> rx.Component:
    place = rx.cond(
        row["first"],
        badge(t("integrations.first"), icon_name="check", tone="success"),
        badge(t("integrations.second"), icon_name="life_buoy"),
    )
    return card(
        card_header(
            _vendor(row["vendor"]), place, hint=rx.cond(row["first"], t("integrations.hint"), t("integrations.spare"))
        ),
        rx.cond(row["problem"] != "", _problem(row)),
        _facts(row),
        rx.el.div(
            rx.el.h3(t("integrations.callback"), class_name="text-sm font-medium"),
            rx.el.p(localize(row["vendor"], "integrations.callback_hint", *VENDORS), class_name="text-sm text-muted"),
            rx.el.div(copyable(row["callback"], label=t("integrations.callback_copy")), class_name="pt-2"),
            class_name=INSIDE,
        ),
        _actions(row),
        key=row["id"],
        custom_attrs={"data-gateway": row["vendor"]},
    )


def _problem(row: Any) -> rx.Component:
    return rx.el.p(
        icon("triangle_alert", 16, class_name="mt-0.5"),
        rx.el.span(localize(row["problem"], "integrations.problem", *PROBLEMS)),
        role="status",
        class_name="mx-4 mb-3 flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger "
        "max-sm:mx-3.5",
    )


def _facts(row: Any) -> rx.Component:
    facts = [
        ("number", [rx.cond(row["number"] != "", row["number"], "–")]),
        ("name", [rx.cond(row["name"] != "", row["name"], "–"), _status(row["status"])]),
        ("price", [rx.cond(row["price"] > 0, money(row["price"], row["currency"]), "–")]),
    ]
    return rx.el.dl(
        *(
            rx.el.div(
                rx.el.dt(t(f"integrations.{key}"), class_name="text-sm text-muted"),
                rx.el.dd(*values, class_name="flex flex-wrap items-center gap-x-2 text-base font-medium tnum"),
            )
            for key, values in facts
        ),
        class_name=f"grid grid-cols-[auto_1fr_auto] gap-x-8 gap-y-3 max-sm:grid-cols-1 {INSIDE}",
    )


def _status(status: Any) -> rx.Component:
    return badge_for(
        status,
        {
            "pending": badge(t("integrations.status.pending"), icon_name="clock", tone="warning"),
            "approved": badge(t("integrations.status.approved"), icon_name="check", tone="success"),
            "rejected": badge(t("integrations.status.rejected"), icon_name="ban", tone="danger"),
        },
    )


def _actions(row: Any) -> rx.Component:
    result = state.results[row["id"]]
    remove = confirm(
        t("integrations.remove_title"),
        name=_vendor(row["vendor"]),
        description=t("integrations.remove_text"),
        action=t("integrations.remove"),
        on_confirm=state.remove(row["id"]),
        trigger=button(t("integrations.remove"), icon_name="trash_2", variant="ghost", size="sm"),
    )
    return rx.el.div(
        rx.el.div(
            button(
                t("integrations.check"),
                icon_name="plug_zap",
                size="sm",
                pending=state.checking == row["id"],
                on_click=state.check(row["id"]),
            ),
            link_button(t("integrations.change"), to=f"{PATH}?id=" + row["id"], icon_name="pencil", size="sm"),
            rx.cond(
                ~row["first"],
                button(
                    t("integrations.use_first"), icon_name="arrow_up", size="sm", on_click=state.use_first(row["id"])
                ),
            ),
            remove,
            class_name="flex flex-wrap items-center gap-2",
        ),
        rx.el.p(
            rx.cond(
                result & (state.checking != row["id"]),
                rx.fragment(
                    rx.cond(
                        result == OK,
                        icon("circle_check", 16, class_name="mt-0.5 text-success"),
                        icon("circle_x", 16, class_name="mt-0.5 text-danger"),
                    ),
                    rx.el.span(
                        rx.cond(
                            rx.Var.create(list(RESULTS)).contains(result),
                            localize(result, "integrations.result", *RESULTS),
                            t("integrations.result.other"),
                        )
                    ),
                ),
            ),
            role="status",
            class_name="flex items-start gap-2 text-sm empty:hidden",
        ),
        class_name="flex flex-col gap-3 border-t border-border px-4 py-3 max-sm:px-3.5",
    )


def _offers() -> rx.Component:
    """The vendors that can be connected."""
    none = state.rows.length() == 0
    return card(
        card_header(
            rx.cond(none, t("integrations.sms"), t("integrations.second_sms")),
            hint=rx.cond(none, t("integrations.sms_hint"), t("integrations.second_sms_hint")),
        ),
        rx.el.ul(
            *(
                rx.el.li(
                    rx.el.div(
                        rx.el.p(t(f"integrations.vendor.{vendor}"), class_name="text-base font-medium"),
                        rx.el.p(t(f"integrations.about.{vendor}"), class_name="text-sm text-muted"),
                        class_name="min-w-0 flex-1",
                    ),
                    link_button(
                        t("integrations.connect", vendor=t(f"integrations.vendor.{vendor}")),
                        to=f"{PATH}?new={vendor}",
                        icon_name="plus",
                        size="sm",
                    ),
                    class_name="flex items-center justify-between gap-4 border-t border-border px-4 py-3 "
                    "max-sm:flex-col max-sm:items-start max-sm:gap-2 max-sm:px-3.5",
                )
                for vendor in VENDORS
            ),
            aria_label=t("integrations.sms"),
        ),
    )


def _connect() -> rx.Component:
    errors = connecting.field_errors
    return create_dialog(
        connecting,
        credential_fields(connecting.vendor, errors, focus=True),
        number_field(errors),
        name_field(errors),
        price_field(errors),
        name="gateway.new",
        title=t("integrations.connect", vendor=_vendor(connecting.vendor)),
        description=localize(connecting.vendor, "integrations.where", *VENDORS),
        action=t("integrations.connect_action"),
        on_submit=connecting.create,
        class_name="top-[6vh]! max-h-[88vh] overflow-y-auto scroll-fade",
    )
