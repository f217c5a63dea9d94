"""Words that stand for something are compared folded: one that is not folded itself is never met."""

from collections.abc import Collection

import pytest

from sekretarka.core.text.search_text import normalize
from sekretarka.domain.receptionist import choices, declension, knowledge, said_times, said_values


@pytest.mark.parametrize(
    "known",
    [said_values.NOTHING, said_values.INDIFFERENT, choices.ANYONE, choices.AROUND, knowledge.EMPTY,
     declension.TITLES, declension.PREPOSITIONS, said_times.ANY_DAY, said_times.FILLERS, said_times.RELATIVE,
     said_times.MONTHS, said_times.WEEKDAYS],
)  # fmt: skip
def test_every_word_is_folded(known: Collection[str]) -> None:
    assert [word for word in known if normalize(word) != word] == []
