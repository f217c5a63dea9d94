"""The same app for tables that try every event in turn: what a person may send in a second has its own tests."""

from sekretarka.ui import event_guard as event_guard
from tests.ui.rogue import app

__all__ = ["app"]

event_guard.RATE = event_guard.BURST = 1e6
