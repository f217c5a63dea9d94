"""Imports every table once: for Alembic, tests and start-up."""

from sqlmodel import SQLModel

from sekretarka.core.database import jobs, live_events
from sekretarka.core.web import idempotency
from sekretarka.domain.accounts import models as accounts
from sekretarka.domain.agents import models as agents
from sekretarka.domain.appointments import models as appointments
from sekretarka.domain.catalog import models as catalog
from sekretarka.domain.clients import models as clients
from sekretarka.domain.confirmations import models as confirmations
from sekretarka.domain.conversations import models as conversations
from sekretarka.domain.escalations import models as escalations
from sekretarka.domain.inbox import models as inbox
from sekretarka.domain.messages import models as messages
from sekretarka.domain.notifications import models as notifications
from sekretarka.domain.organizations import models as organizations
from sekretarka.domain.staff import models as staff
from sekretarka.domain.tasks import models as tasks
from sekretarka.domain.templates import models as templates
from sekretarka.domain.usage import models as usage

MODULES = (
    live_events,
    idempotency,
    jobs,
    accounts,
    organizations,
    inbox,
    agents,
    conversations,
    clients,
    catalog,
    staff,
    appointments,
    messages,
    templates,
    confirmations,
    usage,
    tasks,
    notifications,
    escalations,
)

metadata = SQLModel.metadata
