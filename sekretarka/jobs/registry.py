"""Which delivery is for whom, and which function runs which job."""

from collections.abc import Mapping

from sekretarka.domain.accounts import mail
from sekretarka.domain.auth import recovery, verification
from sekretarka.domain.conversations import handlers as conversations
from sekretarka.domain.inbox.service import Handler as DeliveryHandler
from sekretarka.jobs.queue import Handler
from sekretarka.providers import registry
from sekretarka.providers.registry import AI_SERVICE

# By provider and type; None keeps a delivery `waiting` for the feature that will handle it.
WEBHOOK_HANDLERS: Mapping[tuple[str, str], DeliveryHandler | None] = {
    **{
        (name, kind): conversations.on_call_event
        for name in registry.VOICE_PROVIDERS
        for kind in registry.voice_provider(name).event_types
    },
    (AI_SERVICE, "message_sent"): None,
    (AI_SERVICE, "appointment_requested"): None,
}

JOB_HANDLERS: Mapping[str, Handler] = {
    mail.SEND: mail.deliver,
    recovery.MAIL_LINK: recovery.mail_link,
    verification.MAIL_LINK: verification.mail_link,
}
