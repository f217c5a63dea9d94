"""Which handlers run for which domain event."""

from sekretarka.core.database import unit_of_work
from sekretarka.core.database.unit_of_work import EventHandler
from sekretarka.core.events import Event
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.events import AppointmentBooked
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.conversations import client_linking
from sekretarka.domain.conversations.events import ConversationCorrected, ConversationSettled
from sekretarka.domain.messages import service as messages
from sekretarka.domain.usage import handlers as usage

EVENT_HANDLERS: dict[type[Event], tuple[EventHandler, ...]] = {
    AppointmentBooked: (client_linking.link_appointment,),
    ClientsMerged: (appointments.reassign, client_linking.reassign, messages.reassign),
    ConversationSettled: (usage.on_settled,),
    ConversationCorrected: (usage.on_corrected,),
}


def register() -> None:
    """Tell the unit of work the handlers of every event; called once per process."""
    unit_of_work.event_handlers.update(EVENT_HANDLERS)
