"""Inputs and outputs of clients."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sekretarka.core.text.i18n import DEFAULT_LANGUAGE, Language
from sekretarka.core.text.phone import Phone
from sekretarka.core.web.schemas import BoundedStr, Input, Output, OutputInstant, Patch, SearchTerm
from sekretarka.domain.accounts.fields import EmailAddress
from sekretarka.domain.clients.models import Client

ClientName = Annotated[str, BoundedStr(120, 1)]
MAX_NOTES_LENGTH = 10_000


class ClientFilter(Input):
    """What a list can be narrowed by."""

    search: SearchTerm | None = None
    blocked: bool | None = None
    sort: Literal["createdAt", "-createdAt", "name", "-name"] = "-createdAt"


class ClientCreate(Input):
    """A new client, identified by phone number."""

    phone: Phone
    name: ClientName | None = None
    email: EmailAddress | None = None
    language: Language | None = None
    notes: Annotated[str, BoundedStr(MAX_NOTES_LENGTH)] | None = None


class ClientPatch(Patch):
    """Merge patch: absent keeps, `null` clears. Staff may change `notes` only."""

    name: ClientName | None = None
    phone: Phone | None = None
    email: EmailAddress | None = None
    language: Language = DEFAULT_LANGUAGE
    notes: Annotated[str, BoundedStr(MAX_NOTES_LENGTH)] | None = None
    blocked: Annotated[bool, Field(strict=True, description="Whether calls from this number are unwanted.")] = False
    opted_out: Annotated[bool, Field(strict=True, description="Whether they want no SMS at all.")] = False
    sms_consent: Annotated[bool, Field(strict=True, description="Whether they agreed to advertising by SMS.")] = False
    email_consent: Annotated[bool, Field(strict=True, description="The same, by e-mail.")] = False


class ClientMerge(Input):
    """The client that turned out to be the same person."""

    client_id: UUID


class ClientView(Output):
    """A client. Appointments that took place are counted; who has said no language is taken to speak Polish."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: str | None
    phone: str | None
    email: str | None
    language: str
    notes: str | None
    blocked_at: OutputInstant | None
    opted_out_at: OutputInstant | None
    sms_consent_at: OutputInstant | None
    email_consent_at: OutputInstant | None
    visit_count: int
    no_show_count: int
    last_visit_at: OutputInstant | None

    @classmethod
    def of(cls, row: Client, completed: int, missed: int, last_at: datetime | None) -> "ClientView":
        """The view of one row, with the counts of its appointments."""
        fields = {**row.model_dump(), "language": row.language or DEFAULT_LANGUAGE}
        return cls(**fields, visit_count=completed, no_show_count=missed, last_visit_at=last_at)
