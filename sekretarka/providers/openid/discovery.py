"""What a provider publishes about itself: endpoints and keys, remembered for an hour."""

import time
from dataclasses import dataclass
from typing import Any

from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.jwk import KeySet

from sekretarka.core.runtime.openid import OpenIdProvider
from sekretarka.providers.openid import wire
from sekretarka.providers.openid.ports import OpenIdFault

WELL_KNOWN = "/.well-known/openid-configuration"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
REMEMBERED_SECONDS = 3_600.0


@dataclass(frozen=True)
class Endpoints:
    """Where to send people and where to ask; every address one that we may call."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    token_auth: str
    names_issuer: bool  # RFC 9207: what comes back must say from whom


_endpoints: dict[str, tuple[float, Endpoints]] = {}
_keys: dict[str, tuple[float, KeySet]] = {}


async def endpoints(http: AsyncOAuth2Client, provider: OpenIdProvider) -> Endpoints:
    """The provider's endpoints."""
    known = _endpoints.get(provider.issuer)
    if known is None or time.monotonic() > known[0]:
        said = await wire.document(http, provider.issuer.rstrip("/") + WELL_KNOWN)
        known = time.monotonic() + REMEMBERED_SECONDS, _read(said, provider)
        _endpoints[provider.issuer] = known
    return known[1]


async def keys(http: AsyncOAuth2Client, provider: OpenIdProvider, *, again: bool = False) -> KeySet:
    """The keys that sign its tokens; `again` asks even when some are remembered: a key may be new."""
    known = _keys.get(provider.issuer)
    if again or known is None or time.monotonic() > known[0]:
        said: Any = await wire.document(http, (await endpoints(http, provider)).keys)
        known = time.monotonic() + REMEMBERED_SECONDS, KeySet.import_key_set(said)
        _keys[provider.issuer] = known
    return known[1]


def forget() -> None:
    """Ask every provider again."""
    _endpoints.clear()
    _keys.clear()


def _read(said: dict[str, Any], provider: OpenIdProvider) -> Endpoints:
    if said.get("issuer") != provider.issuer:
        raise OpenIdFault("discovery speaks for another issuer")
    addresses: dict[str, Any] = {name: said.get(name) for name in (*NEEDED, "userinfo_endpoint")}
    if not all(wire.may_call(address) for name, address in addresses.items() if name in NEEDED or address is not None):
        raise OpenIdFault("discovery names an address that must not be called")
    ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Endpoints(
        authorization=addresses["authorization_endpoint"],
        token=addresses["token_endpoint"],
        keys=addresses["jwks_uri"],
        userinfo=addresses["userinfo_endpoint"],
        token_auth="client_secret_basic" if "client_secret_basic" in ways else "client_secret_post",
        names_issuer=said.get("authorization_response_iss_parameter_supported") is True,
    )
