"""Inputs and outputs of API keys."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sekretarka.core.permissions import KEY_SCOPES, Permission
from sekretarka.core.web.schemas import BoundedStr, Input, InputInstant, Output, OutputInstant

KeyStatus = Literal["active", "expired", "revoked", "orphaned"]
KeyName = Annotated[str, BoundedStr(80, 1)]
KeyScopes = Annotated[list[Permission], Field(min_length=1, max_length=len(KEY_SCOPES))]


class ApiKeyCreate(Input):
    """A key for a program. `scopes` are limited to what its maker may do, now and whenever it is used."""

    name: KeyName
    scopes: KeyScopes
    expires_at: InputInstant | None = None


class ApiKeyPatch(Input):
    """Merge patch of a key; `expiresAt` takes `null`: it does not end by itself."""

    name: KeyName = ""
    scopes: KeyScopes = Field(default_factory=list)
    expires_at: InputInstant | None = None


class ApiKeyView(Output):
    """A key without its secret; `prefix` tells keys apart.

    `effectiveScopes` are what it may do by now: never more than its maker. It is `orphaned` when its maker left.
    """

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: str
    prefix: str
    scopes: list[str]
    effective_scopes: list[str]
    status: KeyStatus
    created_by_id: UUID | None
    created_by_name: str | None
    expires_at: OutputInstant | None
    last_used_at: OutputInstant | None
    revoked_at: OutputInstant | None


class NewApiKeyView(ApiKeyView):
    """A key with its secret, which no later answer shows again."""

    key: str
