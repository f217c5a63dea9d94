"""Tools that a voice platform uses by its webhook: whatever goes wrong can be said."""

import pytest

from sekretarka.core.database import engine
from sekretarka.core.text.i18n import texts
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Capability
from sekretarka.providers.ports import ToolUse
from sekretarka.webhooks import answering
from tests import factories
from tests.support import databases


@pytest.mark.parametrize(
    ("tool", "code"), [("dance", "unknown_tool"), ("take_message", "service_unavailable"), ("book", "required")]
)
async def test_what_fails_is_answered_in_words(database: engine.Database, tool: str, code: str) -> None:
    organization = await factories.organization()
    await factories.service(organization.id)
    agent = await factories.agent(organization.id, capabilities=list(Capability))
    endpoint = await connections.find_endpoint((await factories.connection(agent)).id)
    use = ToolUse(tool, "call_1", "t1", {"message": "Proszę oddzwonić."})
    with databases.failing(database, "INSERT INTO conversations", ConnectionResetError):
        result = await answering._use_tool(endpoint, use)
    assert (result.use, result.data["code"]) == (use, code)
    assert result.say in texts("pl").values() or code == "required"
    assert result.say
