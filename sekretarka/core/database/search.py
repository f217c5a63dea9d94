"""The condition of every list that has a search; `core/text/search_text.py` says what is found."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from sekretarka.core.text.search_text import like_pattern, needles


def has_every_word(column: Any, term: str) -> sa.ColumnElement[bool]:
    """Whether a column of searchable text (`search_text.searchable`) has every word of what was typed."""
    return sa.and_(sa.true(), *(has_any(column, spellings) for spellings in needles(term)))


def has_any(column: Any, spellings: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether a column of searchable text has one of a word's spellings, taken literally."""
    return sa.or_(*(column.like(like_pattern(spelling), escape="\\") for spelling in spellings))
