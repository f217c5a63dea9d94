"""Linked accounts: those that sign the user in besides the password, with ways to link and unlink."""

from typing import Any

import reflex as rx

from sekretarka.core.runtime.openid import GOOGLE, OpenIdProvider
from sekretarka.core.runtime.settings import settings
from sekretarka.ui.components.basics import button, card, card_header
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.providers import provider_button, provider_error, provider_mark
from sekretarka.ui.components.view_states import skeleton, skeleton_bar
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.security.linking import LinkingState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, t

state = state_vars(LinkingState)

HERE = "/dashboard/settings/security"
LINE = "flex items-center gap-3.5 border-t border-border px-4 py-3 max-sm:px-3.5"


def linked_accounts() -> rx.Component:
    """Each linked account, then each provider that could be linked; no card where there is nothing of either."""
    whole = card(
        card_header(t("linking.title"), hint=t("linking.hint")),
        rx.el.div(provider_error(linking=True), class_name="px-4 empty:hidden max-sm:px-3.5"),
        page_views(
            state,
            rx.el.ul(rx.foreach(state.rows, _line), *map(_offer, settings.openid_providers)),
            skeleton=_skeleton(),
            failed=t("security.failed"),
            framed=False,
        ),
    )
    return whole if settings.openid_providers else rx.cond(state.rows.length() > 0, whole)


def _line(row: Any) -> rx.Component:
    unlink = confirm(
        t("linking.unlink_title"),
        name=row["name"].to(str) + ", " + row["email"].to(str),
        description=t("linking.unlink_text"),
        action=t("linking.unlink"),
        on_confirm=state.unlink(row["id"]),
        trigger=button(t("linking.unlink"), size="sm"),
    )
    since = t("linking.since", when=format_datetime(row["since"], "date", session.timezone))
    return rx.el.li(
        rx.cond(row["provider"] == GOOGLE, provider_mark(GOOGLE, 20), provider_mark("", 20)),
        rx.el.div(
            rx.el.p(row["name"], class_name="text-base font-medium"),
            rx.el.p(row["email"], " · ", since, class_name="break-words text-sm text-muted"),
            rx.cond(row["needed"], rx.el.p(t("linking.needed"), class_name="text-sm text-muted")),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(row["needed"], rx.fragment(), unlink),
        key=row["id"],
        class_name=LINE,
    )


def _offer(provider: OpenIdProvider) -> rx.Component:
    line = rx.el.li(
        provider_mark(provider.id, 20),
        rx.el.div(
            rx.el.p(provider.name, class_name="text-base font-medium"),
            rx.el.p(t("linking.none"), class_name="text-sm text-muted"),
            class_name="min-w-0 flex-1",
        ),
        provider_button(
            provider,
            t("linking.link"),
            callback_url=HERE,
            size="sm",
            marked=False,
            aria_label=t("linking.link_with", name=provider.name),
        ),
        class_name=LINE,
    )
    return rx.cond(state.providers.contains(provider.id), rx.fragment(), line)


def _skeleton() -> rx.Component:
    line = rx.el.div(
        skeleton_bar("size-5"),
        rx.el.div(
            skeleton_bar("h-4 w-28"), skeleton_bar("h-3.5 w-48 max-w-full"), class_name="flex flex-1 flex-col gap-1.5"
        ),
        class_name=LINE,
    )
    return skeleton(line)
