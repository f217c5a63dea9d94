"""Agenci: a card for each, and beside them the chosen one with its sections."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import card, icon_button, link_button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.tabs import link_tabs
from sekretarka.ui.components.view_states import empty, error, form_skeleton, skeleton
from sekretarka.ui.detail_panel import detail_column, list_and_detail
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.agents.cards import agent_card, agent_card_skeleton
from sekretarka.ui.pages.agents.connection import AgentConnectionState
from sekretarka.ui.pages.agents.connection_panel import connection
from sekretarka.ui.pages.agents.create_dialog import new_agent
from sekretarka.ui.pages.agents.editing import EditAgentState
from sekretarka.ui.pages.agents.sections import greeting, knowledge, permissions, voice
from sekretarka.ui.pages.agents.state import PATH, TABS, AgentsState
from sekretarka.ui.pages.agents.test_call_state import TestCallState
from sekretarka.ui.state_vars import allowed, state_vars
from sekretarka.ui.text import t

state = state_vars(AgentsState)
editing = state_vars(EditAgentState)

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
    on_load=(AgentsState.load, EditAgentState.load, AgentConnectionState.load, TestCallState.load),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/agents."""
    may = allowed(Permission.AGENTS_WRITE)
    return rx.fragment(
        page_views(
            state,
            _full(may),
            skeleton=skeleton(*[agent_card_skeleton()] * 3, class_name=CARDS),
            failed=t("agents.failed"),
            is_empty=state.rows.length() == 0,
            empty=card(_none_yet(may)),
        ),
        rx.cond(may, new_agent()),
    )


def _full(may: Any) -> rx.Component:
    cards = rx.foreach(state.rows, lambda row: agent_card(row, state.selected == row["id"], state.toggle, may))
    selected = state.selected != ""
    return list_and_detail(rx.el.div(cards, class_name=rx.cond(selected, BESIDE, CARDS)), _detail(may), selected)


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
    return detail_column(
        rx.cond(
            editing.failed,
            error(t("agents.failed_one"), on_retry=editing.load),
            rx.cond(shown, panels, form_skeleton("grid grid-cols-2 gap-x-4 gap-y-5 p-4 max-sm:grid-cols-1")),
        ),
        title=editing.agent["name"],
        path=PATH,
        back=t("agents.back"),
        tabs=link_tabs(tabs, label=t("agents.tabs"), value=state.tab),
        actions=rx.cond(may, _delete()),
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
