"""Answers from an agent's `knowledgeBase`: `{"faq": [{"question", "answer"}], "facts": [text], "transferRules":
[{"topic", "name", "phone"}]}`. It is free JSON: what has another shape is passed over."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sekretarka.core.text import phone
from sekretarka.core.text.search_text import words

# Polish words change their ends: what they begin with tells which they are.
STEM, SHORT_STEM, ENOUGH, SAID = 5, 3, 0.5, 3
# Words that questions are made of, whatever they are about; without diacritics, as they are compared.
EMPTY = frozenset(
    words(
        """
        a aby ale albo bo bez bylo byc by chce chcialabym chcialbym chodzi co czy dla do dzien dobry gdzie i
        ich ile jak jaka jakie jaki jest jestem kiedy koszt kosztuje kosztuja kto ktora ktory ktore macie maja
        ma mam mi mnie moge mozna na nie o od oraz panstwo panstwa panstwu pan pani po pod prosze przy sa sie
        sobie ta tak tam te ten to tu tutaj u ty w wiem wy z za ze zeby znajduje am an and are at be can cost
        costs could do does for from have how is in it like me much my of on or our please price take tell
        that the there this us we what when where which who will with would you your
        """
    )
)


def find_answer(knowledge: Mapping[str, Any], question: str) -> str | None:
    """The answer to the question most like it, or the fact with most of its words; None when nothing is like it."""
    return most_like(question, _entries(knowledge))


def most_like(question: str, entries: Iterable[tuple[str, str]]) -> str | None:
    """Of pairs `(about, answer)` the answer that fits the question best. Up to three that fit equally are joined; None
    when more do, or nothing fits."""
    question_stems = stems(question)
    matches: dict[tuple[float, float], list[str]] = {}
    for about, answer in entries:
        entry_stems = stems(about)
        shared, possible = len(question_stems & entry_stems), min(len(question_stems), len(entry_stems))
        if shared > ENOUGH * possible:
            likeness = (shared / possible, shared / (len(question_stems) + len(entry_stems)))
            matches.setdefault(likeness, []).append(answer)
    best = list(dict.fromkeys(matches[max(matches)])) if matches else []
    return " ".join(best) if 0 < len(best) <= SAID else None


def find_target(knowledge: Mapping[str, Any], topic: str | None) -> tuple[str, str] | None:
    """`(name, number)` of the first rule for the topic, else of the first rule without a topic, else None; E.164."""
    topic_stems = stems(topic or "")
    otherwise: tuple[str, str] | None = None
    for rule in _objects(knowledge, "transferRules"):
        target = _target(rule)
        if target is None:
            continue
        about = rule.get("topic")
        if not about:
            otherwise = otherwise or target
        elif topic_stems & stems(str(about)):
            return target
    return otherwise


def stems(text: str) -> set[str]:
    """The first `STEM` letters (of shorter words `SHORT_STEM`) of each word that says what the text is about."""
    said = set(words(text)) - EMPTY
    return {word[: STEM if len(word) >= STEM else SHORT_STEM] for word in said}


def _entries(knowledge: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in _objects(knowledge, "faq"):
        question, answer = entry.get("question"), entry.get("answer")
        if isinstance(question, str) and isinstance(answer, str):
            yield question, answer
    facts = knowledge.get("facts")
    for fact in facts if isinstance(facts, list) else []:
        if isinstance(fact, str):
            yield fact, fact


def _objects(knowledge: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The knowledge is free JSON: what is no list of objects is passed over."""
    values = knowledge.get(name)
    yield from (value for value in values if isinstance(value, Mapping)) if isinstance(values, list) else ()


def _target(rule: Mapping[str, Any]) -> tuple[str, str] | None:
    try:
        number = phone.normalise(str(rule.get("phone")))
    except phone.InvalidPhone:
        return None
    return str(rule.get("name") or phone.format_national(number)), number
