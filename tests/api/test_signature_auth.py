"""`POST /conversations` with the AI service's signature in place of a key (api.md#webhooks)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from pydantic import SecretStr

from sekretarka.core.runtime import clock, crypto
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import standard_webhooks
from sekretarka.domain.agents.rejected_deliveries import rejected
from tests import factories
from tests.clients import Caller

PATH = "/api/v1/conversations"


async def secret_of(agent: Any) -> str:
    return crypto.decrypt((await factories.connection(agent)).secret)


async def tell(client: AsyncClient, secret: str, body: dict[str, Any], **changed: str) -> Response:
    content = json.dumps(body).encode()
    return await client.post(PATH, content=content, headers={**signature(secret, content), **changed})


def signature(secret: str, content: bytes) -> dict[str, str]:
    now = int(clock.now().timestamp())
    signed = standard_webhooks.sign(secret, "msg_1", now, content)
    webhook = {"webhook-id": "msg_1", "webhook-timestamp": str(now), "webhook-signature": signed}
    return {"Content-Type": "application/json", **webhook}


async def test_a_signed_call_is_taken(owner: Caller, nobody: AsyncClient) -> None:
    agent = await factories.agent(owner.organization_id)
    body = {"agentId": str(agent.id), "callId": "call_1"}
    first = await tell(nobody, await secret_of(agent), body)
    assert first.status_code == 201
    assert first.json()["data"]["organizationId"] == str(owner.organization_id)
    assert (await tell(nobody, await secret_of(agent), body)).status_code == 200
    assert first.headers["ratelimit-policy"] == '"webhook";q=100;w=1'


async def test_a_wrong_signature_is_refused_alike(
    owner: Caller, stranger: Caller, nobody: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, other = await factories.agent(owner.organization_id), await factories.agent(stranger.organization_id)
    good, foreign = await secret_of(agent), await secret_of(other)
    body = {"agentId": str(agent.id), "callId": "call_1"}
    old = str(int((clock.now() - timedelta(minutes=6)).timestamp()))
    tries = [
        await tell(nobody, foreign, body),
        await tell(nobody, good, {**body, "agentId": str(other.id)}),
        await tell(nobody, good, {**body, "agentId": "01a20612-a641-75d4-b92e-9103e8b2ec35"}),
        await tell(nobody, good, {"callId": "call_1"}),
        await tell(nobody, good, body, **{"webhook-timestamp": old}),
        await tell(nobody, good, body, **{"webhook-signature": "v1,nonsense"}),
    ]
    assert {(answer.status_code, answer.content) for answer in tries} == {(400, tries[0].content)}
    assert tries[0].json()["error"]["code"] == "INVALID_SIGNATURE"
    assert (await owner.send("GET", PATH)).json()["metadata"]["total"] == 0
    await rejected.flush()
    counts = [(await factories.connection(row)).refused_count for row in (agent, other)]
    assert counts == [3, 1], "what names no agent of anyone is counted in the log only"


async def test_forger_at_the_same_address_blocks_no_call(owner: Caller, nobody: AsyncClient) -> None:
    agent = await factories.agent(owner.organization_id)
    body = {"agentId": str(agent.id), "callId": "call_1"}
    forged = [await tell(nobody, crypto.new_webhook_secret(), body) for _ in range(12)]
    assert [answer.status_code for answer in forged] == [400] * 10 + [429] * 2
    good = await secret_of(agent)
    answers = [await tell(nobody, good, body) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [201] + [200] * 11
    unknown = {**body, "status": "nonsense"}
    assert (await tell(nobody, good, unknown)).status_code == 422, "what was signed is told what is wrong with it"


async def test_the_platforms_secret_signs_for_every_agent(
    owner: Caller, nobody: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = crypto.new_webhook_secret()
    monkeypatch.setitem(settings.__dict__, "ai_service_secret", SecretStr(platform))
    agent = await factories.agent(owner.organization_id)
    assert (await tell(nobody, platform, {"agentId": str(agent.id), "callId": "call_1"})).status_code == 201


async def test_a_signature_opens_nothing_else(owner: Caller, nobody: AsyncClient) -> None:
    agent = await factories.agent(owner.organization_id)
    headers = signature(await secret_of(agent), b"")
    assert (await nobody.get(PATH, headers=headers)).status_code == 401
    assert (await nobody.post(f"/api/v1/agents/{agent.id}/activate", headers=headers)).status_code == 401
