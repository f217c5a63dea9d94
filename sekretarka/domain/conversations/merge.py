"""Merging events into a conversation: every value is a last-writer-wins register over one total order of versions.

Such a merge is commutative, associative and idempotent: any order, any duplicates and any crash between two events
end in the same row. What is derived (start, duration, follow-up) follows from the merged values, never from arrival.
"""

from datetime import timedelta
from typing import Any

from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.conversations.models import Conversation, Direction, FollowUpState, Outcome, Status, Urgency
from sekretarka.providers.call_events import CallEvent, CallPayload

RANKS = {"call_started": 1, "transcript_updated": 2, "recording_ready": 3, "call_ended": 4}
PROGRAM_RANK, USER_RANK = 5, 9
PLAIN_FIELDS = (
    "direction",
    "caller_name",
    "called_number",
    "started_at",
    "ai_disclosed_at",
    "ended_at",
    "duration_seconds",
    "ended_reason",
    "outcome",
    "summary",
    "sentiment",
    "intent",
    "topics",
)


def field_version(rank: int, event: CallEvent, event_id: str) -> str:
    """A text that orders events the same way whatever the order of arrival; the value of the greatest version wins.

    Later kinds of events (`rank`, one digit) outrank earlier ones, then the sender's own sequence, then time, then the
    id.
    """
    return f"{rank}:{event.data.sequence:016d}:{clock.to_json(event.at)}:{event_id}"


def merge_event(conversation: Conversation, event: CallEvent, event_id: str) -> None:
    """Fill or upgrade the conversation by what one event says, and derive the rest."""
    version = field_version(RANKS[event.type], event, event_id)
    for field, value in _values(event.data).items():
        put(conversation, field, value, version)
    if event.type == "call_ended":
        put(conversation, "status", event.data.status or Status.COMPLETED, version)
    conversation.first_seen_at = min(conversation.first_seen_at, event.at)
    derive(conversation)


def put(conversation: Conversation, field: str, value: Any, version: str) -> bool:
    """Set one field if `version` is greater than the one it has; returns whether it was."""
    if version <= conversation.field_versions.get(field, ""):
        return False
    conversation.field_versions = {**conversation.field_versions, field: version}
    setattr(conversation, field, value)
    return True


def put_directly(conversation: Conversation, field: str, value: Any, rank: int) -> None:
    """Set a field by a program (`PROGRAM_RANK`) or user (`USER_RANK`), who outrank events in this order; of one rank
    the later value wins. The row is locked and its version counted for this change (`_direct_version`)."""
    put(conversation, field, value, _direct_version(conversation, rank))


def put_after_all(conversation: Conversation, field: str, value: Any, rank: int) -> None:
    """As `put_directly`, whoever set the field before, without outranking those who will set it later."""
    before = conversation.field_versions.get(field, "")
    put(conversation, field, value, max(_direct_version(conversation, rank), f"{before}+"))


def _direct_version(conversation: Conversation, rank: int) -> str:
    """Later than each earlier change of the row, whatever the clocks: `bump_version` moves `updated_at` always on, and
    nobody else does so while the row is locked."""
    return f"{rank}:{clock.to_json(conversation.updated_at)}:{conversation.version:08d}"


def _values(facts: CallPayload) -> dict[str, Any]:
    values = {field: getattr(facts, field) for field in (*PLAIN_FIELDS, "analysis_follows")}
    if facts.caller_number:
        values["caller_number"], values["caller_raw"] = phone.parse_caller(facts.caller_number)
    if facts.called_number:
        number, raw = phone.parse_caller(facts.called_number)
        values["called_number"] = number or (raw or "")[:16] or None
    if facts.recording:
        values["recording"] = facts.recording.model_dump(mode="json")
    if facts.recording_consent:
        values["recording_consent"] = facts.recording_consent.model_dump(mode="json")
    if facts.cost:
        values["cost_amount"], values["cost_currency"] = facts.cost.amount, facts.cost.currency
    return {field: value for field, value in values.items() if value is not None}


def derive(conversation: Conversation) -> None:
    """Set start, duration (seconds), follow-up and urgency where no event or user gave them."""
    versions = conversation.field_versions
    started_known, duration_known = "started_at" in versions, "duration_seconds" in versions
    if not started_known:
        known_span = conversation.ended_at and duration_known
        length = timedelta(seconds=conversation.duration_seconds or 0)
        conversation.started_at = (
            conversation.ended_at - length if known_span and conversation.ended_at else conversation.first_seen_at
        )
    if not duration_known and started_known and conversation.ended_at:
        span = (conversation.ended_at - conversation.started_at).total_seconds()
        conversation.duration_seconds = max(0, round(span))
    if "follow_up_state" not in versions:
        conversation.follow_up_state = FollowUpState.OPEN if needs_follow_up(conversation) else None
    if "follow_up_urgency" not in versions:
        conversation.follow_up_urgency = Urgency.HIGH if is_pressing(conversation) else Urgency.NORMAL


def needs_follow_up(conversation: Conversation) -> bool:
    """Whether somebody should act on an inbound call: it was missed or failed, a message was left, or the sentiment is
    −0.5 or worse; never on spam or a test."""
    if conversation.is_test or conversation.direction is Direction.OUTBOUND or conversation.outcome is Outcome.SPAM:
        return False
    return (
        conversation.status in (Status.MISSED, Status.FAILED)
        or conversation.outcome is Outcome.MESSAGE
        or is_pressing(conversation)
    )


def is_pressing(conversation: Conversation) -> bool:
    """Whether the caller was unhappy: the sentiment is −0.5 or worse."""
    return conversation.sentiment is not None and conversation.sentiment <= -0.5


def took_message(conversation: Conversation) -> bool:
    """Whether the caller left a message: the outcome says so, or the note of the follow-up is no user's."""
    noted_by = conversation.field_versions.get("follow_up_note", "").partition(":")[0]
    by_caller = conversation.follow_up_note is not None and noted_by == str(PROGRAM_RANK)
    return conversation.outcome is Outcome.MESSAGE or by_caller


def billable_seconds(conversation: Conversation) -> int:
    """Seconds that count on the bill: the duration of completed calls (product.md#calls), 0 of others, of spam and of
    tests."""
    if conversation.is_test or conversation.status is not Status.COMPLETED or conversation.outcome is Outcome.SPAM:
        return 0
    return conversation.duration_seconds or 0
