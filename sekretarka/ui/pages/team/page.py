"""Zespół i role: members, open invitations, what each role may do, and the way out."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission, Role
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import avatar, button, card, card_header, cx, icon_button, link_button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.field import field, native_select, text_field
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.view_states import table_skeleton
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.errors import field_error
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.team.roles import roles_card
from sekretarka.ui.pages.team.state import PATH, TeamState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import format_datetime, localize, relative_time, t

state = state_vars(TeamState)

ROLES = tuple(str(role) for role in Role)
INVITE = f"{PATH}?invite=1"


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
            rx.fragment(_members(may), rx.cond(state.invited.length() > 0, _invitations(may))),
            skeleton=card(table_skeleton(4)),
            failed=t("team.failed"),
            is_empty=~may_see,
            empty=read_only_notice(t("team.names_only")),
        ),
        roles_card(session.role),
        _leaving(),
        rx.cond(may, _inviting()),
    )


def _members(may: Any) -> rx.Component:
    invite = link_button(t("team.invite"), to=INVITE, icon_name="user_plus", variant="primary")
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
        on_change=lambda role: state.change_role(row["id"], role),
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


def _invitations(may: Any) -> rx.Component:
    return card(
        card_header(t("team.invitations"), hint=t("team.invitations_hint")),
        rx.el.ul(rx.foreach(state.invited, lambda row: _invitation(row, may)), aria_label=t("team.invitations")),
    )


def _invitation(row: Any, may: Any) -> rx.Component:
    expired = row["status"] == "expired"
    until = t("team.valid", day=format_datetime(row["expires_at"], "day", session.timezone))
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["email"], class_name="truncate font-medium"),
            rx.el.p(
                localize(row["role"], "role", *ROLES),
                rx.cond(expired, rx.fragment(), rx.fragment(" · ", until)),
                class_name="text-sm text-muted tnum",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(expired, badge(t("team.expired"), icon_name="clock", tone="warning")),
        rx.cond(may & ~row["locked"], _answers(row)),
        key=row["id"],
        class_name="flex items-center gap-3 border-t border-border px-4 py-2.5 max-sm:px-3.5",
    )


def _answers(row: Any) -> rx.Component:
    again = icon_button("send", t("team.resend", email=row["email"]), size="sm", on_click=state.resend(row["id"]))
    back = confirm(
        t("team.revoke_title"),
        name=row["email"],
        description=t("team.revoke_text"),
        action=t("team.revoke"),
        on_confirm=state.revoke(row["id"]),
        trigger=icon_button("x", t("team.revoke_one", email=row["email"]), size="sm"),
    )
    return rx.el.div(again, back, class_name="flex justify-end gap-1")


def _inviting() -> rx.Component:
    return create_dialog(
        state,
        text_field(
            t("auth_form.email"),
            "email",
            type="email",
            auto_focus=True,
            auto_complete="off",
            error=field_error(state.field_errors, "email"),
        ),
        field(t("team.role"), "role", _role_choices(), error=field_error(state.field_errors, "role")),
        title=t("team.invite_title"),
        description=t("team.invite_hint"),
        action=t("team.send"),
        on_submit=state.invite,
    )


def _role_choices() -> rx.Component:
    """One line says what each may do; the most common one is chosen."""
    owner, *others = ROLES
    choices = [rx.cond(session.role == owner, _role_choice(owner)), *map(_role_choice, others)]
    return rx.el.div(*choices, role="radiogroup", aria_label=t("team.role"), class_name="flex flex-col gap-2")


def _role_choice(role: str) -> rx.Component:
    box = "flex cursor-pointer items-start gap-3 rounded-md border border-border px-3 py-2 hover:bg-hover"
    return rx.el.label(
        rx.el.input(
            type="radio", name="role", value=role, default_checked=role == Role.STAFF, class_name="mt-1 accent-accent"
        ),
        rx.el.span(
            rx.el.span(t(f"role.{role}"), class_name="block text-base font-medium first-letter:uppercase"),
            rx.el.span(t(f"team.about.{role}"), class_name="block text-sm text-muted"),
        ),
        class_name=cx(box, "has-checked:border-accent has-checked:bg-accent-soft"),
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
