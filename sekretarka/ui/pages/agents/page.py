"""Agenci: a card for each, and beside them the chosen one with its sections."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import card, icon, icon_button, link, link_button
from sekretarka.ui.components.dialog import confirm, dialog
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.form import edit_form, leave_guard
from sekretarka.ui.components.tabs import link_tabs
from sekretarka.ui.components.view_states import empty, error, skeleton, skeleton_bar, view_states
from sekretarka.ui.errors import field_error
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.pages.agents.cards import agent_card
from sekretarka.ui.pages.agents.connection import AgentConnection
from sekretarka.ui.pages.agents.connection_panel import connection
from sekretarka.ui.pages.agents.editing import AgentEditing
from sekretarka.ui.pages.agents.sections import LANGUAGES, greeting, knowledge, permissions, voice
from sekretarka.ui.pages.agents.state import PATH, TABS, AgentsState
from sekretarka.ui.pages.agents.test_call_state import AgentTest
from sekretarka.ui.state_vars import allowed, state_vars
from sekretarka.ui.text import t

state = state_vars(AgentsState)
editing = state_vars(AgentEditing)

CARDS = "grid grid-cols-3 gap-4 max-xl:grid-cols-2 max-md:grid-cols-1"
BESIDE = "grid grid-cols-1 gap-3 lg:sticky lg:top-[76px] lg:w-[320px] lg:shrink-0 max-lg:hidden"


def _actions() -> rx.Component:
    return rx.cond(
        allowed(Permission.AGENTS_WRITE) & (state.rows.length() > 0),
        link_button(t("agents.new"), to=f"{PATH}?new=1", icon_name="plus", variant="primary"),
    )


@dashboard_page(
    PATH,
    t("nav.agents"),
    icon="bot",
    keys="g a",
    requires=Permission.AGENTS_READ,
    on_load=(AgentsState.load, AgentEditing.load, AgentConnection.load, AgentTest.load),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/agents."""
    may = allowed(Permission.AGENTS_WRITE)
    return rx.fragment(
        view_states(
            loading=state.loading,
            failed=state.failed,
            is_empty=state.rows.length() == 0,
            skeleton=_skeleton(),
            empty=card(_none_yet(may)),
            error=card(error(t("agents.failed"), on_retry=state.load)),
            full=_full(may),
        ),
        rx.cond(may, _new_agent()),
        leave_guard(),
    )


def _full(may: Any) -> rx.Component:
    cards = rx.foreach(state.rows, lambda row: agent_card(row, state.selected == row["id"], state.toggle, may))
    chosen = state.selected != ""
    return rx.el.div(
        rx.el.div(cards, class_name=rx.cond(chosen, BESIDE, CARDS)),
        rx.cond(chosen, _detail(may)),
        class_name="flex flex-col gap-4 lg:flex-row lg:items-start [&>*:only-child]:w-full",
    )


def _detail(may: Any) -> rx.Component:
    tabs = [(tab, t(f"agents.tab.{tab}"), f"{PATH}?agent=" + state.selected + f"&tab={tab}") for tab in TABS]
    panels = rx.match(
        state.tab,
        ("greeting", greeting(may)),
        ("knowledge", knowledge(may)),
        ("permissions", permissions(may)),
        ("connection", connection(may)),
        voice(may),
    )
    shown = editing.agent["id"] == state.selected
    return rx.el.div(
        link(
            icon("arrow_left", 16),
            t("agents.back"),
            to=PATH,
            class_name="inline-flex h-10 items-center gap-1.5 self-start text-base font-medium text-muted lg:hidden",
        ),
        card(
            rx.el.header(
                rx.el.h2(editing.agent["name"], class_name="min-w-0 flex-1 truncate text-lg font-semibold"),
                rx.cond(may, _delete()),
                link(
                    icon("x", 18),
                    to=PATH,
                    aria_label=t("common.close"),
                    title=t("common.close"),
                    class_name="grid size-9 place-items-center rounded-md text-muted hover:bg-hover hover:text-text "
                    "max-lg:hidden",
                ),
                class_name="flex items-center gap-1 py-2 pl-4 pr-2 max-sm:pl-3.5",
            ),
            link_tabs(tabs, label=t("agents.tabs"), value=state.tab),
            rx.cond(
                editing.failed,
                error(t("agents.failed_one"), on_retry=editing.load),
                rx.cond(shown, panels, _panel_skeleton()),
            ),
            class_name="min-w-0",
            aria_label=editing.agent["name"],
        ),
        class_name="flex min-w-0 flex-1 flex-col max-lg:gap-1",
    )


def _delete() -> rx.Component:
    return confirm(
        t("agents.delete_title"),
        name=editing.agent["name"],
        description=t("agents.delete_text"),
        action=t("agents.delete_action"),
        on_confirm=state.delete(state.selected),
        trigger=icon_button("trash_2", t("agents.delete_action")),
    )


def _none_yet(may: Any) -> rx.Component:
    action = link_button(t("agents.new"), to=f"{PATH}?new=1", icon_name="plus", variant="primary")
    return empty(
        t("agents.none"), icon_name="bot", hint=t("agents.none_hint"), action=rx.cond(may, action, rx.fragment())
    )


def _new_agent() -> rx.Component:
    form = edit_form(
        rx.el.div(
            text_field(
                t("agents.name"),
                "name",
                auto_focus=True,
                placeholder=t("agents.name_example"),
                error=field_error(state.field_errors, "name"),
            ),
            choice_field(
                t("agents.language"), "language", LANGUAGES, error=field_error(state.field_errors, "language")
            ),
            text_field(
                t("agents.phone"),
                "phoneNumber",
                type="tel",
                hint=t("agents.phone_hint"),
                error=field_error(state.field_errors, "phoneNumber"),
            ),
            class_name="flex flex-col gap-4",
        ),
        revision=0,
        attempt=state.attempt,
        on_submit=state.create,
        action=t("agents.create"),
        guarded=False,
    )
    return dialog(
        t("agents.new"),
        form,
        description=t("agents.new_hint"),
        open_=state.creating,
        on_open_change=lambda is_open, _details: state.close(is_open),
    )


def _skeleton() -> rx.Component:
    one = rx.el.div(
        rx.el.div(
            skeleton_bar("size-9 rounded-full"),
            rx.el.div(skeleton_bar("h-4 w-24"), skeleton_bar("h-3.5 w-32"), class_name="flex flex-1 flex-col gap-1.5"),
            skeleton_bar("h-5 w-9 rounded-full"),
            class_name="flex items-center gap-3",
        ),
        skeleton_bar("h-5 w-40 rounded-full"),
        rx.el.div(
            skeleton_bar("h-9 w-full"),
            skeleton_bar("h-9 w-full"),
            skeleton_bar("h-9 w-full"),
            class_name="grid grid-cols-3 gap-3",
        ),
        class_name="flex flex-col gap-4 rounded-lg border border-border bg-surface p-4",
    )
    return skeleton(one, one, one, class_name=CARDS)


def _panel_skeleton() -> rx.Component:
    field = rx.el.div(skeleton_bar("h-4 w-24"), skeleton_bar("h-9 w-full"), class_name="flex flex-col gap-1.5")
    return skeleton(*[field] * 4, class_name="grid grid-cols-2 gap-x-4 gap-y-5 p-4 max-sm:grid-cols-1")
