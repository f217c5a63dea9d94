"""Signatures of Standard Webhooks: the reference vector, and that nothing forged or malformed gets through."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekretarka.core.errors import InvalidSignature
from sekretarka.core.runtime.crypto import new_webhook_secret
from sekretarka.core.web.standard_webhooks import sign, verify

VECTORS = json.loads((Path(__file__).parents[2] / "fixtures" / "standard_webhooks.json").read_text())
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
BODY = '{"type":"call_started","data":{"callerName":"Łucja"}}'.encode()


def signed(body: bytes = BODY, *, secret: str = SECRET, at: int = STAMP, message_id: str = "msg_1") -> dict[str, str]:
    signature = sign(secret, message_id, at, body)
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}


def refused(headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    """True for InvalidSignature, False when accepted; any other exception is a failure of the test."""
    try:
        verify(secrets, headers, body, NOW)
    except InvalidSignature:
        return True
    return False


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_reference_vector(vector: dict[str, Any]) -> None:
    body = vector["body"].encode()
    assert sign(vector["secret"], vector["id"], vector["timestamp"], body) == vector["signature"]
    headers = {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(vector["timestamp"]),
        "webhook-signature": vector["signature"],
    }
    then = datetime.fromtimestamp(vector["timestamp"], UTC)
    assert verify([vector["secret"]], headers, body, then) == vector["id"]


@given(body=st.binary(max_size=2000), message_id=st.from_regex(r"\A[A-Za-z0-9_-]{1,255}\Z"))
def test_what_is_signed_verifies(body: bytes, message_id: str) -> None:
    secret = new_webhook_secret()
    assert verify([secret], signed(body, secret=secret, message_id=message_id), body, NOW) == message_id


@pytest.mark.parametrize(
    ("age", "accepted"), [(0, True), (300, True), (301, False), (-300, True), (-301, False), (-31_536_000, False)]
)
def test_tolerance_bounds_past_and_future(age: int, accepted: bool) -> None:
    assert refused(signed(at=STAMP - age)) is not accepted


def test_tolerance_counts_fractions_of_the_receiving_clock() -> None:
    with pytest.raises(InvalidSignature):
        verify([SECRET], signed(at=STAMP - 300), BODY, NOW + timedelta(milliseconds=1))


def test_rotation_accepts_any_of_several_secrets_and_signatures() -> None:
    headers = signed(secret=OTHER)
    assert verify([SECRET, OTHER], headers, BODY, NOW) == "msg_1"
    old_and_new = headers | {"webhook-signature": f"{headers['webhook-signature']} {signed()['webhook-signature']}"}
    assert verify([SECRET], old_and_new, BODY, NOW) == "msg_1"
    asymmetric = headers | {"webhook-signature": f"v1a,{'A' * 86}== {signed()['webhook-signature']}"}
    assert verify([SECRET], asymmetric, BODY, NOW) == "msg_1"


def test_without_a_secret_nothing_is_accepted() -> None:
    assert refused(signed(), secrets=())
    assert refused(signed(secret=OTHER))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_is_needed(name: str) -> None:
    headers = signed()
    del headers[name]
    assert refused(headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", ""),
        ("webhook-id", "msg.1"),
        ("webhook-id", "msg_1\n"),
        ("webhook-id", "x" * 256),
        ("webhook-timestamp", f"{STAMP}.9"),
        ("webhook-timestamp", f"{STAMP}\n"),
        ("webhook-timestamp", f" {STAMP}"),
        ("webhook-timestamp", f"+{STAMP}"),
        ("webhook-timestamp", f"0{STAMP}"),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "9" * 5000),
        ("webhook-timestamp", str(STAMP).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))),
        ("webhook-signature", ""),
        ("webhook-signature", "v1"),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1,żółć"),
        ("webhook-signature", f"v1a,{'A' * 86}=="),
        ("webhook-signature", f"v2,{'A' * 43}="),
        ("webhook-signature", " ".join([f"v1,{'A' * 43}="] * 17)),
    ],
)
def test_malformed_header_is_refused(name: str, value: str) -> None:
    assert refused(signed() | {name: value})


MUTATIONS = [300, pytest.param(100_000, marks=pytest.mark.soak)]


@pytest.mark.parametrize("mutations", MUTATIONS)
def test_flipped_bits_are_refused(mutations: int) -> None:
    @settings(max_examples=mutations)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        headers, body = signed(), bytearray(BODY)
        where = data.draw(st.sampled_from(["body", *headers]))
        if where == "body":
            body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        else:
            value = bytearray(headers[where].encode())
            value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            headers[where] = value.decode("latin-1")
        assert refused(headers, bytes(body))

    check()


HEADER_GRAMMAR = st.one_of(
    st.text(max_size=80),
    st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")),
    st.from_regex(r"[A-Za-z0-9_-]{0,300}"),
    st.from_regex(r"\A[-+ ]?[0-9]{0,13}(\.[0-9]+)?\n?\Z"),
    st.from_regex(r"\A(v[0-9a]{1,2},?[A-Za-z0-9+/]{42,44}=? ?){0,4}\Z"),
)


@pytest.mark.parametrize("mutations", MUTATIONS)
def test_fuzzed_messages_raise_nothing_but_invalid_signature(mutations: int) -> None:
    @settings(max_examples=mutations)
    @given(
        body=st.binary(max_size=200),
        headers=st.dictionaries(st.sampled_from(list(signed())), HEADER_GRAMMAR, max_size=3),
        keep=st.sets(st.sampled_from(list(signed())), max_size=2),
    )
    @example(body=b"\xff\xfe", headers={}, keep=set())
    def check(body: bytes, headers: dict[str, str], keep: set[str]) -> None:
        good = signed()
        assert refused(headers | {name: good[name] for name in keep}, body)

    check()


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_!!!", "whsec_" + base64.b64encode(b"short").decode(), SECRET.removeprefix("whsec_")]
)
def test_a_malformed_secret_is_an_error_of_ours(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        sign(secret, "msg_1", STAMP, BODY)


def test_an_id_that_would_not_verify_is_not_signed() -> None:
    with pytest.raises(ValueError, match="message id"):
        sign(SECRET, "msg.1", STAMP, BODY)
