"""Zespół i role: members, open invitations, what each role may do, and the way out."""

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import button, card
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.view_states import table_skeleton
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.team.invitations import invitations, invite_dialog
from sekretarka.ui.pages.team.members import members
from sekretarka.ui.pages.team.roles import roles_card
from sekretarka.ui.pages.team.state import PATH, TeamState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import t

state = state_vars(TeamState)


@settings_page(
    PATH,
    t("settings.team"),
    icon="users",
    requires=Permission.ORGANIZATIONS_READ,
    on_load=(TeamState.load,),
)
def page() -> rx.Component:
    """The page of /dashboard/settings/team."""
    may_see = allowed(Permission.MEMBERS_READ)
    may = allowed(Permission.MEMBERS_WRITE)
    return rx.fragment(
        page_views(
            state,
            rx.fragment(members(may), rx.cond(state.invited.length() > 0, invitations(may))),
            skeleton=card(table_skeleton(4)),
            failed=t("team.failed"),
            is_empty=~may_see,
            empty=read_only_notice(t("team.names_only")),
        ),
        roles_card(session.role),
        _leaving(),
        rx.cond(may, invite_dialog()),
    )


def _leaving() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.h2(t("team.leave"), class_name="text-base font-semibold"),
                rx.el.p(t("team.leave_hint"), class_name="text-sm text-muted"),
                class_name="min-w-0 flex-1",
            ),
            confirm(
                t("team.leave_title"),
                name=session.organization,
                description=t("team.leave_text"),
                action=t("team.leave"),
                on_confirm=state.leave,
                trigger=button(t("team.leave"), class_name="text-danger!"),
            ),
            class_name="flex items-center justify-between gap-4 px-4 py-4 max-sm:flex-col max-sm:items-start",
        )
    )
