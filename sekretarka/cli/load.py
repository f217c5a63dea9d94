"""Calls made up by the sandbox, sent to a server over real signed HTTP."""

import re
from dataclasses import dataclass
from uuid import UUID

import click

from sekretarka.cli import startup

ENDPOINT = re.compile(r"/webhooks/[a-z-]+/([0-9a-f-]{36})/?$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """The agent that is called, the secret that signs its events, and the path of its webhook endpoint."""

    agent_id: str
    secret: str
    path: str = ""


@click.command()
@click.option("--url", required=True, help="Address of the server, or of one webhook endpoint.")
@click.option("--calls", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many calls.")
@click.option(
    "--rate", type=click.FloatRange(0, 1000, min_open=True), default=1.0, show_default=True, help="Calls a second."
)
@click.option(
    "--speed", type=click.FloatRange(1), default=20.0, show_default=True, help="How much faster than real talk."
)
@click.option(
    "--agent", type=click.UUID, help="Id of the agent to call; when left out, the database of DATABASE_URL is asked."
)
@click.option("--secret", help="What signs the events (whsec_…); when left out, the agent's own or AI_SERVICE_SECRET.")
@click.option("--allow-remote", is_flag=True, help="Send to another machine, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def simulate(
    url: str,
    calls: int,
    rate: float,
    speed: float,
    agent: UUID | None,
    secret: str | None,
    allow_remote: bool,
    as_json: bool,
) -> None:
    """Simulate calls to an agent and report how the server took their events; ends with 1 unless it took them all."""
    settings = startup.load_settings()
    from sekretarka.sandbox.ai_service import simulate as sandbox

    if secret is None and settings.ai_service_secret is not None and agent and not ENDPOINT.search(url):
        secret = settings.ai_service_secret.get_secret_value()
    line = Line(str(agent), secret) if agent and secret else _look_up(url, agent)
    address = url if ENDPOINT.search(url) else url.rstrip("/") + line.path
    try:
        plan = sandbox.Load(calls=calls, rate=rate, speed=speed)
        report = startup.run(
            sandbox.simulate(address, line.agent_id, secret or line.secret, plan, allow_remote=allow_remote)
        )
    except ValueError as error:
        raise startup.WrongUse(str(error)) from None
    startup.show(report.as_json(), as_json=as_json)
    if not report.all_acknowledged:
        raise startup.Failed(f"{report.events - report.acknowledged} of {report.events} events were not acknowledged")


def _look_up(url: str, agent: UUID | None) -> Line:
    in_url = ENDPOINT.search(url)
    line = startup.run(find_line(endpoint_id=UUID(in_url[1]) if in_url else None, agent_id=agent))
    if line is None:
        raise startup.WrongUse("no such agent in the database of DATABASE_URL; name --agent and --secret")
    return line


async def find_line(*, endpoint_id: UUID | None = None, agent_id: UUID | None = None) -> Line | None:
    """An agent's endpoint and secret from our own database; without ids those of the oldest active agent. None when
    there is none."""
    from sqlmodel import col, select

    from sekretarka.core.actor import system
    from sekretarka.core.database.unit_of_work import begin
    from sekretarka.domain.agents import connections
    from sekretarka.domain.agents.models import Agent, AgentConnection, AgentStatus

    statement = select(AgentConnection).join(Agent, col(Agent.id) == col(AgentConnection.agent_id))
    if endpoint_id is not None:
        statement = statement.where(AgentConnection.id == endpoint_id)
    elif agent_id is not None:
        statement = statement.where(AgentConnection.agent_id == agent_id)
    else:
        statement = statement.where(Agent.status == AgentStatus.ACTIVE, col(Agent.deleted_at).is_(None))
    async with begin(system()) as uow:
        connection = await uow.one_or_none(uow.unscoped(statement.order_by(col(Agent.created_at))))
        if connection is None:
            return None
        secret = connections.active_secrets(connection)[0]
    return Line(str(connection.agent_id), secret, f"/api/webhooks/{connection.provider}/{connection.id}")
