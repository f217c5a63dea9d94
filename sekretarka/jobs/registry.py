"""Which delivery is for whom, and which function runs which job."""

from collections.abc import Mapping

from sekretarka.domain.accounts import mail
from sekretarka.domain.auth import recovery, verification
from sekretarka.domain.confirmations import notices, unconfirmed
from sekretarka.domain.conversations import handlers as conversations
from sekretarka.domain.escalations import ladder
from sekretarka.domain.inbox.service import Handler as DeliveryHandler
from sekretarka.domain.messages import callbacks, delivery, sending
from sekretarka.domain.messages import handlers as messages
from sekretarka.domain.notifications import digest
from sekretarka.domain.tasks import attendance, snoozing
from sekretarka.jobs.queue import JobHandler, JobHandlers, by_name
from sekretarka.jobs.schedule import SCHEDULE
from sekretarka.providers import registry
from sekretarka.providers.registry import AI_SERVICE

# By provider and type; None keeps a delivery `waiting` for the feature that will handle it.
WEBHOOK_HANDLERS: Mapping[tuple[str, str], DeliveryHandler | None] = {
    **{
        (name, kind): conversations.on_call_event
        for name in registry.VOICE_PROVIDERS
        for kind in registry.voice_provider(name).event_types
    },
    **{
        (name, kind): messages.on_message
        for name in registry.VOICE_PROVIDERS
        for kind in getattr(registry.voice_provider(name), "message_types", ())
    },
    **{(name, callbacks.CALLBACK): callbacks.on_callback for name in registry.SMS_GATEWAYS},
    (AI_SERVICE, "appointment_requested"): None,
}

# What a kind of job is called, what it is given and in which lane it waits stands at its payload.
JOB_HANDLERS: JobHandlers = by_name(
    JobHandler(mail.SendMail, mail.deliver),
    JobHandler(recovery.MailResetLink, recovery.mail_link),
    JobHandler(verification.MailVerificationLink, verification.mail_link),
    JobHandler(sending.SendMessage, delivery.deliver),
    JobHandler(sending.SendUrgentMessage, delivery.deliver),
    JobHandler(ladder.ClimbLadder, ladder.climb),
    JobHandler(notices.NotifyClient, notices.notify_client),
    JobHandler(unconfirmed.LookForAnswer, unconfirmed.look_for_answer),
    JobHandler(snoozing.WakeTask, snoozing.wake),
    JobHandler(attendance.EndUnconfirmed, attendance.end_unconfirmed),
    JobHandler(digest.SendDigest, digest.send),
    *SCHEDULE,
)
