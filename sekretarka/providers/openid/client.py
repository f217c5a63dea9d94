"""Signing in with a provider: authorization code with PKCE, then an ID token of which every claim must fit."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError

from sekretarka.core.runtime import clock, crypto
from sekretarka.core.runtime.openid import OpenIdProvider
from sekretarka.providers.openid import discovery, wire
from sekretarka.providers.openid.ports import Departure, OpenIdFault, Person, Return

log = logging.getLogger(__name__)
Result = TypeVar("Result")

# Signatures that only the provider can make: never `none`, never one made with a secret that we know as well.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
FORESEEN = (JoseError, AuthlibBaseError, httpx2.HTTPError, TimeoutError, ValueError)
LEEWAY_SECONDS = 60
LONGEST_SUBJECT = 255


async def depart(provider: OpenIdProvider, redirect_uri: str) -> Departure:
    """Where to send the person; `OpenIdFault` when the provider cannot be asked."""

    async def make(http: AsyncOAuth2Client) -> Departure:
        where = await discovery.endpoints(http, provider)
        state, nonce, verifier = (crypto.random_token() for _ in range(3))
        url, _ = http.create_authorization_url(where.authorization, state=state, code_verifier=verifier, nonce=nonce)
        return Departure(url, state, nonce, verifier)

    return await _talk(provider, redirect_uri, make)


async def arrive(provider: OpenIdProvider, redirect_uri: str, back: Return) -> Person:
    """Who came back; `OpenIdFault` unless everything fits."""

    async def make(http: AsyncOAuth2Client) -> Person:
        where = await discovery.endpoints(http, provider)
        if back.issuer != provider.issuer and (back.issuer is not None or where.names_issuer):
            raise OpenIdFault("the answer came from another issuer")
        http.token_endpoint_auth_method = where.token_auth
        token = await http.fetch_token(
            where.token, grant_type="authorization_code", code=back.code, code_verifier=back.verifier
        )
        claims = await _verified(http, provider, token, back.nonce)
        said = await _userinfo(http, where.userinfo, token, claims) if "email" not in claims else claims
        return _person(provider, claims["sub"], said)

    return await _talk(provider, redirect_uri, make)


async def _talk(
    provider: OpenIdProvider, redirect_uri: str, make: Callable[[AsyncOAuth2Client], Awaitable[Result]]
) -> Result:
    try:
        async with wire.client(provider, redirect_uri=redirect_uri) as http:
            return await make(http)
    except OpenIdFault as fault:
        log.warning("sign-in with %s failed: %s", provider.id, fault)
        raise
    except Exception as error:
        # Whatever a provider's answer makes the libraries raise: nobody signs in, and nothing of it is repeated.
        unforeseen = None if isinstance(error, FORESEEN) else error
        log.warning("sign-in with %s failed: %s", provider.id, _kind(error), exc_info=unforeseen)
        raise OpenIdFault(_kind(error)) from None


def _kind(error: Exception) -> str:
    if isinstance(error, ClaimError):
        return f"the claim {error.claim} does not fit"
    return error.error if isinstance(error, JoseError) else type(error).__name__


async def _verified(
    http: AsyncOAuth2Client, provider: OpenIdProvider, token: dict[str, Any], nonce: str
) -> dict[str, Any]:
    """The claims of the ID token; OpenID Connect Core §3.1.3.7, point by point."""
    raw = token.get("id_token")
    if not isinstance(raw, str):
        raise OpenIdFault("no ID token")
    try:
        decoded = jwt.decode(raw, await discovery.keys(http, provider), ALGORITHMS)
    except InvalidKeyIdError:
        decoded = jwt.decode(raw, await discovery.keys(http, provider, again=True), ALGORITHMS)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, "value": provider.client_id}},
        {"client_id": provider.client_id, "nonce": nonce, "access_token": token.get("access_token")},
    )
    claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_SECONDS)
    subject = claims["sub"]
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isascii() or not subject.isprintable():
        raise OpenIdFault("the claim sub does not fit")
    return dict(claims)


async def _userinfo(
    http: AsyncOAuth2Client, address: str | None, token: dict[str, Any], claims: dict[str, Any]
) -> dict[str, Any]:
    """What the provider tells about the person when the ID token does not."""
    if address is None:
        return claims
    said = await wire.document(http, address, str(token.get("access_token")))
    if said.get("sub") != claims["sub"]:
        raise OpenIdFault("userinfo speaks of another person")
    return {**claims, **said}


def _person(provider: OpenIdProvider, subject: str, said: dict[str, Any]) -> Person:
    texts = {name: value for name in ("email", "name", "picture") if isinstance(value := said.get(name), str)}
    return Person(
        provider=provider.id,
        issuer=provider.issuer,
        subject=subject,
        email=texts.get("email"),
        email_verified=said.get("email_verified") is True,
        name=texts.get("name"),
        picture=texts.get("picture"),
    )
