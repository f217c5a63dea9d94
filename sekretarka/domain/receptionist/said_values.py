"""Arguments as language models send them: `""` and `"null"` for nothing, numbers for text, names spelled otherwise."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from sekretarka.core.text.characters import is_blank
from sekretarka.core.text.search_text import normalize
from sekretarka.providers import conversions

# What stands for nothing, folded; a template that nobody filled in does, too.
NOTHING = frozenset(
    {"null", "none", "nil", "undefined", "nan", "n/a", "-", "--", "unknown", "not provided", "not specified",
     "string", "caller", "customer", "user", "brak", "nie podano", "nie dotyczy", "nieznane", "nieznany", "klient",
     "klientka"}
)  # fmt: skip
# What means that any will do, a person or a day, folded.
INDIFFERENT = frozenset(
    {"any", "no preference", "first available", "next available", "doesnt matter", "does not matter", "dowolny",
     "dowolnie", "pierwszy wolny", "obojetnie", "obojetne", "wszystko jedno", "wszystko mi jedno", "bez roznicy",
     "bez znaczenia", "nie ma znaczenia", "nieistotne", "bez preferencji"}
)  # fmt: skip
TEMPLATE = re.compile(r"[#@$]?\{[\w .$-]+\}|\$?\{\{.*\}\}|\$\{.*\}|\$\w+|<[\w .-]+>|\[[\w .-]+\]|%\w+%|__\w+__")
NAMES_OF_TEXT = ("id", "name", "value", "text")


def readable(arguments: Any) -> Any:
    """The arguments as an object: nothing, or text that should be one, becomes it; its texts are cleaned."""
    if arguments is None or (isinstance(arguments, str) and as_text(arguments) is None):
        return {}
    try:
        return _cleaned(json.loads(arguments) if isinstance(arguments, str) else arguments)
    except (ValueError, RecursionError):
        return arguments


def as_text(value: Any) -> str | None:
    """The text that is meant by a value; None when it stands for nothing, or for nothing that is text."""
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return "true" if value is True else None
    if isinstance(value, int | float):
        return str(int(value) if value == int(value) else value)
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := as_text(item))) or None
    if isinstance(value, Mapping):
        values = [value.get(name) for name in NAMES_OF_TEXT] if len(value) > 1 else value.values()
        return next((text for each in values if (text := as_text(each))), None)
    if not isinstance(value, str):
        return None
    text = value.strip()
    return None if is_blank(text) or normalize(text) in NOTHING or TEMPLATE.fullmatch(text) else text


def by_name(arguments: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """The texts of the arguments that exist, by the names that they have here; `names` are those by `conversions.word`,
    as `service_type`, `serviceType` and `ServiceType` are one. An argument in its own spelling counts before the same
    in another."""
    result: dict[str, str] = {}
    for name in sorted(arguments, key=lambda name: names.get(conversions.word(name)) != name):
        known, text = names.get(conversions.word(name)), as_text(arguments[name])
        if known is not None and text is not None:
            result.setdefault(known, text)
    return result


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return conversions.clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {name: _cleaned(item) for name, item in value.items()}
    return value
