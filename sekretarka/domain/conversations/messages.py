"""Messages that callers leave: notes of the call's follow-up."""

from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.text import search_text
from sekretarka.domain.conversations import follow_ups
from sekretarka.domain.conversations.events import UPDATED
from sekretarka.domain.conversations.merge import PROGRAM_RANK, put_after_all
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Urgency
from sekretarka.domain.conversations.schemas import LONGEST_NOTE


async def leave(uow: UnitOfWork, conversation_id: UUID, message: str, urgency: Urgency) -> Conversation:
    """Add a caller's message to the note of the call's follow-up, which is open then and no less urgent than before;
    what stands there already is not added again.

    It is added whoever set the follow-up before, and outranks nobody who sets it later (`put_after_all`). `NotFound`;
    `Invalid` when the note would exceed `LONGEST_NOTE` characters.
    """
    uow.require(Permission.CONVERSATIONS_WRITE)
    row = await uow.get(Conversation, conversation_id, lock=True)
    note = row.follow_up_note or ""
    if _words_by_line(message) not in _words_by_line(note):
        note = "\n".join(filter(None, (note, message)))
    if len(note) > LONGEST_NOTE:
        raise Invalid.field(["body", "arguments", "message"], "too_long", "This call has left enough messages")
    open_before = row.follow_up_state is FollowUpState.OPEN
    most = max(urgency, row.follow_up_urgency, key=list(Urgency).index) if open_before else urgency
    values = {"follow_up_state": FollowUpState.OPEN, "follow_up_urgency": most, "follow_up_note": note}
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    before = follow_ups.facts_of(row)
    uow.bump_version(row)
    for name, value in values.items():
        put_after_all(row, name, value, PROGRAM_RANK)
    uow.notify_live(UPDATED, {"id": str(row.id)})
    await follow_ups.announce(uow, row, before)
    return row


def _words_by_line(text: str) -> str:
    """A text to find in another, whatever their case, diacritics and punctuation: each line between line breaks."""
    lines = [" ".join(search_text.words(line)) or line for line in text.split("\n")]
    return "\n".join(("", *lines, ""))
