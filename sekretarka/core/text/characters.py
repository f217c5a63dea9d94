"""Which characters can be seen, and which no text may hold: a text without any that can be seen is no text."""

import re
import unicodedata

# Unicode's Default_Ignorable_Code_Point, then what is blank although it is a letter or a sign, and noncharacters.
_BLANK = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u2800\U0001d159\ufdd0-\ufdef\ufffe\uffff]"
)
SPACE_CATEGORIES = frozenset({"Cc", "Zs", "Zl", "Zp"})
_HIDDEN_CATEGORIES = SPACE_CATEGORIES | {"Cf", "Cs"}
# Those that turn the direction of a text around are dropped or refused, wherever it comes from.
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # all but tab and line ends
UNSAFE = re.compile(f"{CONTROLS.pattern}|{DIRECTIONS.pattern}")


def is_invisible(character: str) -> bool:
    """Whether a character leaves nothing to be seen: a control, format or ignorable one, a space, a filler."""
    return _BLANK.match(character) is not None or unicodedata.category(character) in _HIDDEN_CATEGORIES


def visible(value: str) -> str:
    """The text of what can be seen; spaces, line ends and controls are plain spaces."""
    return "".join(map(_visible, value)) if not (value.isascii() and value.isprintable()) else value


def _visible(character: str) -> str:
    if unicodedata.category(character) in SPACE_CATEGORIES:
        return " "
    return "" if is_invisible(character) else character


def is_blank(value: str) -> bool:
    """Whether nothing of a text can be seen; marks count with the letter that carries them, and alone for nothing."""
    return all(is_invisible(character) or unicodedata.category(character)[0] == "M" for character in value)
