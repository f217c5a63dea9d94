"""What a page does on phones only."""

import reflex as rx

from sekretarka.ui.scripts import script

_LIBRARY = script("components/mobile_redirect.jsx")


class _ListViewOnMobile(rx.Component):
    library = _LIBRARY
    tag = "ListViewOnMobile"


def list_view_on_mobile() -> rx.Component:
    """Makes a phone change to `view=list` where the URL names no `view`."""
    return _ListViewOnMobile.create()
