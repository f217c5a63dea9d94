"""Organizacja: the business's data, its address, and its end."""

from typing import Any

import phonenumbers
import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import card, card_header
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.form import read_only_notice, typed_confirm
from sekretarka.ui.components.search_select import country_field, zone_field
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import new_form, page_views, state_form
from sekretarka.ui.pages.organization.state import OrganizationState
from sekretarka.ui.state_vars import allowed, state_vars
from sekretarka.ui.text import t

state = state_vars(OrganizationState)

PATH = "/dashboard/settings/organization"
INDUSTRIES = ("beauty", "health", "automotive", "home", "legal", "education", "fitness", "hospitality", "other")
TYPES = ("salon", "clinic", "practice", "workshop", "studio", "office", "restaurant", "shop", "other")
COUNTRIES = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
GRID = "grid grid-cols-2 gap-x-4 gap-y-5 px-4 pb-5 pt-1 max-sm:grid-cols-1 max-sm:px-3.5"


@settings_page(
    PATH,
    t("settings.organization"),
    icon="building_2",
    on_load=(OrganizationState.load,),
)
def page() -> rx.Component:
    """The page of /dashboard/settings/organization."""
    return rx.fragment(
        page_views(
            state,
            _forms(),
            skeleton=_skeleton(),
            failed=t("organization.failed"),
            is_empty=state.missing,
            empty=_founding(),
        ),
    )


def _forms() -> rx.Component:
    may = allowed(Permission.ORGANIZATIONS_WRITE)
    may_delete = allowed(Permission.ORGANIZATIONS_DELETE)
    return rx.fragment(
        rx.cond(may, rx.fragment(), read_only_notice(t("organization.read_only"))),
        card(
            card_header(t("organization.company"), hint=t("organization.company_hint")),
            _form("company", _company(), state.save_company, read_only=~may),
        ),
        card(
            card_header(t("organization.place"), hint=t("organization.place_hint")),
            _form("place", _place(), state.save_place, read_only=~may),
        ),
        card(
            card_header(t("organization.rules"), hint=t("organization.rules_hint")),
            _form("rules", _rules(), state.save_rules, read_only=~may),
        ),
        rx.cond(may_delete, _ending()),
    )


def _form(name: str, fields: rx.Component, on_submit: Any, *, read_only: Any) -> rx.Component:
    return state_form(state, fields, name=f"organization.{name}", on_submit=on_submit, read_only=read_only)


def _text(name: str, label: str, **props: Any) -> rx.Component:
    return text_field(t(label), name, default_value=state.values[name], errors=state.field_errors, **props)


def _known(name: str, codes: tuple[str, ...]) -> rx.Component:
    """A choice of common codes; what a program stored beyond them stays selectable."""
    value = state.values[name]
    options = [rx.el.option(t(f"organization.{name}.{code}"), value=code) for code in codes]
    listed = rx.Var.create(["", *codes]).contains(value)
    return choice_field(
        t(f"organization.{name}"),
        name,
        {},
        extra=[
            rx.el.option(t("organization.unknown"), value=""),
            *options,
            rx.cond(listed, rx.fragment(), rx.el.option(value, value=value)),
        ],
        default_value=value,
        errors=state.field_errors,
    )


def _company() -> rx.Component:
    return rx.el.div(
        _text("name", "organization.name", class_name="sm:col-span-2"),
        _known("industry", INDUSTRIES),
        _known("businessType", TYPES),
        _text("phone", "organization.phone", type="tel"),
        _text("email", "organization.email", type="email"),
        _text("website", "organization.website", type="url", class_name="sm:col-span-2", placeholder="https://"),
        class_name=GRID,
    )


def _place() -> rx.Component:
    return rx.el.div(
        _text("street", "organization.street", class_name="sm:col-span-2"),
        _text("postalCode", "organization.postalCode"),
        _text("city", "organization.city"),
        country_field(
            t("organization.country"),
            "country",
            state.values["country"],
            COUNTRIES,
            errors=state.field_errors,
        ),
        zone_field(
            t("organization.timezone"),
            "timezone",
            state.values["timezone"],
            errors=state.field_errors,
        ),
        text_field(
            t("organization.currency"),
            "currency",
            value=state.values["currency"],
            read_only=True,
            hint=t("organization.currency_hint"),
        ),
        class_name=GRID,
    )


def _rules() -> rx.Component:
    return rx.el.div(
        _text("quietFrom", "organization.quiet_from", type="time", hint=t("organization.quiet_hint")),
        _text("quietTo", "organization.quiet_to", type="time"),
        _text("dailyLimit", "organization.daily_limit", input_mode="numeric"),
        _text("dailyLimitPerNumber", "organization.daily_limit_per_number", input_mode="numeric"),
        choice_field(
            t("organization.text_back"),
            "textBack",
            {"on": t("organization.text_back_on"), "off": t("organization.text_back_off")},
            default_value=state.values["textBack"],
            errors=state.field_errors,
        ),
        class_name=GRID,
    )


def _ending() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.h2(t("organization.delete"), class_name="text-base font-semibold"),
                rx.el.p(t("organization.delete_hint"), class_name="text-sm text-muted"),
                class_name="min-w-0 flex-1",
            ),
            typed_confirm(
                t("organization.delete"),
                name=state.values["name"],
                title=t("organization.delete_title"),
                text=t("organization.delete_text"),
                label=t("organization.delete_label"),
                action=t("organization.delete_action"),
                on_confirm=state.delete,
            ),
            class_name="flex items-center justify-between gap-4 px-4 py-4 max-sm:flex-col max-sm:items-start",
        )
    )


def _founding() -> rx.Component:
    form = new_form(
        state,
        rx.el.div(
            text_field(t("organization.name"), "name", errors=state.field_errors),
            class_name="text-left",
        ),
        name="organization.new",
        on_submit=state.create,
        action=t("organization.create"),
    )
    return card(
        empty(
            t("organization.none"),
            icon_name="building_2",
            hint=t("organization.none_hint"),
            action=rx.el.div(form, class_name="w-80 max-w-full pt-3"),
        )
    )


def _skeleton() -> rx.Component:
    field = rx.el.div(skeleton_bar("h-4 w-24"), skeleton_bar("h-9 w-full"), class_name="flex flex-col gap-1.5")
    box = "rounded-lg border border-border bg-surface"
    return skeleton(
        *(
            rx.el.div(
                rx.el.div(skeleton_bar("h-4 w-32"), class_name="px-4 py-4"),
                rx.el.div(*[field] * 4, class_name=GRID),
                class_name=box,
            )
            for _ in range(2)
        ),
        class_name="flex flex-col gap-4",
    )
