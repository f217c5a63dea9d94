"""A real OpenID provider on this machine: honest by itself, as hostile as a test makes it."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import RSAKey

from sekretarka.providers.openid import discovery

CLIENT_ID, CLIENT_SECRET = "sekretarka-tests", "secret-of-the-client-in-tests-0123456789"
OLA = {"sub": "ola-1", "email": "ola@example.com", "email_verified": True, "name": "Ola Lis"}


def setting(issuer: str) -> str:
    """OIDC_PROVIDERS with this one only."""
    provider = {"id": "local", "name": "Dom", "issuer": issuer, "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    return json.dumps([provider])


@cache
def key(kid: str) -> RSAKey:
    """A key pair, made once."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def _unchanged(_: object) -> None:
    """Honest."""


class Provider:
    """What it says of the person who signs in, and what a test may change: `claims`, `token`, `sign`, `answers`."""

    def __init__(self, port: int = 0) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self.server.provider = self  # type: ignore[attr-defined]
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.setting = setting(self.issuer)
        self.reset()
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def reset(self) -> None:
        """Honest again, and nobody has been here."""
        self.person: dict[str, Any] = dict(OLA)
        self.metadata: dict[str, Any] = {}
        self.claims: Callable[[dict[str, Any]], object] = _unchanged
        self.token: Callable[[dict[str, Any]], object] = _unchanged
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
            {"alg": "RS256", "kid": self.kid}, claims, key(self.kid)
        )
        self.back: Callable[[dict[str, str]], object] = _unchanged
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.kid = "first"
        self.published = ["first"]
        self.codes: dict[str, dict[str, str]] = {}
        self.requested_paths: list[str] = []
        self.issued: list[str] = []  # what must never be logged
        self.userinfo = dict(OLA)
        discovery.clear_cache()

    def stop(self) -> None:
        """Close the port."""
        self.server.shutdown()
        self.server.server_close()

    def configuration(self) -> dict[str, Any]:
        """What discovery says."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def authorize(self, request: dict[str, str]) -> str:
        """Consent at once; returns the address that the browser goes to."""
        assert request["client_id"] == CLIENT_ID
        assert request["response_type"] == "code"
        assert request["code_challenge_method"] == "S256"
        assert "openid" in request["scope"].split()
        code = secrets.token_hex(16)
        self.codes[code] = request
        query = {"code": code, "state": request["state"], "iss": self.issuer}
        self.back(query)
        self.issued += [code, request["state"], request["nonce"]]
        return f"{request['redirect_uri']}?{urlencode(query)}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """Tokens for a code; an error for any fault of the client."""
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {basic}":
            return {"error": "invalid_client"}
        request = self.codes.pop(form.get("code", ""), None)
        if request is None or form.get("redirect_uri") != request["redirect_uri"]:
            return {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != request["code_challenge"]:
            return {"error": "invalid_grant"}
        now, access = int(time.time()), secrets.token_hex(20)
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": request["nonce"],
            "at_hash": create_half_hash(access, "RS256").decode(),
            **self.person,
        }
        self.claims(claims)
        token = {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self.sign(claims)}
        self.token(token)
        self.issued += [str(token.get(name)) for name in ("access_token", "id_token")]
        return token


class _Handler(BaseHTTPRequestHandler):
    """The provider's addresses."""

    def log_message(self, *_: Any) -> None:
        pass

    @property
    def provider(self) -> Provider:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        return provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if self._is_answered(parts.path):
            return
        if parts.path == "/authorize":
            request = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.redirect(self.provider.authorize(request))
        elif parts.path == "/.well-known/openid-configuration":
            self.say(self.provider.configuration())
        elif parts.path == "/keys":
            self.say({"keys": [key(kid).as_dict(private=False) for kid in self.provider.published]})
        elif parts.path == "/userinfo":
            self.say(self.provider.userinfo)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self._is_answered(self.path):
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        token = self.provider.exchange(form, self.headers.get("Authorization", ""))
        self.say(token, 400 if "error" in token else 200)

    def say(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """A JSON answer."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def redirect(self, address: str) -> None:
        """Elsewhere."""
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_answered(self, path: str) -> bool:
        self.provider.requested_paths.append(path)
        answer = self.provider.answers.get(path)
        if answer is not None:
            answer(self)
        return answer is not None


@pytest.fixture(scope="session")
def openid_server() -> Iterator[Provider]:
    """The running provider."""
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(openid_server: Provider, configure: Callable[..., None]) -> Provider:
    """The same, honest, and one of the ways to sign in: `local`."""
    openid_server.reset()
    configure(oidc_providers=openid_server.setting)
    return openid_server
