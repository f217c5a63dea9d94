"""Which calls count in figures; every figure of calls uses one of these conditions."""

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.domain.conversations.models import Conversation, Outcome


def is_genuine() -> sa.ColumnElement[bool]:
    """Somebody called: what the dashboard's test of a connection sent is no call, spam is one."""
    return col(Conversation.is_test).is_(False)


def is_counted() -> sa.ColumnElement[bool]:
    """A genuine call that is no spam."""
    no_spam = sa.or_(col(Conversation.outcome).is_(None), col(Conversation.outcome) != Outcome.SPAM)
    return sa.and_(is_genuine(), no_spam)
