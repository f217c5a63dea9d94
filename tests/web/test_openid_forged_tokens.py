"""Providers that cheat (security.md#t27): nobody signs in, nothing is stored, nothing breaks or leaks."""

import base64
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from sekretarka.providers.openid import client, http_client
from tests.support.openid import CLIENT_ID, CLIENT_SECRET, Provider, key
from tests.web.browser import Browser
from tests.web.openid_flow import away, comes_back, error_of, goes, nothing_changes

Cheat = Callable[[Provider], Any]
DENIED = ("AccessDenied", "email_not_verified")
FAILED = ("OAuthCallbackError", None)


def claim(**values: Any) -> Cheat:
    """An ID token that says something else; None leaves the claim out."""

    def change(claims: dict[str, Any]) -> None:
        claims.update(values)
        for name in [name for name, value in claims.items() if value is None]:
            del claims[name]

    return lambda provider: setattr(provider, "claims", change)


def signed(sign: Callable[[dict[str, Any]], str]) -> Cheat:
    """An ID token signed otherwise."""
    return lambda provider: setattr(provider, "sign", sign)


def unsigned(claims: dict[str, Any]) -> str:
    """`alg: none`."""
    whole = jwt.encode({"alg": "RS256", "kid": "first"}, claims, key("first"))
    header = jwt.encode({"alg": "HS256"}, {"alg": "none", "typ": "JWT"}, OctKey.import_key("k" * 32)).split(".")[1]
    return f"{header}.{whole.split('.')[1]}."


def with_secret(secret: bytes) -> Callable[[dict[str, Any]], str]:
    """HS256 with something that others know; by hand, because libraries refuse to use a public key so."""

    def sign(claims: dict[str, Any]) -> str:
        parts = (json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "first"}, claims))
        text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        proof = hmac.digest(secret, text, "sha256")
        return f"{text.decode()}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"

    return sign


def answering(path: str, body: Any = b"", status: int = 200, **headers: str) -> Cheat:
    """One address of the provider answers this."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda provider: provider.answers.update({path: lambda at: at.say(body, status, fields)})  # type: ignore[attr-defined]


def slowly(provider: Provider) -> None:
    provider.answers["/token"] = lambda _: time.sleep(0.5)


def dripping(provider: Provider) -> None:
    """A byte at a time: each read succeeds, the whole never ends."""

    def drip(at: Any) -> None:
        at.send_response(200)
        at.end_headers()
        for _ in range(8):
            at.wfile.write(b" ")
            at.wfile.flush()
            time.sleep(0.1)

    provider.answers["/token"] = drip


def token(**values: Any) -> Cheat:
    """A token answer that says something else."""
    return lambda provider: setattr(provider, "token", lambda answer: answer.update(values))


def back(**values: str) -> Cheat:
    """What the browser comes back with."""
    return lambda provider: setattr(provider, "back", lambda query: query.update(values))


def without_issuer(provider: Provider) -> None:
    provider.back = lambda query: query.pop("iss")


def userinfo(**values: Any) -> Cheat:
    """The e-mail is told by userinfo, which says something else."""

    def cheat(provider: Provider) -> None:
        claim(email=None, email_verified=None)(provider)
        provider.userinfo.update(values)

    return cheat


def weak_keys(provider: Provider) -> None:
    """The published keys are none that could be only the provider's."""
    shared = OctKey.import_key(CLIENT_SECRET, {"kid": "first"})
    answering("/keys", {"keys": [shared.as_dict(private=True)]})(provider)
    signed(with_secret(CLIENT_SECRET.encode()))(provider)


NOW = int(time.time())
# By what the log says of them, so that each is refused for its own reason; nothing where the provider was never asked.
CHEATS: dict[str, dict[str, Cheat]] = {
    "the claim iss does not fit": {
        "issuer of another": claim(iss="https://accounts.google.com"),
        "issuer with a slash": lambda provider: claim(iss=f"{provider.issuer}/")(provider),
        "no issuer": claim(iss=None),
        "issuer that is a list": lambda provider: claim(iss=[provider.issuer])(provider),
    },
    "the claim aud does not fit": {
        "audience of another": claim(aud="another-client"),
        "audience of others": claim(aud=["a", "b"]),
        "no audience": claim(aud=None),
    },
    "the claim azp does not fit": {
        "audience with others, no party": claim(aud=[CLIENT_ID, "another-client"]),
        "party of another": claim(aud=[CLIENT_ID, "another-client"], azp="another-client"),
        "party of another, one audience": claim(azp="another-client"),
    },
    "the claim nonce does not fit": {
        "nonce of another": claim(nonce="0" * 64),
        "no nonce": claim(nonce=None),
        "nonce that is a list": claim(nonce=["0" * 64]),
    },
    "the claim exp does not fit": {
        "expired": claim(exp=NOW - 120),
        "no end": claim(exp=None),
        "end that is a text": claim(exp="4102444800"),
        "end that is no number": claim(exp=float("nan")),
    },
    "the claim iat does not fit": {
        "issued in the future": claim(iat=NOW + 7_200),
        "no issue": claim(iat=None),
    },
    "the claim nbf does not fit": {
        "not valid yet": claim(nbf=NOW + 7_200),
    },
    "the claim at_hash does not fit": {
        "another access token": claim(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
        "a hash that is a number": claim(at_hash=5),
    },
    "the claim sub does not fit": {
        "no subject": claim(sub=None),
        "empty subject": claim(sub=""),
        "subject that is a number": claim(sub=7),
        "subject too long": claim(sub="x" * 256),
        "subject with NUL": claim(sub="ola\x00"),
        "subject beyond ASCII": claim(sub="żółw"),
    },
    "unsupported_algorithm": {
        "not signed": signed(unsigned),
        "signed with the client's secret": signed(with_secret(CLIENT_SECRET.encode())),
        "signed with the public key": signed(with_secret(key("first").as_pem(private=False))),
        "signed with the secret they publish": weak_keys,
    },
    "invalid_key_id": {
        "signed by an unknown key": signed(lambda claims: jwt.encode({"alg": "RS256", "kid": "no"}, claims, key("no"))),
    },
    "bad_signature": {
        "signed by another key of that name": signed(
            lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, key("other"))
        ),
        "altered after signing": signed(
            lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, key("first"))[:-6] + "AAAAAA"
        ),
    },
    "invalid_key_type": {
        "signed by a key it brings along": signed(
            lambda claims: jwt.encode(
                {"alg": "ES256", "jwk": ECKey.generate_key("P-256").as_dict(private=False)},
                claims,
                ECKey.generate_key("P-256"),
            )
        ),
    },
    "no ID token": {
        "no ID token": token(id_token=None),
        "an ID token that is a list": token(id_token=["x"]),
    },
    "decode_error": {
        "an ID token that is none": token(id_token="x.y.z"),
    },
    "OAuthError": {
        "an error in place of a token": token(error="server_error"),
        "a code that was never given": back(code="0" * 32),
    },
    "a redirect": {
        "token endpoint redirects": answering("/token", b"{}", 302, Location="http://127.0.0.1:9/"),
        "token endpoint redirects with 307": answering("/token", b"{}", 307, Location="/token2"),
        "keys redirect": answering("/keys", b"", 302, Location="http://127.0.0.1:9/"),
        "userinfo redirects": lambda provider: (
            userinfo()(provider),
            answering("/userinfo", b"", 302, Location="/x")(provider),
        ),
    },
    "TimeoutError": {
        "token endpoint is slow": slowly,
        "token endpoint drips": dripping,
    },
    "an answer that is too large": {
        "token endpoint is giant": answering("/token", b'{"a": "' + b"x" * 400_000 + b'"}'),
        "keys are giant": answering("/keys", b'{"keys": [' + b" " * 400_000 + b"]}"),
    },
    "a compressed answer that was not asked for": {
        "token endpoint compresses": answering("/token", b"\x1f\x8b", content_encoding="gzip"),
    },
    "HTTPStatusError": {
        "token endpoint fails": answering("/token", b"oops", 500),
    },
    "ValueError": {
        "token endpoint says a list": answering("/token", [1]),
        "token endpoint says nothing": answering("/token", b""),
    },
    "RecursionError": {
        "token endpoint is deep": answering("/token", b"[" * 200_000),
    },
    "missing_key": {
        "keys are none": answering("/keys", {"keys": []}),
    },
    "key_parameter": {
        "keys are nonsense": answering("/keys", {"keys": [{"kty": "RSA", "n": "!", "e": 5}, 7]}),
    },
    "the answer came from another issuer": {
        "wrong issuer in the answer": back(iss="https://accounts.google.com"),
        "no issuer in the answer": without_issuer,
    },
    "userinfo speaks of another user": {
        "userinfo of another": userinfo(sub="iga-1"),
        "userinfo without subject": userinfo(sub=None),
    },
    "": {
        "an error": back(error="server_error"),
        "no code": back(code=""),
        "swapped state": back(state="0" * 64),
        "empty state": back(state=""),
    },
}
UNPROVEN: dict[str, Cheat] = {
    "not verified": claim(email_verified=False),
    "said as a text": claim(email_verified="false"),
    "said as a text that sounds true": claim(email_verified="true"),
    "said as a number": claim(email_verified=1),
    "not said": claim(email_verified=None),
    "no e-mail": userinfo(email=None),
    "the victim's, not verified": claim(email="iga@example.com", email_verified=False),
    "the victim's, said by userinfo": userinfo(email="iga@example.com", email_verified="false"),
    "no address": claim(email="iga@example.com\x00"),
    "two addresses": claim(email="ola@example.com,iga@example.com"),
    "a list": claim(email=["ola@example.com"]),
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_leaks(caplog: pytest.LogCaptureFixture, provider: Provider) -> Iterator[None]:
    """Whatever happens, the log has none of it."""
    caplog.set_level(logging.INFO)
    yield
    secrets = [*provider.issued, CLIENT_SECRET, "ola@example.com", "iga@example.com", "Ola Lis"]
    assert [secret for secret in secrets if secret and secret in caplog.text] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("reason", "cheat"), [(reason, cheat) for reason, cheats in CHEATS.items() for cheat in cheats]
)
async def test_forged_token_is_rejected(
    visitor: Browser,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
    cheat: str,
) -> None:
    CHEATS[reason][cheat](provider)
    async with nothing_changes(visitor):
        callback = await away(visitor)
        if reason == "TimeoutError":  # with less patience on a busy machine any other answer might come too late
            monkeypatch.setattr(http_client, "TIMEOUT_SECONDS", 0.3)
        assert error_of(await comes_back(visitor, callback)) == FAILED
    messages = [record.getMessage() for record in caplog.records if record.name == client.__name__]
    assert messages == ([f"sign-in with local failed: {reason}"] if reason else [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("cheat", UNPROVEN)
async def test_unverified_address_creates_no_account(visitor: Browser, provider: Provider, cheat: str) -> None:
    UNPROVEN[cheat](provider)
    async with nothing_changes(visitor):
        assert error_of(await goes(visitor)) == DENIED
