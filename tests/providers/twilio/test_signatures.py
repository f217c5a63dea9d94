"""What Twilio signed is believed and nothing else; its own library judges both directions."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from sekretarka.core.errors import InvalidSignature
from sekretarka.providers import registry
from sekretarka.providers.ports import WebhookRequest
from sekretarka.providers.twilio import signatures
from tests.support.workspace import ROOT

FIXTURES = ROOT / "tests/fixtures/twilio"
VECTORS = json.loads((FIXTURES / "signatures.json").read_text())
URL = "https://sekretarka.example/api/webhooks/twilio/1?message=2"
TOKEN, SHARED_KEY = "test-twilio-token", "test-shared-key"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
forms = st.dictionaries(texts.filter(bool), texts, min_size=1, max_size=6)


def accepts(url: str, body: bytes, token: str, shared_key: str | None = None, **headers: str) -> bool:
    credentials = {"account_sid": f"AC{'0' * 32}", "auth_token": token} | (
        {"shared_key": shared_key} if shared_key else {}
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        registry.sms_gateway("twilio", credentials).verify(WebhookRequest(url, named, body, (), NOW))
    except InvalidSignature:
        return False
    return True


def body_of(vector: dict[str, Any]) -> bytes:
    if "form_file" in vector:
        return (FIXTURES / vector["form_file"]).read_bytes()
    return (
        vector["body"].encode()
        if "body" in vector
        else urlencode([*map(tuple, vector.get("params_multi") or vector["params"].items())]).encode()
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["scheme"])
def test_published_signatures(vector: dict[str, Any]) -> None:
    body, secret = body_of(vector), vector["secret"]
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    assert accepts(vector["url"], body, secret, secret, **headers)
    assert not accepts(vector["url"], body, f"{secret}x", f"{secret}x", **headers)
    assert not accepts(vector["url"] + "1", body, secret, secret, **headers)
    assert not accepts(vector["url"], body[:-1] + b"!", secret, secret, **headers)
    assert not accepts(vector["url"], body, secret, secret)


@given(forms, st.sampled_from(["", ":443", ":8443"]), st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]))
def test_library_and_we_agree(form: dict[str, str], port: str, algorithm: str) -> None:
    url = URL.replace(".example", f".example{port}")
    validator = RequestValidator(TOKEN)
    assert validator.validate(url, form, signatures.sign(TOKEN, url, form.items(), algorithm), algorithm)
    theirs = {"x_twilio_signature": validator.compute_signature(url, form, algorithm)}
    how = {signatures.SETTINGS_HEADER: f"key=k1,algorithm={algorithm}"}
    body = urlencode(form).encode()
    assert accepts(url, body, "other", TOKEN, **theirs, **how)
    assert accepts(url, body, TOKEN, **theirs) is (algorithm == "HMAC_SHA1")
    altered = urlencode({**form, "Body": form.get("Body", "") + "x"}).encode()
    assert not accepts(url, altered, "other", TOKEN, **theirs, **how)


@pytest.mark.parametrize("called", ["https://sekretarka.example/x", "https://sekretarka.example:443/x"])
@pytest.mark.parametrize("ours", ["https://sekretarka.example/x", "https://sekretarka.example:443/x"])
def test_port_of_the_address_does_not_matter(called: str, ours: str) -> None:
    signature = RequestValidator(TOKEN).compute_signature(called, {"a": "b"})
    assert accepts(ours, b"a=b", TOKEN, x_twilio_signature=signature)
    assert not accepts(ours, b"a=c", TOKEN, x_twilio_signature=signature)


def test_body_that_is_no_form_is_signed_by_its_hash() -> None:
    body = '{"Body": "zażółć"}'
    url = f"{URL}&bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    assert RequestValidator(TOKEN).validate(url, body, signature)
    assert accepts(url, body.encode(), TOKEN, x_twilio_signature=signature)
    assert not accepts(url, body.replace("ż", "z").encode(), TOKEN, x_twilio_signature=signature)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_twilio_signature": ""},
        {"x_twilio_signature": "zażółć"},
        {signatures.SETTINGS_HEADER: "key=k1,algorithm=NONE"},
        {signatures.SETTINGS_HEADER: "key=k1"},
    ],
)
def test_what_is_not_signed_by_a_known_secret_is_rejected(headers: dict[str, str]) -> None:
    signed = {"x_twilio_signature": signatures.sign(TOKEN, URL, [("a", "b")])}
    assert accepts(URL, b"a=b", TOKEN, **signed)
    assert not accepts(URL, b"a=b", TOKEN, **headers)
    assert not accepts(URL, b"a=b", TOKEN, **{**signed, **headers}) or not headers
    assert not accepts(URL, b"\xff\xfe", TOKEN, **signed)
    assert not accepts(URL, b"&".join(b"a=b" for _ in range(201)), TOKEN, **signed)


def test_empty_values_count() -> None:
    assert parse_qs("a=&b=1", keep_blank_values=True) == {"a": [""], "b": ["1"]}
    signature = RequestValidator(TOKEN).compute_signature(URL, {"a": "", "b": "1"})
    assert accepts(URL, b"b=1&a=", TOKEN, x_twilio_signature=signature)
    assert not accepts(URL, b"b=1", TOKEN, x_twilio_signature=signature)
