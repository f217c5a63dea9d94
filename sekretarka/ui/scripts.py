"""Scripts and styles beside our components, as pages import them."""

from concurrent.futures import ThreadPoolExecutor

import reflex as rx

from sekretarka.ui.reflex_internals import linked_asset


def script(path: str) -> str:
    """Link a `.jsx` or `.css`, named from this folder, into the assets; returns the path by which a component imports
    it. All of them are linked below one folder as they lie here, so that one imports another by its relative path.
    `rx.asset` finds its caller by describing every frame of the stack, those of all imports under way included: 70 ms
    of processor time for each script, two seconds at each start. So it is called on a stack of its own."""
    linked = linked_asset(__name__, path)
    linked.parent.mkdir(parents=True, exist_ok=True)  # Reflex makes the folder of this module only
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: rx.asset(path, shared=True).importable_path).result()
