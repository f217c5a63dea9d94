"""How the gateway behaves: what goes wrong, and how it calls back."""

from dataclasses import dataclass, field
from enum import StrEnum

# What becomes of a message, in Twilio's words.
SENT, DELIVERED, UNDELIVERED = "sent", "delivered", "undelivered"


class Fault(StrEnum):
    """What goes wrong when a message is sent. After `reset` and `hang` it was taken all the same; `no_credit`,
    `bad_sender` and `landline` are refused in the vendor's words."""

    THROTTLED = "throttled"
    BROKEN = "broken"
    HANG = "hang"
    RESET = "reset"
    NO_CREDIT = "no_credit"
    BAD_SENDER = "bad_sender"
    LANDLINE = "landline"


class Callbacks(StrEnum):
    """How it tells what became of a message: `sent`, then `delivered`. `batched` is five messages in one request, which
    SMSAPI alone does."""

    IN_ORDER = "in_order"
    REVERSED = "reversed"
    DUPLICATED = "duplicated"
    BATCHED = "batched"
    UNDELIVERED = "undelivered"
    NONE = "none"


# What to send to, to see a fault in the demo.
NUMBERS = {
    "+48511000429": Fault.THROTTLED,
    "+48511000500": Fault.BROKEN,
    "+48511000503": Fault.HANG,
    "+48511000504": Fault.RESET,
    "+48511000402": Fault.NO_CREDIT,
    "+48511000403": Fault.BAD_SENDER,
}
UNDELIVERED_NUMBER = "+48511000405"


@dataclass
class Behavior:
    """`fault` goes wrong the next `times` times, None for always; `delay_seconds` pass before each callback."""

    fault: Fault | None = None
    times: int | None = None
    callbacks: Callbacks = Callbacks.IN_ORDER
    delay_seconds: float = field(default=0.0)

    def next_fault(self, client: str) -> Fault | None:
        """What goes wrong with a message to this number."""
        if self.fault is None or self.times == 0:
            return NUMBERS.get(client)
        if self.times is not None:
            self.times -= 1
        return self.fault
