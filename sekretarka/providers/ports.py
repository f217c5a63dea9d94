"""What we ask of vendors, whoever they are."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Mail:
    """One e-mail to one person. `key` names it for good: a repeated delivery carries the same Message-ID."""

    key: str
    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


class Mailer(Protocol):
    """Sends e-mail."""

    async def send(self, mail: Mail) -> None:
        """Return once the server took it; `ProviderError` otherwise."""
        ...
