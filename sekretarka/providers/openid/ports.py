"""What the rest of the system knows of an OpenID provider: where to send people, and who came back."""

from dataclasses import dataclass


class OpenIdFault(Exception):
    """The provider is away or what it said cannot be trusted; nobody signs in. The text never holds a value of it."""


@dataclass(frozen=True)
class Departure:
    """Where a person goes to sign in, and what her browser must bring back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Return:
    """What the provider sent a browser back with, and what the browser had kept."""

    code: str
    nonce: str
    verifier: str
    issuer: str | None  # RFC 9207


@dataclass(frozen=True)
class Person:
    """Whom a provider vouches for. `issuer` and `subject` are who it is; the rest is what it says about her."""

    provider: str
    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    picture: str | None
