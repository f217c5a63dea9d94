"""The URL of the list of conversations: whatever stands in it, the page opens, and what it wrote it reads back."""

from datetime import date
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from sekretarka.domain.conversations.models import Outcome, Status
from sekretarka.ui.pages.conversations.query_params import UrlState

DAYS = st.dates(date(1971, 1, 1), date(2099, 12, 31)).map(str)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "search": st.text("aąłżAZ 09+-%_&=?#/", min_size=1, max_size=50).map(str.strip).filter(bool),
        "status": st.sampled_from(Status).map(str),
        "outcome": st.sampled_from(Outcome).map(str),
        "agent": st.uuids().map(str),
        "from": DAYS,
        "to": DAYS,
        "follow_up": st.sampled_from(["open", "done"]),
    },
)
URL_STATES = st.builds(
    UrlState,
    filters=FILTERS,
    page=st.integers(1, 10_000),
    id=st.uuids().map(str),
    tab=st.sampled_from(UrlState.TABS),
)


def query_of(href: str) -> dict[str, str]:
    """As a browser reads it."""
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(href).query))


@given(URL_STATES)
def test_url_state_round_trips(url: UrlState) -> None:
    assert UrlState.read(query_of(url.href)) == url
    assert url.href.startswith(UrlState.PATH)


@given(st.dictionaries(st.sampled_from([*UrlState.FILTERS, "page", "id", "tab", "other"]), st.text(max_size=300)))
def test_invalid_values_are_left_out(query: dict[str, str]) -> None:
    url = UrlState.read(query)
    url.criteria()
    assert UrlState.read(query_of(url.href)) == url


def test_reversed_period_is_swapped() -> None:
    criteria = UrlState({"from": "2026-11-30", "to": "2026-11-01"}).criteria()
    assert str(criteria.start_date) == "2026-11-01"
    assert str(criteria.end_date) == "2026-11-30"


def test_filtering_starts_at_the_first_page_with_nothing_open() -> None:
    url = UrlState({"status": "missed"}, page=4, id=str(uuid4()))
    assert url.with_filter("outcome", "spam").href == f"{UrlState.PATH}?status=missed&outcome=spam"
    assert url.with_filter("status", " ").href == UrlState.PATH
