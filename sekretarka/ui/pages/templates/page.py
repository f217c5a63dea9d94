"""Szablony wiadomości: what is sent by itself, its texts, and beside them what a client would read."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.templates.models import Part, Template
from sekretarka.domain.templates.rendering import Variable
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import button, card, card_header, cx, icon, link
from sekretarka.ui.components.choice import segmented, switch
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.field import native_select, text_area, text_field
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.text_tool import text_tool
from sekretarka.ui.components.view_states import form_skeleton
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import page_views, state_form
from sekretarka.ui.pages.templates.state import PATH, TemplatesState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import localize, relative_time, t

state = state_vars(TemplatesState)

NAMES, VARIABLES = tuple(map(str, Template)), tuple(map(str, Variable))
INSIDE = "px-4 pb-4 max-sm:px-3.5"
ROW = "relative flex items-center gap-3 border-t border-border px-4 py-2.5 max-sm:px-3.5"
BUBBLE = (
    "w-fit max-w-full rounded-2xl rounded-bl-md bg-sunken px-3.5 py-2.5 text-base whitespace-pre-wrap wrap-anywhere"
)
EDITOR = "min-w-0 lg:col-start-2 lg:row-span-2 lg:row-start-1"
TYPING_PAUSE = 250


@settings_page(
    PATH,
    t("settings.templates"),
    icon="message_square_text",
    requires=Permission.MESSAGES_READ,
    on_load=(TemplatesState.load,),
    wide=True,
)
def page() -> rx.Component:
    """The page of /dashboard/settings/templates."""
    may = allowed(Permission.ORGANIZATIONS_WRITE)
    return page_views(
        state,
        rx.el.div(
            rx.el.div(
                rx.cond(may, rx.fragment(), read_only_notice(t("organization.read_only"))),
                _list(may),
                class_name=rx.cond(state.chosen, "flex flex-col gap-4 max-lg:hidden", "flex flex-col gap-4"),
            ),
            # Another template or language is another form.
            rx.el.div(
                link(
                    icon("arrow_left", 16),
                    t("templates.all"),
                    to=PATH,
                    class_name="flex h-10 items-center gap-2 text-base font-medium text-muted lg:hidden",
                ),
                _editor(may),
                key=state.selected + state.lang,
                class_name=rx.cond(state.chosen, EDITOR, f"{EDITOR} max-lg:hidden"),
            ),
            rx.el.div(_preview(), class_name=rx.cond(state.chosen, "min-w-0", "min-w-0 max-lg:hidden")),
            class_name="grid grid-cols-[minmax(260px,340px)_minmax(0,1fr)] grid-rows-[auto_1fr] items-start gap-4 "
            "max-lg:grid-cols-1",
        ),
        skeleton=card(form_skeleton("flex flex-col gap-5 p-4")),
        failed=t("templates.failed"),
    )


def _list(may: Any) -> rx.Component:
    return card(
        card_header(t("settings.templates"), hint=t("templates.hint")),
        rx.el.ul(rx.foreach(state.rows, lambda row: _row(row, may)), aria_label=t("settings.templates")),
    )


def _row(row: Any, may: Any) -> rx.Component:
    is_open = state.selected == row["name"]
    name = localize(row["name"], "templates.name", *NAMES)
    return rx.el.li(
        rx.el.div(
            link(
                name,
                to=PATH + "?template=" + row["name"],
                aria_current=rx.cond(is_open, "true", "false"),
                class_name="text-base font-medium after:absolute after:inset-0",
            ),
            rx.el.p(localize(row["name"], "templates.about", *NAMES), class_name="text-sm text-muted"),
            rx.cond(
                row["changed"],
                rx.el.div(badge(t("templates.changed"), icon_name="pencil", tone="accent"), class_name="pt-1"),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            switch(
                t("templates.sent", name=name),
                checked=row["enabled"],
                on_change=lambda on: state.toggle(row["name"], on),
                disabled=~may,
            ),
            class_name="relative z-[1]",
        ),
        key=row["name"],
        class_name=rx.cond(is_open, f"{ROW} lg:bg-hover", ROW),
    )


def _editor(may: Any) -> rx.Component:
    here = PATH + "?template=" + state.selected + "&language="
    languages = [(code, t(f"templates.language.{code}"), here + code) for code in ("pl", "en")]
    return card(
        card_header(
            localize(state.selected, "templates.name", *NAMES),
            segmented(languages, label=t("templates.language"), value=state.lang),
            hint=localize(state.selected, "templates.about", *NAMES),
        ),
        state_form(
            state,
            rx.el.div(
                _text_area(Part.SMS, rows=4),
                _counter(),
                rx.cond(
                    ~state.sms_only,
                    rx.fragment(
                        text_field(
                            t("templates.subject"),
                            Part.SUBJECT,
                            default_value=state.texts[Part.SUBJECT],
                            on_change=lambda text: state.try_out(Part.SUBJECT, text).debounce(TYPING_PAUSE),
                            errors=state.field_errors,
                        ),
                        _text_area(Part.EMAIL, rows=10),
                    ),
                ),
                class_name=cx(INSIDE, "flex flex-col gap-4"),
            ),
            name="template",
            on_submit=state.save,
            on_discard=state.drop_draft,
            read_only=~may,
        ),
        rx.cond(may & state.changed, _back()),
    )


def _text_area(part: Part, rows: int) -> rx.Component:
    """A text with the words that may stand in it below."""
    return rx.el.div(
        text_area(
            t(f"templates.{part}"),
            part,
            rows=rows,
            default_value=state.texts[part],
            on_change=lambda text: state.try_out(part, text).debounce(TYPING_PAUSE),
            errors=state.field_errors,
        ),
        rx.el.div(
            rx.foreach(
                state.variables,
                lambda name: text_tool(
                    localize(name, "templates.variable", *VARIABLES),
                    target=part,
                    text="{" + name + "}",
                    hint=t("templates.insert", name="{" + name + "}"),
                ),
            ),
            role="group",
            aria_label=t("templates.variables"),
            class_name="flex flex-wrap gap-1.5",
        ),
        class_name="flex flex-col gap-2",
    )


def _counter() -> rx.Component:
    """How many SMS it takes, and what its Polish letters cost."""
    shown = state.preview
    return rx.el.div(
        rx.el.p(
            rx.el.span(t("templates.parts", n=shown["parts"]), class_name="font-medium text-text"),
            " · ",
            t("templates.left", n=shown["left"]),
            class_name="tnum",
        ),
        rx.cond(
            shown["parts"] > shown["plainParts"],
            rx.el.div(
                rx.el.p(t("templates.plain", n=shown["plainParts"]), class_name="text-warning tnum"),
                text_tool(
                    t("templates.make_plain"),
                    target=Part.SMS,
                    text=shown["plainText"],
                    hint=t("templates.make_plain_hint"),
                    whole=True,
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
        ),
        aria_live="polite",
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md bg-sunken px-3 py-2 "
        "text-sm text-muted",
    )


def _back() -> rx.Component:
    return rx.el.div(
        confirm(
            t("templates.reset_title"),
            name=localize(state.selected, "templates.name", *NAMES),
            description=t("templates.reset_text"),
            action=t("templates.reset"),
            on_confirm=state.reset_texts,
            trigger=button(t("templates.reset"), icon_name="rotate_ccw", variant="ghost", size="sm"),
        ),
        class_name="border-t border-border px-2 py-2",
    )


def _preview() -> rx.Component:
    shown = state.preview
    return card(
        card_header(t("templates.preview"), hint=t("templates.preview_hint")),
        rx.el.div(
            _appointment_choice(),
            rx.el.p(shown["sms"], class_name=BUBBLE),
            rx.cond(
                ~state.sms_only,
                rx.el.div(
                    rx.el.p(shown["subject"], class_name="border-b border-border px-4 py-2.5 font-medium break-words"),
                    rx.el.p(shown["email"], class_name="px-4 py-3 text-base whitespace-pre-wrap wrap-anywhere"),
                    class_name="rounded-lg border border-border",
                ),
            ),
            class_name=cx(INSIDE, "flex flex-col gap-4"),
        ),
    )


def _appointment_choice() -> rx.Component:
    options = rx.foreach(
        state.upcoming,
        lambda row: rx.el.option(
            row["client"] + " · ",
            relative_time(row["at"], session.timezone),
            value=row["id"],
        ),
    )
    choice = native_select(
        options,
        name="previewed",
        aria_label=t("templates.preview_visit"),
        value=state.appointment,
        on_change=lambda chosen: state.show_appointment(chosen.to(str)),
    )
    return rx.cond(state.upcoming.length() > 0, choice, badge(t("templates.preview_example"), icon_name="sparkles"))
