"""An urgent call in its panel: that it waits for somebody, and who was told and took it."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.escalations.models import UNTAKEN, AcknowledgedBy, EscalationState
from sekretarka.domain.messages.models import Channel, Failure
from sekretarka.ui.components.basics import button, icon
from sekretarka.ui.pages.conversations.state import ConversationsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import format_datetime, localize, t

state = state_vars(ConversationsState)
call: Any = state.detail

ICONS = {
    str(Channel.SMS): "message_square",
    str(Channel.EMAIL): "mail",
    **{f"taken_{how}": "check" for how in AcknowledgedBy},
    str(EscalationState.UNANSWERED): "triangle_alert",
    str(EscalationState.WITHDRAWN): "minus",
}


def escalation_banner() -> rx.Component:
    """Says that nobody has taken the call, and lets one do it; nothing otherwise."""
    return rx.match(
        call["escalation"], *((str(waiting), _banner(t(f"escalation.{waiting}"))) for waiting in UNTAKEN), rx.fragment()
    )


def _banner(said: Any) -> rx.Component:
    take = button(t("escalation.take"), size="sm", on_click=state.take(call["id"]))
    return rx.el.div(
        icon("siren", 16, class_name="shrink-0 text-danger"),
        rx.el.p(said, class_name="min-w-0 flex-1 text-base"),
        rx.cond(allowed(Permission.CONVERSATIONS_WRITE), take),
        role="status",
        class_name="-mt-1 mb-4 flex flex-wrap items-center gap-3 rounded-md bg-danger-soft px-3 py-2.5",
    )


def escalation_history() -> rx.Component:
    """Who was told, and what came of it; nothing when nobody was."""
    steps = call["escalation_steps"].to(list[dict[str, Any]])
    return rx.cond(
        steps.length() > 0,
        rx.el.section(
            rx.el.h3(t("escalation.history"), class_name="mb-1 text-sm font-medium text-muted"),
            rx.el.ol(
                rx.foreach(steps, _step),
                aria_label=t("escalation.history"),
                class_name="rounded-md border border-border",
            ),
        ),
    )


def _step(step: Any) -> rx.Component:
    who = rx.cond(step["who"] != "", step["who"], t("conversations.former_member"))
    said = rx.match(step["kind"], *((kind, t(f"escalation.step.{kind}", who=who)) for kind in ICONS), "")
    mark = rx.match(
        step["kind"], *((kind, icon(name, 16, class_name="text-muted")) for kind, name in ICONS.items()), rx.fragment()
    )
    failure = localize(step["failure"], "failure", *Failure)
    return rx.el.li(
        mark,
        rx.el.div(
            rx.el.p(said),
            rx.cond(step["failure"] != "", rx.el.p(failure, class_name="text-sm text-danger")),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(format_datetime(step["at"], "time", session.timezone), class_name="text-sm text-muted tnum"),
        class_name="flex items-center gap-3 border-b border-border px-3 py-2 text-base last:border-0",
    )
