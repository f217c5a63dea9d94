"""`/agents`: the AI receptionists of the organisation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.replies import Data, Deleted, Listed, created, listed
from sekretarka.api.route import InScope, OneTransaction, needs
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.agents.schemas import AgentCreate, AgentPatch, AgentView, ConnectionView, SecretView

router = APIRouter(prefix="/agents", tags=["agents"], route_class=OneTransaction)
READ, WRITE = needs(Permission.AGENTS_READ), needs(Permission.AGENTS_WRITE)
SECRET = needs(Permission.AGENTS_WRITE, no_store=True)


@router.get("", openapi_extra=READ)
async def list_agents(uow: InScope, query: Annotated[PageQuery, Query()]) -> Listed[AgentView]:
    """The organisation's agents, the oldest first."""
    page = await agents.page(uow, query)
    return listed(await agents.view(uow, *page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_agent(uow: InScope, data: AgentCreate, response: Response) -> Data[AgentView]:
    """A new agent. It is inactive until activated and has its own webhook endpoint from the start."""
    agent = await agents.create(uow, data)
    created(response, "agents", agent.id)
    return await _one(uow, agent)


@router.get("/{agent_id}", openapi_extra=READ)
async def get_agent(uow: InScope, agent_id: UUID) -> Data[AgentView]:
    """One agent."""
    return await _one(uow, await agents.get(uow, agent_id))


@router.patch("/{agent_id}", openapi_extra=WRITE)
async def update_agent(uow: InScope, agent_id: UUID, patch: AgentPatch) -> Data[AgentView]:
    """Merge patch: absent keeps, `null` clears; `personalityTraits` and `knowledgeBase` merge, lists are replaced."""
    return await _one(uow, await agents.update(uow, agent_id, patch))


@router.delete("/{agent_id}", openapi_extra=WRITE)
async def delete_agent(uow: InScope, agent_id: UUID) -> Data[Deleted]:
    """Take an agent away for good; its conversations stay."""
    await agents.delete(uow, agent_id)
    return Data(data=Deleted(id=agent_id))


@router.post("/{agent_id}/activate", openapi_extra=WRITE)
async def activate_agent(uow: InScope, agent_id: UUID) -> Data[AgentView]:
    """Let the agent answer; repeating it changes nothing."""
    return await _one(uow, await agents.activate(uow, agent_id))


@router.post("/{agent_id}/deactivate", openapi_extra=WRITE)
async def deactivate_agent(uow: InScope, agent_id: UUID) -> Data[AgentView]:
    """Let the agent rest; repeating it changes nothing."""
    return await _one(uow, await agents.deactivate(uow, agent_id))


@router.get("/{agent_id}/connection", openapi_extra=READ)
async def get_connection(uow: InScope, agent_id: UUID) -> Data[ConnectionView]:
    """Where the agent's AI service delivers its webhooks, and how that fares."""
    view = (await _one(uow, await agents.get(uow, agent_id))).data
    return Data(data=view.connection)


@router.get("/{agent_id}/connection/secret", openapi_extra=SECRET)
async def get_secret(uow: InScope, agent_id: UUID) -> Data[SecretView]:
    """The secret that webhooks of this agent are signed with (Standard Webhooks)."""
    return Data(data=await agents.reveal_secret(uow, agent_id))


@router.post("/{agent_id}/connection/rotate", openapi_extra=SECRET)
async def rotate_secret(uow: InScope, agent_id: UUID) -> Data[SecretView]:
    """A new signing secret; the previous one verifies for another 24 hours so that no call is lost."""
    return Data(data=await agents.rotate_secret(uow, agent_id))


async def _one(uow: UnitOfWork, agent: Agent) -> Data[AgentView]:
    return Data(data=(await agents.view(uow, agent))[0])
