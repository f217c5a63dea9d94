"""The frame around every page of the dashboard: sidebar, top bar, bottom bar on phones, palette and shortcuts."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.style import color_mode, set_color_mode
from reflex_components_core.core.banner import has_connection_errors

from sekretarka.ui.components.badge import counter
from sekretarka.ui.components.basics import Text, avatar, cx, icon, link
from sekretarka.ui.components.brand import logo, tab_title
from sekretarka.ui.components.commands import ShellComponent, commands
from sekretarka.ui.components.layout import Frame, NavItem
from sekretarka.ui.components.menu import menu, menu_item, menu_label, menu_line, menu_link
from sekretarka.ui.components.sound import call_sound
from sekretarka.ui.components.top_bar import top_bar
from sekretarka.ui.reflex_internals import at_once
from sekretarka.ui.text import current_language, switch_language, t

NEW_ORGANIZATION = "/dashboard/organizations/new"


class _SidebarToggle(ShellComponent):
    tag = "SidebarToggle"
    label: rx.Var[str]


class _ConnectionBar(ShellComponent):
    tag = "ConnectionBar"
    lost: rx.Var[bool]
    text: rx.Var[str]
    silent: rx.Var[str]
    waiting: rx.Var[str]
    full: rx.Var[str]
    action: rx.Var[str]


def connection_bar() -> rx.Component:
    """What is shown at the top while the server owes an answer, does not answer, cannot be reached, or rejects this tab
    because too many are open."""
    return _ConnectionBar.create(
        lost=has_connection_errors,
        text=t("connection.lost"),
        silent=t("connection.silent"),
        waiting=t("connection.waiting"),
        full=t("connection.full"),
        action=t("connection.reload"),
    )


def shell(
    *content: Any,
    title: Text,
    active: str,
    entries: Sequence[NavItem],
    frame: Frame,
    actions: rx.Component | None = None,
) -> rx.Component:
    """A page of the dashboard: `content` at most 1280 px wide under a top bar, the sidebar's `active` path marked.

    `actions` are the page's own buttons, at the right of its title.
    """
    return rx.el.div(
        rx.el.a(
            t("shell.skip"),
            href="#content",
            class_name="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:left-3 focus:top-3 focus:rounded-md "
            "focus:bg-raised focus:px-3 focus:py-2 focus:shadow-float",
        ),
        _sidebar(entries, active, frame),
        rx.el.div(
            connection_bar(),
            top_bar(title, frame, actions),
            rx.el.main(
                *content,
                id="content",
                tab_index=-1,
                class_name="mx-auto w-full max-w-[1280px] flex-1 px-6 pb-10 pt-5 outline-none max-sm:px-3.5 "
                "max-md:pb-24 max-sm:pt-3.5",
            ),
            class_name="flex min-h-screen min-w-0 flex-1 flex-col md:pl-(--sidebar) transition-[padding] duration-150",
        ),
        _bottom_bar(entries, active, frame),
        tab_title(title, frame.live),
        call_sound(frame.begun),
        commands(entries),
        frame.undo,
        class_name="flex",
    )


_NAV = "flex h-9 items-center gap-3 rounded-md px-2.5 text-base font-medium transition-colors"


def _unread(entry: NavItem, frame: Frame, class_name: str) -> rx.Component:
    """At the entry of the page with the messages, how many threads nobody has read."""
    is_there = entry.path == frame.unread_path
    return (
        counter(frame.unread, t("shell.unread", n=frame.unread), class_name=class_name) if is_there else rx.fragment()
    )


def _nav_link(entry: NavItem, active: str, frame: Frame) -> rx.Component:
    is_active = entry.path == active
    tone = "bg-accent-soft text-accent-ink" if is_active else "text-muted hover:bg-hover hover:text-text"
    return rx.el.li(
        link(
            icon(entry.icon, 18),
            rx.el.span(entry.label, class_name="when-wide truncate"),
            _unread(
                entry,
                frame,
                "ml-auto in-data-[sidebar=icons]:absolute in-data-[sidebar=icons]:left-5 in-data-[sidebar=icons]:top-0",
            ),
            to=entry.path,
            title=entry.label,
            custom_attrs={"aria-current": "page"} if is_active else {},
            class_name=cx(_NAV, "relative", tone),
        )
    )


def _sidebar(entries: Sequence[NavItem], active: str, frame: Frame) -> rx.Component:
    return rx.el.aside(
        rx.el.div(_organization_menu(frame), class_name="p-2.5"),
        rx.el.nav(
            rx.el.ul(*(_nav_link(entry, active, frame) for entry in entries), class_name="flex flex-col gap-0.5"),
            aria_label=t("shell.navigation"),
            class_name="min-h-0 flex-1 overflow-y-auto px-2.5 py-1 scroll-fade",
        ),
        rx.el.div(
            _SidebarToggle.create(
                icon("panel_left", 18),
                rx.el.span(t("shell.collapse"), class_name="when-wide"),
                label=t("shell.collapse"),
                class_name=cx(_NAV, "w-full text-muted hover:bg-hover hover:text-text"),
            ),
            _user_menu(frame),
            class_name="flex flex-col gap-0.5 border-t border-border p-2.5",
        ),
        aria_label=t("shell.sidebar"),
        class_name="fixed inset-y-0 left-0 z-20 hidden w-(--sidebar) flex-col border-r border-border bg-surface "
        "md:flex transition-[width] duration-150",
    )


def _organization_menu(frame: Frame) -> rx.Component:
    trigger = rx.el.button(
        logo(),
        rx.el.span(
            rx.el.span(frame.organization, class_name="block truncate text-base font-semibold leading-5"),
            rx.el.span(t("product.name"), class_name="block truncate text-xs text-muted"),
            class_name="when-wide min-w-0 flex-1 text-left",
        ),
        icon("chevrons_up_down", 14, class_name="when-wide text-muted"),
        rx.el.span(t("shell.switch_organization"), class_name="sr-only"),
        type="button",
        class_name="flex h-11 w-full items-center gap-2.5 rounded-md px-1.5 hover:bg-hover transition-colors",
    )
    return menu(trigger, *_organization_items(frame), align="start", width="w-60", is_fixed=True)


def _organization_items(frame: Frame) -> tuple[rx.Component, ...]:
    return (
        menu_label(t("shell.organizations")),
        rx.foreach(
            rx.Var.create(frame.organizations).to(list[dict[str, str]]),
            lambda row: menu_item(
                row["name"],
                icon_name="building_2",
                checked=row["id"] == frame.organization_id,
                on_click=at_once(f"() => window.sekretarka.selectOrganization({row['id']!s})", row),
            ),
        ),
        menu_link(t("organization.another"), to=NEW_ORGANIZATION, icon_name="plus"),
        menu_line(),
        menu_link(t("shell.organization_settings"), to="/dashboard/settings/organization", icon_name="settings"),
    )


def _user_items(frame: Frame) -> tuple[rx.Component, ...]:
    mode = rx.Var.create(color_mode)
    lang = current_language()
    return (
        rx.el.div(
            rx.el.p(frame.name, class_name="truncate text-base font-medium"),
            rx.el.p(frame.email, class_name="truncate text-sm text-muted"),
            class_name="px-2.5 py-2",
        ),
        menu_line(),
        menu_link(t("shell.profile"), to="/dashboard/settings/profile", icon_name="user_round"),
        menu_label(t("shell.theme")),
        menu_item(t("theme.light"), icon_name="sun", on_click=set_color_mode("light"), checked=mode == "light"),
        menu_item(t("theme.dark"), icon_name="moon", on_click=set_color_mode("dark"), checked=mode == "dark"),
        menu_item(t("theme.system"), icon_name="monitor", on_click=set_color_mode("system"), checked=mode == "system"),
        menu_label(t("shell.language")),
        menu_item("Polski", icon_name="languages", on_click=switch_language("pl"), checked=lang == "pl"),
        menu_item("English", icon_name="languages", on_click=switch_language("en"), checked=lang == "en"),
        menu_line(),
        menu_item(
            t("shell.sign_out"),
            icon_name="log_out",
            on_click=at_once("() => window.sekretarka.signOut()"),
        ),
    )


def _user_menu(frame: Frame) -> rx.Component:
    trigger = rx.el.button(
        avatar(frame.name),
        rx.el.span(t("shell.user_menu"), class_name="sr-only"),
        rx.el.span(frame.name, class_name="when-wide min-w-0 flex-1 truncate text-left text-base font-medium"),
        type="button",
        class_name="flex h-11 w-full items-center gap-2.5 rounded-md px-1.5 hover:bg-hover transition-colors",
    )
    return menu(trigger, *_user_items(frame), align="start", side="top", width="w-60", is_fixed=True)


def _bottom_bar(entries: Sequence[NavItem], active: str, frame: Frame) -> rx.Component:
    """Four places and a menu with the others."""
    above = "absolute left-[calc(50%+4px)] top-1.5"
    tab = "flex h-full flex-1 flex-col items-center justify-center gap-0.5 text-[10.5px] font-medium leading-4"

    def place(entry: NavItem) -> rx.Component:
        is_active = entry.path == active
        return link(
            icon(entry.icon, 20),
            rx.el.span(entry.label, class_name="max-w-full truncate"),
            _unread(entry, frame, above),
            to=entry.path,
            custom_attrs={"aria-current": "page"} if is_active else {},
            class_name=cx(tab, "relative min-w-0 px-0.5", "text-accent-ink" if is_active else "text-muted"),
        )

    others = entries[4:]
    more = menu(
        rx.el.button(
            icon("menu", 20),
            rx.el.span(t("common.more")),
            *(_unread(entry, frame, above) for entry in others),
            type="button",
            class_name=cx(tab, "relative text-muted"),
        ),
        *(
            menu_link(
                rx.el.span(
                    entry.label, _unread(entry, frame, ""), class_name="flex items-center justify-between gap-2"
                ),
                to=entry.path,
                icon_name=entry.icon,
            )
            for entry in others
        ),
        menu_line(),
        *_organization_items(frame)[:3],
        *_user_items(frame),
        side="top",
        width="w-64 max-h-[75vh] overflow-y-auto",
        is_fixed=True,
    )
    return rx.el.nav(
        *(place(entry) for entry in entries[:4]),
        more,
        aria_label=t("shell.navigation_phone"),
        class_name="fixed inset-x-0 bottom-0 z-20 flex h-16 items-stretch border-t border-border bg-surface "
        "pb-[env(safe-area-inset-bottom)] md:hidden",
    )
