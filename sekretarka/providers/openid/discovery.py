"""What a provider publishes about itself: endpoints and keys, cached for an hour."""

import time
from dataclasses import dataclass
from typing import Any

from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.jwk import KeySet

from sekretarka.core.runtime.openid import OpenIdProvider
from sekretarka.providers.openid import http_client
from sekretarka.providers.openid.ports import OpenIdFault

WELL_KNOWN = "/.well-known/openid-configuration"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CACHE_SECONDS = 3_600.0


@dataclass(frozen=True)
class Endpoints:
    """Addresses of a provider, each one that we may call; `token_auth` is client_secret_basic or client_secret_post."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    token_auth: str
    names_issuer: bool  # RFC 9207: what comes back must say from whom


_endpoints: dict[str, tuple[float, Endpoints]] = {}
_keys: dict[str, tuple[float, KeySet]] = {}


async def endpoints(http: AsyncOAuth2Client, provider: OpenIdProvider) -> Endpoints:
    """The provider's endpoints, cached for `CACHE_SECONDS`; `OpenIdFault` when its document cannot be trusted."""
    cached = _endpoints.get(provider.issuer)
    if cached is None or time.monotonic() > cached[0]:
        document = await http_client.fetch_json(http, provider.issuer.rstrip("/") + WELL_KNOWN)
        cached = time.monotonic() + CACHE_SECONDS, _read(document, provider)
        _endpoints[provider.issuer] = cached
    return cached[1]


async def keys(http: AsyncOAuth2Client, provider: OpenIdProvider, *, refresh: bool = False) -> KeySet:
    """The keys that sign its tokens; `refresh` asks even when some are cached: a key may be new."""
    cached = _keys.get(provider.issuer)
    if refresh or cached is None or time.monotonic() > cached[0]:
        document: Any = await http_client.fetch_json(http, (await endpoints(http, provider)).keys)
        cached = time.monotonic() + CACHE_SECONDS, KeySet.import_key_set(document)
        _keys[provider.issuer] = cached
    return cached[1]


def clear_cache() -> None:
    """Drop the cached endpoints and keys of every provider."""
    _endpoints.clear()
    _keys.clear()


def _read(document: dict[str, Any], provider: OpenIdProvider) -> Endpoints:
    if document.get("issuer") != provider.issuer:
        raise OpenIdFault("discovery speaks for another issuer")
    addresses: dict[str, Any] = {name: document.get(name) for name in (*NEEDED, "userinfo_endpoint")}
    if not all(
        http_client.may_call(address) for name, address in addresses.items() if name in NEEDED or address is not None
    ):
        raise OpenIdFault("discovery names an address that must not be called")
    ways = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Endpoints(
        authorization=addresses["authorization_endpoint"],
        token=addresses["token_endpoint"],
        keys=addresses["jwks_uri"],
        userinfo=addresses["userinfo_endpoint"],
        token_auth="client_secret_basic" if "client_secret_basic" in ways else "client_secret_post",
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )
