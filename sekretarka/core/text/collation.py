"""The order of names in Polish, the same on both databases, in Python and in every list: a key that is stored."""

import unicodedata

from sekretarka.core.text import search_text

KEY_LENGTH = 250
_NAME_LENGTH = 120
_ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
# Digits, then the letters in ASCII that has room for 35 of them, then other scripts by code point.
_RANKS = {character: chr(ord("A") + rank) for rank, character in enumerate(_ALPHABET)}
_SIGN = "!"


def sort_key(text: str) -> str:
    """A text of at most `KEY_LENGTH` characters whose order by code points is that of `text`: signs, digits, letters
    as the Polish alphabet has them, other scripts. Case does not count, foreign marks only between equals."""
    folded = " ".join(unicodedata.normalize("NFKC", text.casefold()).split())
    # A tab sorts before every character of a name: the shorter of two comes first.
    return f"{''.join(map(_rank, folded))[:_NAME_LENGTH]}\t{folded[:_NAME_LENGTH]}"


def _rank(character: str) -> str:
    """What a character, or what it is without its marks, counts for."""
    if character in _RANKS or character == " ":
        return _RANKS.get(character, character)
    plain = search_text.normalize(character)
    return "".join(_RANKS.get(part, part if part.isalnum() else _SIGN) for part in plain) if plain else ""
