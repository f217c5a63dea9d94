"""The sections of an agent that are forms: voice and language, greeting, knowledge, permissions."""

from typing import Any

import reflex as rx

from sekretarka.domain.agents.models import Capability
from sekretarka.ui.components.editors import TOGGLE, rows_field
from sekretarka.ui.components.field import choice_field, text_area, text_field
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.page_views import state_form
from sekretarka.ui.pages.agents.editing import EditAgentState
from sekretarka.ui.pages.agents.values import CAPABILITY
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(EditAgentState)

LANGUAGES = {code: t(f"agents.language.{code}") for code in ("pl", "en", "uk", "de", "fr", "es", "cs", "sk")}
TONES = {code: t(f"agents.tone.{code}") for code in ("", "warm", "neutral", "formal", "cheerful")}
GRID = "grid grid-cols-2 gap-x-4 gap-y-5 p-4 max-sm:grid-cols-1 max-sm:px-3.5"
COLUMN = "flex flex-col gap-5 p-4 max-sm:px-3.5"


def _form(name: str, fields: rx.Component, on_submit: Any, may: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(may, rx.fragment(), rx.el.div(read_only_notice(t("agents.read_only")), class_name="px-4 pt-4")),
        state_form(state, fields, name=f"agent.{name}", on_submit=on_submit, read_only=~may),
    )


def _choice(name: str, label: str, options: dict[str, Any]) -> rx.Component:
    """A choice of common codes; what a program stored beyond them stays selectable."""
    value = state.agent[name]
    listed = rx.Var.create(list(options)).contains(value)
    return choice_field(
        t(label),
        name,
        options,
        extra=[rx.cond(listed, rx.fragment(), rx.el.option(value, value=value))],
        default_value=value,
        errors=state.field_errors,
    )


def voice(may: Any) -> rx.Component:
    """Głos i język."""
    agent = state.agent
    fields = rx.el.div(
        text_field(t("agents.name"), "name", default_value=agent["name"], errors=state.field_errors),
        text_field(
            t("agents.phone"),
            "phoneNumber",
            type="tel",
            default_value=agent["phoneNumber"],
            errors=state.field_errors,
        ),
        _choice("language", "agents.language", LANGUAGES),
        _choice("tone", "agents.tone", TONES),
        text_field(
            t("agents.voice"),
            "voiceId",
            default_value=agent["voiceId"],
            hint=t("agents.voice_hint"),
            errors=state.field_errors,
            class_name="sm:col-span-2",
        ),
        class_name=GRID,
    )
    return _form("voice", fields, state.save_voice, may)


def greeting(may: Any) -> rx.Component:
    """Powitanie."""
    fields = rx.el.div(
        text_area(
            t("agents.greeting"),
            "greeting",
            rows=6,
            default_value=state.agent["greeting"],
            placeholder=t("agents.greeting_example"),
            hint=t("agents.greeting_hint"),
            errors=state.field_errors,
        ),
        class_name=COLUMN,
    )
    return _form("greeting", fields, state.save_greeting, may)


def knowledge(may: Any) -> rx.Component:
    """Wiedza: facts, and what callers ask."""
    fields = rx.el.div(
        _group(
            "facts",
            rows_field(
                t("agents.facts"),
                "facts",
                state.agent["facts"],
                [{"key": "text", "label": t("agents.fact"), "placeholder": t("agents.fact_example")}],
                labels={key: t(f"agents.facts_{key}") for key in ("add", "remove", "empty")},
                errors=state.field_errors,
            ),
        ),
        _group(
            "faq",
            rows_field(
                t("agents.faq"),
                "faq",
                state.agent["faq"],
                [
                    {"key": "question", "label": t("agents.question"), "placeholder": t("agents.question_example")},
                    {
                        "key": "answer",
                        "label": t("agents.answer"),
                        "placeholder": t("agents.answer_example"),
                        "rows": 2,
                    },
                ],
                labels={key: t(f"agents.faq_{key}") for key in ("add", "remove", "empty")},
                errors=state.field_errors,
                limit=100,
            ),
        ),
        class_name="flex flex-col gap-7 p-4 max-sm:px-3.5",
    )
    return _form("knowledge", fields, state.save_knowledge, may)


def _group(name: str, editor: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h3(t(f"agents.{name}"), class_name="text-base font-semibold"),
        rx.el.p(t(f"agents.{name}_hint"), class_name="mb-3 text-sm text-muted"),
        editor,
    )


def permissions(may: Any) -> rx.Component:
    """Uprawnienia: what the agent may do during a call."""
    fields = rx.el.ul(
        *(_capability(capability.value) for capability in Capability),
        class_name="flex flex-col px-4 py-1 max-sm:px-3.5",
    )
    return _form("permissions", fields, state.save_permissions, may)


def _capability(code: str) -> rx.Component:
    name = CAPABILITY + code
    return rx.el.li(
        rx.el.label(
            rx.el.span(
                rx.el.span(t(f"agents.capability.{code}"), class_name="block text-base font-medium"),
                rx.el.span(t(f"agents.capability_hint.{code}"), class_name="block text-sm text-muted"),
                class_name="min-w-0 flex-1",
            ),
            rx.el.input(
                type="checkbox",
                name=name,
                default_checked=state.agent["capabilities"].contains(code),
                custom_attrs={"role": "switch"},
                class_name=TOGGLE,
            ),
            class_name="flex cursor-pointer items-center gap-4 py-3",
        ),
        class_name="border-b border-border last:border-0",
    )
