"""The same app for tables that try every event in turn: what a person may send in a second has its own tests."""

from sekretarka.ui import guard
from tests.ui.rogue import app

__all__ = ["app"]

guard.RATE = guard.BURST = 1e6
