"""`/agents`: the AI receptionists of the organization."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.agents.schemas import AgentCreate, AgentPatch, AgentView, ConnectionView, SecretView
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(prefix="/agents", tags=["agents"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.AGENTS_READ), requires(Permission.AGENTS_WRITE)
SECRET = requires(Permission.AGENTS_WRITE, no_store=True)


@router.get("", openapi_extra=READ)
async def list_agents(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[AgentView]:
    """The organization's agents, the oldest first."""
    page = await agents.page(uow, query)
    return page_of(await agents.view(uow, *page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_agent(uow: WithUnitOfWork, data: AgentCreate, response: Response) -> Envelope[AgentView]:
    """A new agent. It is inactive until activated and has its own webhook endpoint from the start."""
    agent = await agents.create(uow, data)
    set_location(response, "agents", agent.id)
    return await _one(uow, agent)


@router.get("/{agent_id}", openapi_extra=READ)
async def get_agent(uow: WithUnitOfWork, agent_id: UUID) -> Envelope[AgentView]:
    """One agent."""
    return await _one(uow, await agents.get(uow, agent_id))


@router.patch("/{agent_id}", openapi_extra=WRITE)
async def update_agent(uow: WithUnitOfWork, agent_id: UUID, patch: AgentPatch) -> Envelope[AgentView]:
    """Merge patch: absent keeps, `null` clears; `personalityTraits` and `knowledgeBase` merge, lists are replaced."""
    return await _one(uow, await agents.update(uow, agent_id, patch))


@router.delete("/{agent_id}", openapi_extra=WRITE)
async def delete_agent(uow: WithUnitOfWork, agent_id: UUID) -> Envelope[Deleted]:
    """Delete an agent; its conversations stay."""
    await agents.delete(uow, agent_id)
    return Envelope(data=Deleted(id=agent_id))


@router.post("/{agent_id}/activate", openapi_extra=WRITE)
async def activate_agent(uow: WithUnitOfWork, agent_id: UUID) -> Envelope[AgentView]:
    """Let the agent answer; repeating it changes nothing."""
    return await _one(uow, await agents.activate(uow, agent_id))


@router.post("/{agent_id}/deactivate", openapi_extra=WRITE)
async def deactivate_agent(uow: WithUnitOfWork, agent_id: UUID) -> Envelope[AgentView]:
    """Stop the agent from answering; repeating it changes nothing."""
    return await _one(uow, await agents.deactivate(uow, agent_id))


@router.get("/{agent_id}/connection", openapi_extra=READ)
async def get_connection(uow: WithUnitOfWork, agent_id: UUID) -> Envelope[ConnectionView]:
    """Where the agent's AI service delivers its webhooks, and whether they are accepted."""
    view = (await _one(uow, await agents.get(uow, agent_id))).data
    return Envelope(data=view.connection)


@router.get("/{agent_id}/connection/secret", openapi_extra=SECRET)
async def get_secret(uow: WithUnitOfWork, agent_id: UUID) -> Envelope[SecretView]:
    """The secret that webhooks of this agent are signed with (Standard Webhooks)."""
    return Envelope(data=await agents.reveal_secret(uow, agent_id))


@router.post("/{agent_id}/connection/rotate", openapi_extra=SECRET)
async def rotate_secret(uow: WithUnitOfWork, agent_id: UUID) -> Envelope[SecretView]:
    """A new signing secret; the previous one verifies for another 24 hours so that no call is lost."""
    return Envelope(data=await agents.rotate_secret(uow, agent_id))


async def _one(uow: UnitOfWork, agent: Agent) -> Envelope[AgentView]:
    return Envelope(data=(await agents.view(uow, agent))[0])
