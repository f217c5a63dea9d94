"""Who listens to what: the whole flow of the product on one page."""

from sekretarka.core import events
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.events import AppointmentBooked
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.conversations import client_linking

EVENT_HANDLERS: dict[type[events.Event], tuple[events.EventHandler, ...]] = {
    AppointmentBooked: (client_linking.link_appointment,),
    ClientsMerged: (appointments.repoint, client_linking.reassign),
}


def register() -> None:
    """Let the features hear of each other; once per process."""
    events.handlers.update(EVENT_HANDLERS)
