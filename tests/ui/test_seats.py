"""Open tabs are counted: the last one that fits works, one more is told why not and leaves nothing behind."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.ui.seats import Seats, whose


@pytest.mark.parametrize(
    ("who", "most"), [("person 1", "max_tabs_person"), ("network 192.0.2.1", "max_tabs_network"), (None, "max_tabs")]
)
def test_as_many_as_fit_and_one_more(configure: Callable[..., None], who: str | None, most: str) -> None:
    configure(**{most: 7})
    seats = Seats()
    taken = [seats.take(str(number), who or f"person {number}") for number in range(8)]
    assert taken == [True] * 7 + [False]
    assert "7" not in seats
    seats.leave("7")
    assert not seats.take("8", who or "person 8"), "one that had no seat freed none"
    seats.leave("0")
    seats.leave("0")
    assert [seats.take(sid, who or f"person {sid}") for sid in ("9", "10")] == [True, False]
    if who:
        assert seats.take("11", "person 2"), "others have seats of their own"
    for sid in list(seats._taken):
        seats.leave(sid)
    assert not seats._open, "nobody is remembered who has no tab"


def test_people_are_counted_wherever_they_are_and_nobody_by_network(configure: Callable[..., None]) -> None:
    person = Actor("user", user_id=uuid4())
    here, there = {"asgi-scope-client": "192.0.2.1"}, {"asgi-scope-client": "192.0.2.2"}
    assert whose(person, here) == whose(person, there)
    assert whose(ANONYMOUS, here) != whose(ANONYMOUS, there)
    forged = {**here, "x-forwarded-for": "198.51.100.7"}
    assert whose(ANONYMOUS, forged) == whose(ANONYMOUS, here)
    configure(trusted_proxy_hops=1)
    assert whose(ANONYMOUS, forged) == "network 198.51.100.7"
