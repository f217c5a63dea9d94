"""Inputs and outputs of agents."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from sekretarka.core.text.phone import Phone
from sekretarka.core.web.schemas import BoundedStr, Input, JsonObject, Output, OutputInstant
from sekretarka.domain.agents.connections import ConnectionHealth, Problem
from sekretarka.domain.agents.models import Agent, AgentStatus, Capability
from sekretarka.domain.inbox.service import OddField


def _each_once(values: list[Capability]) -> list[Capability]:
    return list(dict.fromkeys(values))


Name = Annotated[str, BoundedStr(80, 1)]
VoiceId = Annotated[str, BoundedStr(120, 1)]
Greeting = Annotated[str, BoundedStr(1000)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", max_length=8, examples=["pl", "en-GB"])]
Capabilities = Annotated[list[Capability], Field(max_length=64), AfterValidator(_each_once)]


class AgentCreate(Input):
    """A new agent; it starts inactive and gets its own endpoint and signing secret."""

    name: Name
    language: Language
    voice_id: VoiceId | None = None
    phone_number: Phone | None = None
    greeting: Greeting | None = None
    personality_traits: JsonObject = Field(default_factory=dict)
    knowledge_base: JsonObject = Field(default_factory=dict)
    capabilities: Capabilities = Field(default_factory=list)


class AgentPatch(Input):
    """Merge patch: absent leaves, `null` clears `voiceId`, `phoneNumber`, `greeting`; inside the objects it removes a
    key."""

    name: Name = ""
    language: Language = ""
    voice_id: VoiceId | None = None
    phone_number: Phone | None = None
    greeting: Greeting | None = None
    personality_traits: JsonObject = Field(default_factory=dict)
    knowledge_base: JsonObject = Field(default_factory=dict)
    capabilities: Capabilities = Field(default_factory=list)


class ConnectionView(Output):
    """Where the AI service delivers, and whether it does; `healthy` unless the newest delivery was rejected (`problem`
    refused) or the newest one of some type could not be read (unreadable). The counts are of the last seven days,
    `oddFields` of the newest delivery with any."""

    provider: str
    endpoint: str
    last_event_at: OutputInstant | None
    healthy: bool
    problem: Problem | None
    unreadable_count: int
    odd_count: int
    odd_fields: list[OddField]


class AgentView(Output):
    """An agent with its connection."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: str
    voice_id: str | None
    language: str
    status: AgentStatus
    phone_number: str | None
    greeting: str | None
    personality_traits: dict[str, Any]
    knowledge_base: dict[str, Any]
    capabilities: list[str]
    connection: ConnectionView

    @classmethod
    def of(cls, agent: Agent, health: ConnectionHealth) -> "AgentView":
        """The view of an agent and the health of its connection."""
        return cls(**agent.model_dump(exclude={"deleted_at"}), connection=ConnectionView.model_validate(health))


class SecretView(Output):
    """What an endpoint is signed with, `whsec_…`; after a rotation the previous one verifies until `previousUntil`."""

    secret: str
    previous_until: OutputInstant | None
