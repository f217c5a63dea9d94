"""With whom people may sign in, as the settings say: Google and any OpenID provider."""

import re
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, TypeAdapter
from pydantic.alias_generators import to_camel

GOOGLE, GOOGLE_ISSUER = "google", "https://accounts.google.com"
_OUR_OWN = ("credentials",)


def is_address(value: object, schemes: Sequence[str] = ("https", "http")) -> bool:
    """Whether this is a plain web address: no user, no fragment, nothing that two readers read differently."""
    if not isinstance(value, str) or not value.isascii() or re.search(r"[\s\\\"<>\x00-\x20\x7f]", value):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment


def _issuer(value: str) -> str:
    if not is_address(value) or urlsplit(value).query:
        raise ValueError("issuer must be a web address")
    return value


def _name(value: str) -> str:
    if not value.isprintable():
        raise ValueError("name must be printable")
    return value


class OpenIdProvider(BaseModel):
    """One provider. `id` is part of its callback's address and of people's linked accounts: it never changes."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_name)]
    issuer: Annotated[str, Field(max_length=255), AfterValidator(_issuer)]
    client_id: Annotated[str, Field(min_length=1, max_length=255)]
    client_secret: Annotated[SecretStr, Field(min_length=1)]
    scopes: Annotated[str, Field(pattern=r"^[\x21-\x7e]+( [\x21-\x7e]+)*$")] = "openid email profile"


_list = TypeAdapter(tuple[OpenIdProvider, ...])


def parse(text: str) -> tuple[OpenIdProvider, ...]:
    """The providers of a JSON list; ValueError, without the values, when it is not one."""
    providers = _list.validate_json(text)
    ids, issuers = [provider.id for provider in providers], [provider.issuer for provider in providers]
    if len({*ids, *_OUR_OWN, GOOGLE}) != len(ids) + len(_OUR_OWN) + 1:
        raise ValueError("each id once, and none of ours")
    if len({*issuers, GOOGLE_ISSUER}) != len(issuers) + 1:
        raise ValueError("each issuer once")
    if any("openid" not in provider.scopes.split() for provider in providers):
        raise ValueError("scopes must contain openid")
    return providers


def google(client_id: str, client_secret: SecretStr) -> OpenIdProvider:
    """Google as a provider, of the id `google`."""
    return OpenIdProvider(
        id=GOOGLE, name="Google", issuer=GOOGLE_ISSUER, client_id=client_id, client_secret=client_secret
    )
