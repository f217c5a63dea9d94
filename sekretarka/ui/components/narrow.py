"""What a page does on phones only."""

import reflex as rx

from sekretarka.ui.scripts import script

_LIBRARY = script("components/narrow.jsx")


class _ListOnPhones(rx.Component):
    library = _LIBRARY
    tag = "ListOnPhones"


def list_on_phones() -> rx.Component:
    """Where the address names no `view`, a phone asks for the list."""
    return _ListOnPhones.create()
