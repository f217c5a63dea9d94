"""The recipe of a voice provider, followed in a copy of the product: two files and one line."""

import asyncio
import hashlib
import hmac
import json
import shutil
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import crypto
from sekretarka.core.text.i18n import texts
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent, AgentConnection, Capability
from sekretarka.domain.conversations.models import Conversation, Status
from tests import factories
from tests.fixtures.acme.provider import SIGNATURE_HEADER
from tests.support import processes, workspace
from tests.support.workspace import ROOT

FIRST_LINE = "VOICE_PROVIDERS = {\n"
LINE = '    "acme": "sekretarka.providers.acme.provider:Acme",\n'


@dataclass
class Product:
    """A copy of the product that knows Acme, at work in a process of its own, and one of its connections."""

    process: Process
    database_url: str
    connection: AgentConnection

    async def deliver(self, *bodies: dict[str, Any], path: str | None = None, secret: str | None = None) -> list[Any]:
        """Post signed deliveries and process them; the answers' status and JSON."""
        key = (secret or crypto.decrypt(self.connection.secret)).encode()
        deliveries: list[Any] = []
        for body in map(json.dumps, bodies):
            headers = {SIGNATURE_HEADER: hmac.digest(key, body.encode(), hashlib.sha256).hex()}
            deliveries.append({"path": path or self.path, "headers": headers, "body": body})
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([self.database_url, *deliveries]).encode() + b"\n")
        answers: list[Any] = json.loads(await self.process.stdout.readline() or "null")
        assert answers, "it ended"
        return answers

    @property
    def path(self) -> str:
        """Where Acme delivers."""
        return f"/api/webhooks/acme/{self.connection.id}"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's code after the recipe was followed."""
    copy = tmp_path_factory.mktemp("recipe") / "product"
    shutil.copytree(ROOT / "sekretarka", copy / "sekretarka", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(ROOT / "tests" / "fixtures" / "acme", copy / "sekretarka" / "providers" / "acme")
    registry = copy / "sekretarka" / "providers" / "registry.py"
    before = registry.read_text()
    assert FIRST_LINE in before
    registry.write_text(before.replace(FIRST_LINE, FIRST_LINE + LINE))
    return copy


@pytest.fixture(scope="module")
async def process(tree: Path) -> AsyncIterator[Process]:
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", ROOT / "tests" / "support" / "deliver.py"),
        cwd=tree,
        env=processes.variables(pythonpath=str(tree)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    workspace.remember(running.pid)
    yield running
    assert running.stdin is not None
    running.stdin.close()
    assert await running.wait() == 0


@pytest.fixture
async def product(process: Process, database: engine.Database, database_url: str) -> Product:
    agent = await factories.agent((await factories.organization()).id)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        connection = await connections.get_by_agent(uow, agent.id)
        connection.provider = "acme"
    return Product(process, database_url, connection)


def test_import_contracts_are_stored_with_one_more_provider(tree: Path) -> None:
    command = [str(ROOT / ".venv" / "bin" / "lint-imports"), "--no-logo"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    careless = tree / "sekretarka" / "providers" / "acme" / "provider.py"
    careful = careless.read_text()
    careless.write_text(careful + "\nimport sekretarka.providers.smtp.mailer\n")
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    careless.write_text(careful)
    assert "sekretarka.providers.acme is not allowed to import sekretarka.providers.smtp" in done.stdout


async def test_a_signed_delivery_becomes_a_call(product: Product) -> None:
    ringing = {"id": "acme-1", "state": "ringing", "at_ms": 1_795_000_000_000, "from": "+48 601 000 111"}
    hangup = {**ringing, "state": "hangup", "at_ms": 1_795_000_061_500, "seconds": 61.2, "result": "answered"}
    hangup["notes"] = "Pytanie o godziny otwarcia."
    answers = await product.deliver(hangup, ringing, ringing)
    assert [(answer["status"], answer["body"]["data"]["duplicate"]) for answer in answers] == [
        (200, False),
        (200, False),
        (200, True),
    ]
    async with begin(actor.system(product.connection.organization_id)) as uow:
        [call] = await uow.list(uow.select(Conversation))
    assert (call.agent_id, call.call_id) == (product.connection.agent_id, "acme-1")
    assert (call.status, call.caller_number, call.duration_seconds) == (Status.COMPLETED, "+48601000111", 61)
    assert call.summary == hangup["notes"]


async def test_tools_and_lookups_are_answered_at_once(product: Product) -> None:
    organization_id = product.connection.organization_id
    await factories.client(organization_id, name="Łucja Żak", phone="+48601000111")
    async with begin(actor.system(organization_id), write=True) as uow:
        agent = await uow.get(Agent, product.connection.agent_id)
        agent.capabilities = [Capability.ANSWER]
        agent.knowledge_base = {"faq": [{"question": "Gdzie jest parking?", "answer": "Parking jest za budynkiem."}]}
    incoming = {"id": "acme-1", "state": "incoming", "from": "601 000 111"}
    uses = [
        {"id": "call_0", "name": "answer", "args": {"question": "gdzie macie parking"}},
        {"id": "call_0", "name": "book", "args": {}},
        {"id": "call_0", "name": "sing", "args": {}},
    ]
    tools = {"id": "acme-1", "state": "tool", "tools": uses}
    looked_up, answer, invalid = await product.deliver(incoming, tools, {"id": "acme-1", "state": "tool"})
    assert looked_up["body"] == {"caller": "Łucja Żak"}
    sentences = [result["speak"] for result in answer["body"]["results"]]
    assert (answer["status"], sentences[0]) == (200, "Parking jest za budynkiem.")
    assert sentences[1:] == [texts("pl")["tools.refused.forbidden"], texts("pl")["tools.refused.not_understood"]]
    assert invalid["status"] == 422


async def test_forged_or_misdirected_deliveries_are_rejected(product: Product) -> None:
    body = {"id": "acme-1", "state": "ringing", "at_ms": 1_795_000_000_000}
    [forged] = await product.deliver(body, secret="another")
    assert (forged["status"], forged["body"]["error"]["code"]) == (400, "INVALID_SIGNATURE")
    [elsewhere] = await product.deliver(body, path=f"/api/webhooks/ai-service/{product.connection.id}")
    assert elsewhere["status"] == 404
    async with begin(actor.system(product.connection.organization_id)) as uow:
        assert await uow.list(uow.select(Conversation)) == []
