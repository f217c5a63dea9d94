"""An organization that may send at any hour, with the sandbox's gateway at hand."""

import pytest

from sekretarka.core.database import engine
from sekretarka.domain import event_handlers
from sekretarka.domain.organizations.models import Organization
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.support.messages import AWAKE


@pytest.fixture
async def organization(database: engine.Database, sms_sandbox: Gateway) -> Organization:
    event_handlers.register()
    return await factories.organization(messaging=AWAKE)
