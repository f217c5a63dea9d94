"""Who listens to what: the whole flow of the product on one page."""

from sekretarka.core import events
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.events import AppointmentBooked
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.conversations import callers

REACTIONS: dict[type[events.Event], tuple[events.EventHandler, ...]] = {
    AppointmentBooked: (callers.tell_of_visit,),
    ClientsMerged: (appointments.repoint, callers.repoint),
}


def listen() -> None:
    """Let the features hear of each other; once per process."""
    events.handlers.update(REACTIONS)
