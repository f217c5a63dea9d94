"""Which handlers run for which domain event."""

from sekretarka.core.database import unit_of_work
from sekretarka.core.database.unit_of_work import EventHandler
from sekretarka.core.events import Event
from sekretarka.domain.appointments import booking
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentConfirmed,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentReopened,
    AppointmentRestored,
)
from sekretarka.domain.clients.events import ClientNumberChanged, ClientsMerged
from sekretarka.domain.confirmations import notices, replies
from sekretarka.domain.confirmations.events import AppointmentDeclined, AppointmentUnconfirmed, ReplyUnanswered
from sekretarka.domain.conversations import client_linking
from sekretarka.domain.conversations.events import ConversationCorrected, ConversationSettled, FollowUpChanged
from sekretarka.domain.escalations import ladder
from sekretarka.domain.escalations import service as escalations
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.events import (
    InternalReplyReceived,
    MessageArrived,
    MessageFailed,
    MessageReceived,
    MessageWritten,
)
from sekretarka.domain.notifications import calls as notifications
from sekretarka.domain.receptionist.events import QuestionUnanswered
from sekretarka.domain.tasks import attendance, correspondence, questions, text_back
from sekretarka.domain.tasks import calls as tasks
from sekretarka.domain.usage import handlers as usage

EVENT_HANDLERS: dict[type[Event], tuple[EventHandler, ...]] = {
    AppointmentBooked: (client_linking.link_appointment, tasks.on_booked, notices.on_booked),
    AppointmentCancelled: (notices.on_cancelled, attendance.on_changed),
    AppointmentCompleted: (attendance.on_changed,),
    AppointmentConfirmed: (attendance.on_changed,),
    AppointmentMissed: (attendance.on_changed,),
    AppointmentMoved: (notices.on_moved, attendance.on_changed),
    AppointmentReopened: (notices.on_open_again,),
    AppointmentRestored: (notices.on_open_again, attendance.on_restored),
    AppointmentDeclined: (attendance.on_declined,),
    AppointmentUnconfirmed: (attendance.on_unconfirmed,),
    ClientNumberChanged: (booking.on_number_changed,),
    ClientsMerged: (appointments.reassign, client_linking.reassign, messages.reassign, tasks.reassign),
    ConversationSettled: (usage.on_settled, tasks.on_call_settled, notifications.on_settled),
    ConversationCorrected: (usage.on_corrected,),
    FollowUpChanged: (tasks.on_follow_up_changed, ladder.on_follow_up_changed, text_back.on_follow_up_changed),
    MessageReceived: (replies.on_received,),
    QuestionUnanswered: (questions.on_unanswered,),
    InternalReplyReceived: (escalations.on_internal_reply,),
    MessageArrived: (correspondence.on_arrived,),
    MessageFailed: (correspondence.on_failed, ladder.on_message_failed),
    MessageWritten: (correspondence.on_written,),
    ReplyUnanswered: (correspondence.on_unanswered, attendance.on_reply),
}


def register() -> None:
    """Tell the unit of work the handlers of every event; called once per process."""
    unit_of_work.event_handlers.update(EVENT_HANDLERS)
