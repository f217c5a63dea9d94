"""What a vendor's failure means for us, and the rule that nobody calls out while a transaction is open."""

from enum import StrEnum

from sekretarka.core.database import unit_of_work


class PayloadFault(StrEnum):
    """Why a genuine delivery makes no sense, in the words that are stored with it."""

    NOT_JSON = "not JSON"
    NO_TYPE = "no type"
    NO_AGENT = "no agent"
    UNKNOWN_AGENT = "data.agentId: no agent of this organization"
    AGENT_OF_NOBODY = "data.agentId: no agent of anyone"


class InvalidPayload(Exception):
    """A delivery is genuine but makes no sense. It is stored with the reason, which quotes nothing of it."""


class UnreadableFields(InvalidPayload):
    """Fields without which a delivery is nothing, by their paths."""

    def __init__(self, *fields: str) -> None:
        super().__init__("fields: " + ", ".join(fields))
        self.fields = fields


class ProviderError(Exception):
    """A vendor did not do what was asked. `temporary`: the same may work later; `reason` holds no personal data."""

    def __init__(self, vendor: str, reason: str, *, temporary: bool) -> None:
        super().__init__(f"{vendor}: {reason}")
        self.vendor = vendor
        self.temporary = temporary


def refuse_inside_unit_of_work() -> None:
    """`RuntimeError` inside a unit of work; every provider calls it first, as a slow vendor must not hold a
    transaction."""
    if unit_of_work.is_open():
        raise RuntimeError("a transaction is open: call out before or after it, by uow.enqueue")
