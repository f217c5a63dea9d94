"""The table of what each role may do, made from the permissions."""

from typing import Any, Literal

import reflex as rx

from sekretarka.core.permissions import ROLE_PERMISSIONS, Permission, Role
from sekretarka.ui.components.basics import Text, card, card_header, cx, icon
from sekretarka.ui.text import t

Level = Literal["write", "read", "yes", "none"]

# One's own profile is everybody's, tools are used by programs, and ending the business is a line of its own.
_ELSEWHERE = {
    Permission.USERS_READ,
    Permission.USERS_WRITE,
    Permission.TOOLS_USE,
    Permission.ORGANIZATIONS_DELETE,
}
AREAS = tuple(dict.fromkeys(permission.partition(":")[0] for permission in Permission if permission not in _ELSEWHERE))
ICONS: dict[Level, str] = {"write": "pencil", "read": "eye", "yes": "check", "none": "minus"}


def level(role: Role, area: str) -> Level:
    """How far a role gets in one area, the first part of a permission: `write`, `read` or `none`."""
    may = {permission.value for permission in ROLE_PERMISSIONS[role]}
    if f"{area}:write" in may:
        return "write"
    return "read" if f"{area}:read" in may else "none"


def roles_card(own_role: Any) -> rx.Component:
    """The table; the column of one's own role is marked."""
    heading = rx.el.tr(
        rx.el.th(t("team.area"), scope="col", class_name=cx(_CELL, _HEAD, "text-left")),
        *(
            rx.el.th(
                t(f"role.{role}"),
                scope="col",
                class_name=[_CELL, _HEAD, _own(own_role, role)],
                aria_current=_is_current(own_role, role),
            )
            for role in Role
        ),
    )
    rows = [_row(t(f"scope.{area}"), {role: level(role, area) for role in Role}, own_role) for area in AREAS]
    ends: dict[Role, Level] = {
        role: "yes" if Permission.ORGANIZATIONS_DELETE in ROLE_PERMISSIONS[role] else "none" for role in Role
    }
    return card(
        card_header(t("team.roles"), hint=t("team.roles_hint")),
        rx.el.div(
            rx.el.table(
                rx.el.caption(t("team.roles"), class_name="sr-only"),
                rx.el.thead(heading),
                rx.el.tbody(*rows, _row(t("team.ending"), ends, own_role)),
                class_name="w-full border-collapse text-base",
            ),
            class_name="scroll-fade overflow-x-auto",
        ),
        rx.el.p(t("team.staff_note"), class_name="border-t border-border px-4 py-3 text-sm text-muted max-sm:px-3.5"),
    )


_CELL = "px-2 py-2 first:pl-4 last:pr-4 max-sm:px-1 max-sm:first:pl-3.5 max-sm:last:pr-2"
_HEAD = "text-xs max-sm:text-[11px] font-medium text-muted border-b border-border text-center"


def _own(own_role: Any, role: Role) -> Any:
    return rx.cond(own_role == str(role), "bg-accent-soft", "")


def _is_current(own_role: Any, role: Role) -> Any:
    return rx.cond(own_role == str(role), "true", "false")


def _row(label: Text, levels: dict[Role, Level], own_role: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(label, scope="row", class_name=cx(_CELL, "text-left font-normal")),
        *(
            rx.el.td(_mark(how), class_name=[_CELL, "text-center", _own(own_role, role)])
            for role, how in levels.items()
        ),
        class_name="h-10 border-b border-border last:border-0",
    )


def _mark(how: Level) -> rx.Component:
    tone = "text-muted" if how == "none" else ""
    return rx.el.span(
        icon(ICONS[how], 14),
        rx.el.span(t(f"team.level.{how}"), class_name="max-sm:sr-only"),
        class_name=cx("inline-flex items-center gap-1.5 whitespace-nowrap text-sm", tone),
    )
