"""The test call: over real HTTP to the API's own endpoint, and what it says when that fails."""

from collections.abc import Callable
from uuid import uuid4

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import crypto
from sekretarka.domain.agents import connections
from sekretarka.domain.inbox import service as inbox
from sekretarka.ui.pages.agents.test_call import PREFIX, CallTexts, DeliveryResult, SampleCall, deliver
from tests import factories
from tests.support.ports import free_port
from tests.ui.conftest import Dashboard

WORDS = CallTexts("Próba", "Dzień dobry.", "Słychać.", "Próbna rozmowa.")


async def receipts(call: SampleCall, endpoint: str, secret: str) -> list[DeliveryResult]:
    return [receipt async for receipt in deliver(call, endpoint, secret)]


async def test_three_events_are_stored_like_those_of_the_ai_service(
    dashboard: Dashboard, configure: Callable[..., None]
) -> None:
    configure(port=int(dashboard.url.rpartition(":")[2]))
    organization = await factories.organization()
    agent = await factories.agent(organization.id)
    connection = await factories.connection(agent)
    async with begin(actor.system(organization.id)) as uow:
        endpoint = (await connections.health(uow, connection)).endpoint
    call = SampleCall.to(agent.id, WORDS)
    assert call.call_id.startswith(PREFIX)
    answers = await receipts(call, endpoint, crypto.decrypt(connection.secret))
    assert [(receipt.kind, receipt.status, receipt.code) for receipt in answers] == [
        ("call_started", 200, ""),
        ("transcript_updated", 200, ""),
        ("call_ended", 200, ""),
    ]
    wrong = await receipts(SampleCall.to(agent.id, WORDS), endpoint, crypto.new_webhook_secret())
    assert [(receipt.status, receipt.code) for receipt in wrong] == [(400, "INVALID_SIGNATURE")]
    async with begin(actor.system(organization.id)) as uow:
        stored = await inbox.recent(uow, connection.id)
    assert {event.event_id for event in stored} == {f"{call.call_id}_{number}" for number in (1, 2, 3)}


async def test_unreachable_server_is_reported(configure: Callable[..., None]) -> None:
    configure(port=free_port())
    call = SampleCall.to(uuid4(), WORDS)
    answers = await receipts(call, "https://away.example/api/webhooks/ai-service/x", crypto.new_webhook_secret())
    assert [(receipt.kind, receipt.status, receipt.code) for receipt in answers] == [("call_started", 0, "")]
