"""What does not run every day is listed with its reason (testing.md#every-day-and-in-a-campaign)."""

import pytest

from tests.support.selection import CAMPAIGNS
from tests.support.workspace import ROOT


def test_every_campaign_says_why_it_is_one(request: pytest.FixtureRequest) -> None:
    listed = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    campaigns = request.config.stash[CAMPAIGNS]
    missing = {(file, name) for file, name in campaigns if f"`{name}`" not in listed and f"`{file}`" not in listed}
    assert missing == set(), "docs/testing.md says what of it runs every day"
