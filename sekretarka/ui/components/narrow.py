"""What a page does on phones only."""

import reflex as rx

from sekretarka.ui.scripts import shallow

_LIBRARY = shallow(lambda: rx.asset("narrow.jsx", shared=True)).importable_path


class _ListOnPhones(rx.Component):
    library = _LIBRARY
    tag = "ListOnPhones"


def list_on_phones() -> rx.Component:
    """Where the address names no `view`, a phone asks for the list."""
    return _ListOnPhones.create()
