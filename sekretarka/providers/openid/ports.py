"""What the rest of the system knows of an OpenID provider: where to send users, and who came back."""

from dataclasses import dataclass


class OpenIdFault(Exception):
    """The provider is away or its answer cannot be trusted; nobody signs in. The text never quotes the answer."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """Where a user goes to sign in, and what their browser must bring back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Callback:
    """What the provider sent a browser back with, and what the browser had stored."""

    code: str
    nonce: str
    verifier: str
    issuer: str | None  # RFC 9207


@dataclass(frozen=True)
class UserInfo:
    """Whom a provider vouches for. `issuer` and `subject` are who it is; the rest is what it says about them."""

    provider: str
    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    picture: str | None
