"""What does not run every day is listed with its reason (testing.md#every-day-and-in-a-campaign)."""

import pytest

from tests.support.selection import CAMPAIGNS
from tests.support.workspace import ROOT


def test_every_campaign_says_why_it_is_one(request: pytest.FixtureRequest) -> None:
    listed = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    missing = {name for name in request.config.stash[CAMPAIGNS] if f"`{name}`" not in listed}
    assert missing == set(), "docs/testing.md says what of it runs every day"
