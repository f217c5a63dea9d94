"""Tables of agents and their connections."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import (
    TenantTable,
    datetime_column,
    enum_column,
    json_column,
    tenant_fk,
    tenant_key,
)
from sekretarka.providers.registry import AI_SERVICE


class AgentStatus(StrEnum):
    """Whether the agent answers calls."""

    INACTIVE = "inactive"
    ACTIVE = "active"


class Capability(StrEnum):
    """What the AI may do during a call; checked on every tool call."""

    CHECK_AVAILABILITY = "check_availability"
    BOOK = "book"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    TAKE_MESSAGE = "take_message"
    TRANSFER_TARGET = "transfer_target"
    LOOKUP_CLIENT = "lookup_client"
    ANSWER = "answer"


class Agent(EditedTable, TenantTable, table=True):
    """An AI receptionist. Deleted ones stay, so that their calls still show a name. `language` is a tag like `pl` or
    `en-GB`, `capabilities` are values of `Capability`."""

    __tablename__ = "agents"
    __table_args__ = (tenant_key(),)

    name: str = Field(max_length=80)
    voice_id: str | None = Field(default=None, max_length=120)
    language: str = Field(default="pl", max_length=8)
    status: AgentStatus = enum_column(AgentStatus, AgentStatus.INACTIVE)
    phone_number: str | None = Field(default=None, max_length=16)
    greeting: str | None = Field(default=None, max_length=1000)
    personality_traits: dict[str, Any] = json_column(dict)
    knowledge_base: dict[str, Any] = json_column(dict)
    capabilities: list[str] = json_column(list)
    deleted_at: datetime | None = datetime_column(nullable=True)


class AgentConnection(TenantTable, table=True):
    """Where an agent's voice provider delivers: `/api/webhooks/{provider}/{id}`, signed with a secret stored encrypted.

    During rotation the previous secret stays valid until `previous_until`.
    """

    __tablename__ = "agent_connections"
    __table_args__ = (tenant_fk("agents", "agent_id"),)

    agent_id: UUID = Field(unique=True)
    provider: str = Field(default=AI_SERVICE, max_length=32)
    secret: str = Field(max_length=256)
    previous_secret: str | None = Field(default=None, max_length=256)
    previous_until: datetime | None = datetime_column(nullable=True)
    last_refused_at: datetime | None = datetime_column(nullable=True)
    refused_count: int = Field(default=0)
