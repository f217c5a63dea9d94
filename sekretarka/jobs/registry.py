"""Which delivery is for whom, and which function runs which job."""

from collections.abc import Mapping

from sekretarka.domain.accounts import mail
from sekretarka.domain.auth import recovery, verification
from sekretarka.domain.conversations import handlers as conversations
from sekretarka.domain.conversations.call_events import CALL_EVENTS
from sekretarka.domain.inbox.service import Handler as DeliveryHandler
from sekretarka.jobs.queue import Handler

# None keeps a delivery `waiting` for the feature that will handle it.
DELIVERIES: Mapping[str, DeliveryHandler | None] = {
    **dict.fromkeys(CALL_EVENTS, conversations.on_call_event),
    "message_sent": None,
    "appointment_requested": None,
}

JOBS: Mapping[str, Handler] = {
    mail.SEND: mail.deliver,
    recovery.MAIL_LINK: recovery.mail_link,
    verification.MAIL_LINK: verification.mail_link,
}
