"""One use of a tool: who asks, during which call, and how values the AI sends are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Forbidden
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.core.text.i18n import Language, translate
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.appointments.schemas import HoldCreate
from sekretarka.domain.receptionist import declension, said_times, speech
from sekretarka.domain.receptionist.schemas import ToolCall

# What the tools do for a caller, whatever else the program that uses them may do.
ELEVATED_PERMISSIONS = frozenset(
    {
        Permission.AGENTS_READ,
        Permission.CONVERSATIONS_READ,
        Permission.CONVERSATIONS_WRITE,
        Permission.SERVICES_READ,
        Permission.STAFF_READ,
        Permission.CLIENTS_READ,
        Permission.APPOINTMENTS_READ,
        Permission.APPOINTMENTS_WRITE,
    }
)


# What a tool gives back: the sentence for the caller, and data for the AI.
Answered = tuple[str, dict[str, Any]]


class ToolRejected(Exception):
    """What cannot be done, as the AI says it: the text `tools.refused.<code>`, or that of `wording`, with `values`;
    `data` is for the AI."""

    def __init__(self, code: str, data: dict[str, Any] | None = None, *, wording: str = "", **values: str) -> None:
        super().__init__(code)
        self.code, self.data, self.wording, self.values = code, data or {}, wording or code, values


@dataclass(frozen=True)
class ToolContext:
    """One use of a tool with everything it needs: plain values, so that they outlive whatever is rolled back.

    `call` is what the AI sent, `arguments` the tool's own after they were checked. The row of the conversation is
    locked; `conversation_id` is None when nobody said which call it is. `caller_number` is E.164, None when withheld;
    the use came at `asked_at`, and may have waited since; `changes` and `failures` are what tools did in this call
    before (`limits.py`).
    """

    uow: UnitOfWork
    tool: Capability
    call: ToolCall
    arguments: Any
    conversation_id: UUID | None
    caller_number: str | None
    language: Language
    timezone: str
    asked_at: datetime
    changes: int
    failures: int

    @property
    def agent_id(self) -> UUID:
        """The agent on the line."""
        return self.call.agent_id

    @property
    def today(self) -> date:
        """The organization's local day."""
        return clock.local_day(self.uow.now, self.timezone)

    def local(self, moment: datetime) -> datetime:
        """An instant in the organization's zone; one without offset is taken as UTC."""
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(clock.zone(self.timezone))

    def when(self, moment: datetime) -> str:
        """An instant as the AI says it, in the language of the call."""
        return speech.when(self.language, self.local(moment), self.today)

    def text(self, key: str, **values: str) -> str:
        """The text of a key in the language of the call."""
        return translate(self.language, key, **values)

    def day(self, text: str) -> date:
        """A day the AI sent; `ToolRejected` (`invalid_day`) when it is none."""
        day = said_times.read_day(text, self.today, self.timezone)
        if day is None:
            raise ToolRejected("invalid_day")
        return day

    def moment(self, text: str, day: date | None = None) -> datetime:
        """A time the AI sent, without offset a local one, on `day` where it says none; `ToolRejected` when it says no
        day, no time of day or nothing, or a time that does not exist."""
        said = said_times.read(text, self.today)
        day = said.day or day
        if day is None or said.at is None:
            raise ToolRejected("time_required" if said.day else "day_required" if said.at else "invalid_time")
        try:
            fields = {"timezone": self.timezone, "serviceType": "-", "scheduledAt": said.written(day)}
            return HoldCreate.model_validate(fields).scheduled_at
        except ValidationError as error:
            kind = error.errors()[0]["type"]
            raise ToolRejected(kind if kind == "nonexistent_local_time" else "invalid_time") from None

    def phone(self, text: str | None) -> str:
        """The number the caller gave, or the one they call from, in E.164; `ToolRejected` for none or no number."""
        if text is None or not any(map(str.isdigit, text)):
            if self.caller_number is None:
                raise ToolRejected("phone_required")
            return self.caller_number
        try:
            return phone.normalise(text)
        except phone.InvalidPhone:
            raise ToolRejected("invalid_phone") from None


def same_person(text: str, *names: str | None, whole: bool = False) -> bool:
    """Whether every word of `text` is part of one of the names, whatever case, diacritics and titles; `whole` demands
    first and last name, where both are known."""
    said = declension.words(text)
    for name in map(declension.words, names):
        minimum = min(2 if whole else 1, len(name))
        if name and declension.is_meant(said, name) and len(declension.named_parts(said, name)) >= minimum:
            return True
    return False


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, whatever case, diacritics, titles and the order of words; Anna and Ania are two."""
    said, name = declension.words(one), declension.words(other)
    if not said or not name:
        return one == other
    if len(said) != len(name):
        return False
    return declension.is_meant(said, name, as_called=False) or declension.is_meant(name, said, as_called=False)


@contextmanager
def elevated(uow: UnitOfWork) -> Iterator[None]:
    """Give the caller `ELEVATED_PERMISSIONS` within the block. `Forbidden` without `TOOLS_USE`, and for everybody but
    an API key or endpoint."""
    uow.require(Permission.TOOLS_USE)
    if uow.actor.kind not in ("api_key", "endpoint"):
        raise Forbidden  # calls come from the AI service, never from a browser's session alone
    before = uow.actor
    uow.actor = replace(before, scopes=before.scopes | ELEVATED_PERMISSIONS)
    try:
        yield
    finally:
        uow.actor = before
