"""The address of the list of calls: whatever stands in it, the page opens, and what it wrote it reads back."""

from datetime import date
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from sekretarka.domain.conversations.models import Outcome, Status
from sekretarka.ui.pages.conversations.query_params import FIELDS, PATH, TABS, Address

DAYS = st.dates(date(1971, 1, 1), date(2099, 12, 31)).map(str)
WANTED = st.fixed_dictionaries(
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
ADDRESSES = st.builds(
    Address,
    filters=WANTED,
    page=st.integers(1, 10_000),
    id=st.uuids().map(str),
    tab=st.sampled_from(TABS),
)


def query_of(href: str) -> dict[str, str]:
    """As a browser reads it."""
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(href).query))


@given(ADDRESSES)
def test_what_an_address_says_is_read_back(address: Address) -> None:
    assert Address.read(query_of(address.href)) == address
    assert address.href.startswith(PATH)


@given(st.dictionaries(st.sampled_from([*FIELDS, "page", "id", "tab", "other"]), st.text(max_size=300)))
def test_nonsense_is_left_out(query: dict[str, str]) -> None:
    address = Address.read(query)
    address.wanted()
    assert Address.read(query_of(address.href)) == address


def test_a_backward_period_is_turned_round() -> None:
    wanted = Address({"from": "2026-11-30", "to": "2026-11-01"}).wanted()
    assert str(wanted.start_date) == "2026-11-01"
    assert str(wanted.end_date) == "2026-11-30"


def test_narrowing_begins_at_the_first_page_with_nothing_open() -> None:
    address = Address({"status": "missed"}, page=4, id=str(uuid4()))
    assert address.narrowed("outcome", "spam").href == f"{PATH}?status=missed&outcome=spam"
    assert address.narrowed("status", " ").href == PATH
