"""What the agent knows by heart: facts, questions with answers, and where to connect callers (`knowledgeBase`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sekretarka.core import phone
from sekretarka.core.folding import fold

# Polish words change their ends: what they begin with tells which they are.
STEM, SHORTEST, ENOUGH = 5, 3, 0.5


def find_answer(knowledge: Mapping[str, Any], question: str) -> str | None:
    """The answer to the question most like it, or the fact with most of its words; None when nothing is like it."""
    asked = _stems(question)
    best, found = 0.0, None
    for words, answer in _entries(knowledge):
        shared = len(asked & words) / (min(len(asked), len(words)) or 1)
        if shared >= ENOUGH and shared > best:
            best, found = shared, answer
    return found


def find_target(knowledge: Mapping[str, Any], topic: str | None) -> tuple[str, str] | None:
    """`(name, number)` of the first rule for the topic, else of the first rule for everything."""
    asked = _stems(topic or "")
    otherwise: tuple[str, str] | None = None
    for rule in _objects(knowledge, "transferRules"):
        target = _target(rule)
        if target is None:
            continue
        about = rule.get("topic")
        if not about:
            otherwise = otherwise or target
        elif asked & _stems(str(about)):
            return target
    return otherwise


def _entries(knowledge: Mapping[str, Any]) -> Iterator[tuple[set[str], str]]:
    for entry in _objects(knowledge, "faq"):
        question, answer = entry.get("question"), entry.get("answer")
        if isinstance(question, str) and isinstance(answer, str):
            yield _stems(question), answer
    facts = knowledge.get("facts")
    for fact in facts if isinstance(facts, list) else []:
        if isinstance(fact, str):
            yield _stems(fact), fact


def _objects(knowledge: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The knowledge is free JSON: what is no list of objects is passed over."""
    values = knowledge.get(name)
    yield from (value for value in values if isinstance(value, Mapping)) if isinstance(values, list) else ()


def _target(rule: Mapping[str, Any]) -> tuple[str, str] | None:
    try:
        number = phone.normalise(str(rule.get("phone")))
    except phone.InvalidPhone:
        return None
    return str(rule.get("name") or phone.readable(number)), number


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in re.findall(r"\w+", fold(text)) if len(word) > SHORTEST}
