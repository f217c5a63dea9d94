"""Members: who they are, their roles, and taking one out."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import avatar, card, card_header, icon_button, link_button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.field import native_select
from sekretarka.ui.pages.team.invitations import ROLES
from sekretarka.ui.pages.team.state import PATH, TeamState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import localize, relative_time, t

state = state_vars(TeamState)


def members(may: Any) -> rx.Component:
    """The list, with the way to invite somebody."""
    invite = link_button(t("team.invite"), to=f"{PATH}?invite=1", icon_name="user_plus", variant="primary")
    return card(
        card_header(t("team.members"), rx.cond(may, invite), hint=t("team.members_hint")),
        rx.el.ul(rx.foreach(state.rows, lambda row: _member(row, may)), aria_label=t("team.members")),
    )


def _member(row: Any, may: Any) -> rx.Component:
    """On a phone the role stands under the name."""
    own_mark = rx.cond(row["me"], rx.el.span(t("team.you"), class_name="text-sm font-normal text-muted"))
    return rx.el.li(
        rx.el.div(
            avatar(row["name"]),
            rx.el.div(
                rx.el.p(rx.el.span(row["name"]), " ", own_mark, class_name="truncate font-medium"),
                rx.el.p(row["email"], class_name="truncate text-sm text-muted"),
                class_name="min-w-0",
            ),
            class_name="flex min-w-0 items-center gap-3 max-sm:col-start-1 max-sm:row-start-1",
        ),
        rx.el.div(_role(row, may), class_name="max-sm:col-start-1 max-sm:row-start-2 max-sm:pl-10"),
        rx.el.p(_seen(row), class_name="max-md:hidden"),
        rx.el.div(
            rx.cond(may & ~row["me"] & ~row["locked"], _removing(row)),
            class_name="max-sm:col-start-2 max-sm:row-start-1",
        ),
        key=row["id"],
        class_name="grid grid-cols-[minmax(0,1fr)_11rem_8rem_2rem] items-center gap-x-4 gap-y-2 border-t border-border "
        "px-4 py-2.5 max-md:grid-cols-[minmax(0,1fr)_11rem_2rem] max-sm:grid-cols-[minmax(0,1fr)_2rem] max-sm:px-3.5",
    )


def _role(row: Any, may: Any) -> rx.Component:
    chooser = native_select(
        *_role_options(),
        name=f"role-{row['id']}",
        value=row["role"],
        on_change=lambda role: state.change_role(row["id"], role, row["role"]),
        aria_label=t("team.role_of", name=row["name"]),
    )
    return rx.cond(may & ~row["locked"], chooser, rx.el.span(localize(row["role"], "role", *ROLES)))


def _role_options() -> list[Any]:
    """Nobody hands out more than they have: ownership is for owners to give."""
    owner, *others = ROLES
    options = [rx.el.option(t(f"role.{role}"), value=role) for role in others]
    return [rx.cond(session.role == owner, rx.el.option(t(f"role.{owner}"), value=owner)), *options]


def _seen(row: Any) -> rx.Component:
    at = rx.el.span(t("team.seen", at=relative_time(row["seen"], session.timezone)), class_name="tnum")
    label = rx.cond(row["seen"] != "", at, t("team.not_signed_in"))
    return rx.el.span(label, class_name="text-sm text-muted")


def _removing(row: Any) -> rx.Component:
    return confirm(
        t("team.remove_title"),
        name=row["name"],
        description=t("team.remove_text"),
        action=t("team.remove"),
        on_confirm=state.remove(row["id"]),
        trigger=icon_button("user_minus", t("team.remove_one", name=row["name"]), size="sm"),
    )
