"""The same app for tables that try every event in turn: what a user may send in a second has its own tests."""

from sekretarka.core.web import rate_policies
from sekretarka.core.web.rate_policies import RatePolicy
from tests.ui.unguarded_app import app

__all__ = ["app"]

rate_policies.UI_EVENTS = RatePolicy("ui", 1_000_000, 1)
