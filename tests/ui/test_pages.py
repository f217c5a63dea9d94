"""Every page is drawn with the texts, states and handlers that it names."""

import pytest

from sekretarka.ui.page import Page
from sekretarka.ui.routes import PAGES, SITE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_page_renders(page: Page) -> None:
    assert page.component(SITE)().render()["children"]
