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
from sekretarka.providers.openid import discovery, http_client
from sekretarka.providers.openid.ports import AuthorizationRequest, Callback, OpenIdFault, UserInfo

log = logging.getLogger(__name__)
Result = TypeVar("Result")

# Signatures that only the provider can make: never `none`, never one made with a secret that we know as well.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
FORESEEN = (JoseError, AuthlibBaseError, httpx2.HTTPError, TimeoutError, ValueError)
LEEWAY_SECONDS = 60
MAX_SUBJECT_LENGTH = 255


async def begin_login(provider: OpenIdProvider, redirect_uri: str) -> AuthorizationRequest:
    """Where to send the user, who comes back to `redirect_uri`; `OpenIdFault` when the provider cannot be asked."""

    async def run(http: AsyncOAuth2Client) -> AuthorizationRequest:
        endpoints = await discovery.endpoints(http, provider)
        state, nonce, verifier = (crypto.random_token() for _ in range(3))
        url, _ = http.create_authorization_url(
            endpoints.authorization, state=state, code_verifier=verifier, nonce=nonce
        )
        return AuthorizationRequest(url, state, nonce, verifier)

    return await _exchange(provider, redirect_uri, run)


async def complete_login(provider: OpenIdProvider, redirect_uri: str, callback: Callback) -> UserInfo:
    """Who came back, from a verified ID token; `OpenIdFault` unless everything fits. `redirect_uri` as in
    `begin_login`."""

    async def run(http: AsyncOAuth2Client) -> UserInfo:
        endpoints = await discovery.endpoints(http, provider)
        if callback.issuer != provider.issuer and (callback.issuer is not None or endpoints.names_issuer):
            raise OpenIdFault("the answer came from another issuer")
        http.token_endpoint_auth_method = endpoints.token_auth
        token = await http.fetch_token(
            endpoints.token, grant_type="authorization_code", code=callback.code, code_verifier=callback.verifier
        )
        claims = await _verified(http, provider, token, callback.nonce)
        profile = await _userinfo(http, endpoints.userinfo, token, claims) if "email" not in claims else claims
        return _user_info(provider, claims["sub"], profile)

    return await _exchange(provider, redirect_uri, run)


async def _exchange(
    provider: OpenIdProvider, redirect_uri: str, run: Callable[[AsyncOAuth2Client], Awaitable[Result]]
) -> Result:
    try:
        async with http_client.client(provider, redirect_uri=redirect_uri) as http:
            return await run(http)
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
        decoded = jwt.decode(raw, await discovery.keys(http, provider, refresh=True), ALGORITHMS)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, "value": provider.client_id}},
        {"client_id": provider.client_id, "nonce": nonce, "access_token": token.get("access_token")},
    )
    claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_SECONDS)
    subject = claims["sub"]
    if not subject or len(subject) > MAX_SUBJECT_LENGTH or not subject.isascii() or not subject.isprintable():
        raise OpenIdFault("the claim sub does not fit")
    return dict(claims)


async def _userinfo(
    http: AsyncOAuth2Client, address: str | None, token: dict[str, Any], claims: dict[str, Any]
) -> dict[str, Any]:
    """What the provider tells about the user when the ID token does not."""
    if address is None:
        return claims
    profile = await http_client.fetch_json(http, address, str(token.get("access_token")))
    if profile.get("sub") != claims["sub"]:
        raise OpenIdFault("userinfo speaks of another user")
    return {**claims, **profile}


def _user_info(provider: OpenIdProvider, subject: str, profile: dict[str, Any]) -> UserInfo:
    texts = {name: value for name in ("email", "name", "picture") if isinstance(value := profile.get(name), str)}
    return UserInfo(
        provider=provider.id,
        issuer=provider.issuer,
        subject=subject,
        email=texts.get("email"),
        email_verified=profile.get("email_verified") is True,
        name=texts.get("name"),
        picture=texts.get("picture"),
    )
