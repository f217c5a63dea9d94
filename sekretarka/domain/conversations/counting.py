"""What a number of calls counts: each is how many rows fit its criterion, wherever it is shown (product.md#numbers)."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.domain.conversations.models import Conversation, FollowUpState, Outcome, Status
from sekretarka.domain.conversations.silence import is_silent


class CallCount(StrEnum):
    """`measured` are those whose length is known, `resolved` ended as the caller wished, `silent` are active but not
    heard of any more, `to_do` wait for somebody."""

    CALLS = "calls"
    ANSWERED = "answered"
    MISSED = "missed"
    MEASURED = "measured"
    COMPLETED = "completed"
    RESOLVED = "resolved"
    LIVE = "live"
    SILENT = "silent"
    TO_DO = "to_do"


def is_genuine() -> sa.ColumnElement[bool]:
    """Somebody called: what the dashboard's test of a connection sent is no call, spam is one."""
    return col(Conversation.is_test).is_(False)


def is_counted(count: CallCount, now: datetime) -> sa.ColumnElement[bool]:
    """A genuine call that is no spam, and one of those that `count` counts."""
    row = Conversation
    no_spam = sa.or_(col(row.outcome).is_(None), col(row.outcome) != Outcome.SPAM)
    is_completed = col(row.status) == Status.COMPLETED
    resolved = (Outcome.BOOKED, Outcome.ANSWERED, Outcome.TRANSFERRED)
    criteria: dict[CallCount, tuple[sa.ColumnElement[bool], ...]] = {
        CallCount.CALLS: (),
        CallCount.ANSWERED: (col(row.status).in_([Status.COMPLETED, Status.ACTIVE]),),
        CallCount.MISSED: (col(row.status) == Status.MISSED,),
        CallCount.MEASURED: (is_completed, col(row.duration_seconds).is_not(None)),
        CallCount.COMPLETED: (is_completed,),
        CallCount.RESOLVED: (is_completed, col(row.outcome).in_(resolved)),
        CallCount.LIVE: (col(row.status) == Status.ACTIVE, sa.not_(is_silent(now))),
        CallCount.SILENT: (is_silent(now),),
        CallCount.TO_DO: (col(row.follow_up_state) == FollowUpState.OPEN,),
    }
    return sa.and_(is_genuine(), no_spam, *criteria[count])
