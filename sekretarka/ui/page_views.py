"""What pages show of their states: the four views of a `PageState`, and the form of an `EditFormState`."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Flag, Text, card
from sekretarka.ui.components.form import edit_form
from sekretarka.ui.components.view_states import error, view_states


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
    state: Any,
    *fields: Any,
    on_submit: Any,
    read_only: Flag = False,
    guarded: Any = True,
    revision: Any = None,
    on_discard: Any = None,
) -> rx.Component:
    """An `edit_form` over an `EditFormState`; `revision` and `on_discard` where they are not the state's own."""
    return edit_form(
        *fields,
        revision=state.revision if revision is None else revision,
        attempt=state.attempt,
        on_submit=on_submit,
        on_discard=state.discard if on_discard is None else on_discard,
        read_only=read_only,
        guarded=guarded,
    )
