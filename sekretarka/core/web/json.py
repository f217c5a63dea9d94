"""JSON as the API accepts it: what is ambiguous, unstorable or unserialisable is rejected before anything reads it."""

import json
import math
from collections.abc import Iterator
from typing import Any

from sekretarka.core.errors import Detail, Invalid, MalformedJson

MAX_DEPTH = 32
INT64 = 2**63 - 1
Path = tuple[str | int, ...]


class _Repeated(dict[str, Any]):
    """An object in which `key` stood twice."""

    key = ""


def decode(body: bytes) -> Any:
    """The value of a UTF-8 body; `MalformedJson` when it is no JSON or deeper than `MAX_DEPTH`, `Invalid` naming each
    repeated key, unstorable text, infinite number and integer beyond 64 bits."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise MalformedJson from None
    faults = list(_faults(value))
    if faults:
        raise Invalid(details=faults)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    seen: set[str] = set()
    repeated = _Repeated(value)
    for key, _ in pairs:
        if key in seen:
            repeated.key = key
        seen.add(key)
    return repeated


def _faults(value: Any) -> Iterator[Detail]:
    """Every value that may not pass, found without recursion so that depth is a rule and not a crash."""
    level: list[tuple[Path, Any]] = [(("body",), value)]
    while level:
        path, node = level.pop()
        if isinstance(node, dict):
            if len(path) > MAX_DEPTH:
                raise MalformedJson("The body is nested too deeply")
            yield from _key_faults(path, node)
            level += [((*path, key), child) for key, child in node.items()]
        elif isinstance(node, list):
            if len(path) > MAX_DEPTH:
                raise MalformedJson("The body is nested too deeply")
            level += [((*path, index), child) for index, child in enumerate(node)]
        elif isinstance(node, str):
            yield from _text_faults(path, node)
        elif isinstance(node, float) and not math.isfinite(node):
            yield Detail(path, "finite_number", "NaN and infinite numbers are not allowed")
        elif isinstance(node, int) and abs(node) > INT64:
            yield Detail(path, "integer_out_of_range", "The number is too large")


def _key_faults(path: Path, node: dict[str, Any]) -> Iterator[Detail]:
    if isinstance(node, _Repeated):
        yield Detail((*path, node.key), "duplicate_key", "The key stands twice in its object")
    for key in node:
        if list(_text_faults(path, key)):
            yield Detail(path, "invalid_key", "A key holds characters that cannot be stored")


def _text_faults(path: Path, text: str) -> Iterator[Detail]:
    if "\x00" in text:
        yield Detail(path, "control_character", "The character U+0000 is not allowed")
    if any("\ud800" <= character <= "\udfff" for character in text):
        yield Detail(path, "invalid_unicode", "The text is not valid Unicode")
