"""Open tabs are counted: the last one that fits works, one more is told why not and leaves nothing behind."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.ui.connection_limits import ConnectionLimits, owner_of


@pytest.mark.parametrize(
    ("who", "most"), [("person 1", "max_tabs_user"), ("network 192.0.2.1", "max_tabs_network"), (None, "max_tabs")]
)
def test_as_many_as_fit_and_one_more(configure: Callable[..., None], who: str | None, most: str) -> None:
    configure(**{most: 7})
    seats = ConnectionLimits()
    taken = [seats.acquire(str(number), who or f"person {number}") for number in range(8)]
    assert taken == [True] * 7 + [False]
    assert "7" not in seats
    seats.release("7")
    assert not seats.acquire("8", who or "person 8"), "one that had no seat freed none"
    seats.release("0")
    seats.release("0")
    assert [seats.acquire(sid, who or f"person {sid}") for sid in ("9", "10")] == [True, False]
    if who:
        assert seats.acquire("11", "person 2"), "others have seats of their own"
    for sid in list(seats._owners):
        seats.release(sid)
    assert not seats._open, "nobody is remembered who has no tab"


def test_people_are_counted_wherever_they_are_and_nobody_by_network(configure: Callable[..., None]) -> None:
    person = Actor("user", user_id=uuid4())
    first_scope = {"type": "websocket", "client": ("192.0.2.1", 1), "headers": []}
    second_scope = {**first_scope, "client": ("192.0.2.2", 1)}
    assert owner_of(person, first_scope) == owner_of(person, second_scope)
    assert owner_of(ANONYMOUS, first_scope) != owner_of(ANONYMOUS, second_scope)
    lines = [(b"x-forwarded-for", b"192.0.2.66"), (b"x-forwarded-for", b"198.51.100.7")]
    forged = {**first_scope, "headers": lines}
    assert owner_of(ANONYMOUS, forged) == owner_of(ANONYMOUS, first_scope)
    configure(trusted_proxy_hops=1)
    assert owner_of(ANONYMOUS, forged) == "network 198.51.100.7"
