"""The lines of a call as two people talking, read from the API by the page itself."""

from typing import Any

import reflex as rx

from sekretarka.domain.conversations.transcripts import MAX_LINES
from sekretarka.ui.components.basics import button
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/transcript.jsx")
script("components/feed.jsx")  # a part of the other
_CLASS_NAMES = {
    "button": str(button("", size="sm").class_name),
    "bubble": "inline-block max-w-full whitespace-pre-wrap break-words rounded-lg px-3 py-2 text-left text-base",
    "agent": "bg-sunken",
    "caller": "bg-accent-soft",
}
_LABELS = ("agent", "caller", "live", "empty", "failed")


class _Transcript(rx.Component):
    library = _LIBRARY
    tag = "Transcript"
    conversation: rx.Var[str]
    version: rx.Var[int]
    live: rx.Var[bool]
    zone: rx.Var[str]
    most: rx.Var[int]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]


def transcript(conversation: Any, *, version: Any, live: Any, zone: Any) -> rx.Component:
    """The transcript of a call by its conversation's id: its newest lines, read again whenever `version` changes,
    growing while the call is `live`, and a button for earlier ones. `zone` is an IANA time zone."""
    labels = {word: t(f"transcript.{word}") for word in _LABELS}
    labels |= {word: t(f"common.{word}") for word in ("loading", "retry", "earlier")}
    labels["full"] = t("transcript.full", n=MAX_LINES)
    return _Transcript.create(
        conversation=conversation,
        version=version,
        live=live,
        zone=zone,
        most=MAX_LINES,
        labels=labels,
        class_names=_CLASS_NAMES,
    )
