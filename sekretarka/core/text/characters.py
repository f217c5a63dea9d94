"""Which characters can be seen: a text of others only is no text."""

import re
import unicodedata

# Unicode's Default_Ignorable_Code_Point, then what is blank although it is a letter or a sign, and noncharacters.
_BLANK = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u2800\U0001d159\ufdd0-\ufdef\ufffe\uffff]"
)
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})


def is_invisible(character: str) -> bool:
    """Whether a character leaves nothing to be seen: a control, format or ignorable one, a space, a filler."""
    return _BLANK.match(character) is not None or unicodedata.category(character) in _HIDDEN_CATEGORIES


def is_blank(value: str) -> bool:
    """Whether nothing of a text can be seen; marks count with the letter that carries them, and alone for nothing."""
    return all(is_invisible(character) or unicodedata.category(character)[0] == "M" for character in value)
