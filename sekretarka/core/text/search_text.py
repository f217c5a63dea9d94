"""Search that ignores case and diacritics alike on both databases: fold once in Python, compare folded text."""

import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
_TRANSLITERATED = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def normalize(value: str) -> str:
    """Lower-case letters without marks: `Łódź` and `LODZ` both become `lodz`."""
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.translate(_TRANSLITERATED).casefold()


def like_pattern(term: str) -> str:
    r"""A LIKE pattern (escape `\`) that finds `term` anywhere, taken literally."""
    escaped = normalize(term).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
