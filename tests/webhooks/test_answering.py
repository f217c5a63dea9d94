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
    ("tool", "failing", "code"),
    [
        ("dance", "INSERT INTO conversations", "unknown_tool"),
        ("dance", "SELECT", "validation_error"),
        ("take_message", "INSERT INTO conversations", "service_unavailable"),
        ("book", "INSERT INTO conversations", "required"),
    ],
)
async def test_what_fails_is_answered_in_words(database: engine.Database, tool: str, failing: str, code: str) -> None:
    organization = await factories.organization()
    await factories.service(organization.id)
    agent = await factories.agent(organization.id, capabilities=list(Capability))
    endpoint = await connections.find_endpoint((await factories.connection(agent)).id)
    use = ToolUse(tool, "call_1", "t1", {"message": "Proszę oddzwonić."})
    with databases.failing(database, failing, ConnectionResetError):
        result = await answering._use_tool(endpoint, use)
    assert (result.use, result.data["code"]) == (use, code)
    assert result.say in texts("pl").values() or code == "required"
    assert result.say
