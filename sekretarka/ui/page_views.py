"""What pages show of their states: the four views of a `PageState`, and their forms."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Flag, Text, card
from sekretarka.ui.components.form import edit_form
from sekretarka.ui.components.view_states import error, view_states
from sekretarka.ui.state_vars import draft_owner, session


def page_views(
    state: Any,
    full: rx.Component,
    *,
    skeleton: rx.Component,
    failed: Text,
    is_empty: Flag = False,
    empty: rx.Component | None = None,
    framed: bool = True,
) -> rx.Component:
    """`full` once `state` is loaded; before that `skeleton`, after a failure the sentence `failed` with a button to
    load again. Where the views do not stand inside a card already, the failure is `framed` by one."""
    retry = error(failed, on_retry=state.load)
    return view_states(
        loading=state.loading,
        failed=state.failed,
        is_empty=is_empty,
        skeleton=skeleton,
        empty=empty or rx.fragment(),
        error=card(retry) if framed else retry,
        full=full,
    )


def state_form(
    state: Any, *fields: Any, name: str, on_submit: Any, read_only: Flag = False, on_discard: Any = None
) -> rx.Component:
    """An `edit_form` over the record of an `EditFormState`; `on_submit` gets an `Edit`, `on_discard` is given where it
    is not the state's own."""
    return edit_form(
        *fields,
        name=name,
        owner=draft_owner(),
        record=state.record,
        attempt=state.attempt,
        saved=state.saved,
        conflict=state.conflict,
        zone=session.timezone,
        on_submit=on_submit,
        on_discard=state.discard if on_discard is None else on_discard,
        read_only=read_only,
    )


def new_form(
    state: Any, *fields: Any, name: str, on_submit: Any, action: Text, revision: Any = 0, **more: Any
) -> rx.Component:
    """An `edit_form` over a `FormState` without a record; `on_submit` gets a `Form`. `revision` counts how often the
    values to start from changed; `more` are a way `back` with `on_discard`, and `danger`."""
    return edit_form(
        *fields,
        name=name,
        owner=draft_owner(),
        revision=revision,
        attempt=state.attempt,
        saved=state.saved,
        on_submit=on_submit,
        action=action,
        **more,
    )
