"""The log carries no secrets and no people (security.md#r5, #t22)."""

import io
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from sekretarka.core.runtime import logging as ours
from tests.support import secret_leaks


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a handler that knows nothing of us writes."""
    ours.configure("INFO")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger("reflex.somewhere").addHandler(handler)
    yield stream
    logging.getLogger("reflex.somewhere").removeHandler(handler)


log = logging.getLogger("reflex.somewhere")

SECRETS = [
    ("Cookie: authjs.session-token=abcdef; other=1", ["abcdef"]),
    ("{'cookie': 'sid=victim; a=b', 'host': 'x'}", ["victim"]),
    ("[(b'cookie', b'sid=victim; a=b')]", ["victim"]),
    ('{"authorization": "Bearer sk_live_AbCd1234_xyz"}', ["AbCd1234", "sk_live"]),
    ("Authorization: Bearer abc.def", ["abc.def"]),
    ("stripe-signature=t=1,v1=deadbeef", ["t=1"]),
    ("webhook-signature: v1,K5oZfzN95Z", ["K5oZ"]),
    ("password='hunter2-secret'", ["hunter2"]),
    ('{"newPassword": 1, "password": "hunter2 with spaces"}', ["hunter2", "spaces"]),
    ("key sk_test_12345678_aaaa_bbbb given", ["12345678"]),
    ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/=", ["MfKQ9r8"]),
    ("token 5f" + "a1" * 31, ["a1a1a1"]),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", ["eyJzdWI"]),
    ("called +48601000111 and +48 601 000 111", ["601000111", "601 000"]),
    ("mail to anna.kowalska+x@poczta.example.pl failed", ["anna", "poczta"]),
    ("postgresql://app:pa55word@db.internal:5432/x", ["pa55word"]),
]


def test_the_watch_over_every_test_sees_a_name() -> None:
    watch = secret_leaks.Watch()
    watch.emit(logging.LogRecord("x", logging.INFO, "", 0, "a call of %s", ("Łucja Żak",), None))
    watch.emit(logging.LogRecord("x", logging.INFO, "", 0, "a call of %s", ("somebody",), None))
    assert watch.leaks == ["x: a call of Łucja Żak"]


@pytest.mark.parametrize(("text", "hidden"), SECRETS)
def test_secrets_and_addresses_are_hidden(written: io.StringIO, text: str, hidden: list[str]) -> None:
    log.warning("before %s after", text)
    output = written.getvalue()
    assert output.startswith("WARNING before")
    assert output.endswith("after\n") or text.startswith("Cookie:"), "a cookie's line is hidden to its end"
    assert not [word for word in hidden if word in output]


def test_what_helps_stays(written: io.StringIO) -> None:
    line = "POST /api/v1/agents/{agent_id} 201 3.4 ms 018f-01a20612-a641-75d4-b92e-9103e8b2ec35 after 12 attempts"
    log.info(line)
    assert written.getvalue() == f"INFO {line}\n"


def test_nobody_writes_lines_of_their_own(written: io.StringIO) -> None:
    log.error("bad name %s", "x\n2026 CRITICAL all is lost\r\x1b[31m\x00\u2028y")
    assert written.getvalue().count("\n") == 1
    assert "\x1b" not in written.getvalue()


def test_exceptions_show_the_way_and_not_the_values(written: io.StringIO) -> None:
    class Person(BaseModel):
        age: int

    original = Exception("duplicate key DETAIL: Key (email)=(anna@example.com), row (Kunegunda)")
    rows: dict[str, int] = {}

    def store() -> None:
        raise IntegrityError("INSERT", {"name": "Kunegunda"}, original)

    fails: list[Callable[[], Any]] = [
        lambda: int("Kunegunda"),
        lambda: Person.model_validate({"age": "Kunegunda"}),
        lambda: rows["Kunegunda"],
        store,
    ]
    for fail in fails:
        try:
            fail()
        except Exception:
            log.exception("failed")
    output = written.getvalue()
    assert "Kunegunda" not in output
    assert "ValueError: invalid literal for int() with base 10: ***" in output
    assert "ValidationError of Person (age: int_parsing)" in output
    assert "IntegrityError (Exception, no state)" in output
    assert "test_logging.py" in output


def test_causes_are_told(written: io.StringIO) -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise RuntimeError("second") from error
    except RuntimeError:
        log.exception("failed")
    assert "RuntimeError: second" in written.getvalue()
    assert "KeyError: ***" in written.getvalue()


def test_a_wrong_call_harms_nobody(written: io.StringIO) -> None:
    log.info("%d", "anna@example.com")
    log.info(*["%s %s", "one"])
    assert "anna" not in written.getvalue()
    assert written.getvalue().count("unreadable record") == 2


@given(st.text(max_size=300))
def test_any_text_can_be_logged(text: str) -> None:
    assert ours.redact(ours.redact(text)) == ours.redact(text)


def test_hiding_is_quick() -> None:
    began = time.perf_counter()
    for text in ("cookie=" * 5_000, "+1 " * 10_000, "a@" * 10_000, "'" * 20_000, "password" * 3_000, "eyJ" * 8_000):
        ours.redact(text)
    assert time.perf_counter() - began < 5
