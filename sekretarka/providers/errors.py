"""What a vendor's failure means for us, and the rule that nobody calls out while a transaction is open."""

from sekretarka.core.database import unit_of_work


class InvalidPayload(Exception):
    """A delivery is genuine but makes no sense. It is stored with the reason, which quotes nothing of it."""


class ProviderError(Exception):
    """A vendor did not do what was asked. `temporary`: the same may work later; `reason` holds no personal data."""

    def __init__(self, vendor: str, reason: str, *, temporary: bool) -> None:
        super().__init__(f"{vendor}: {reason}")
        self.vendor = vendor
        self.temporary = temporary


def refuse_inside_unit_of_work() -> None:
    """Every provider's first line: a slow vendor must never hold a transaction, on SQLite the only writer's."""
    if unit_of_work.is_open():
        raise RuntimeError("a transaction is open: call out before or after it, by uow.enqueue")
