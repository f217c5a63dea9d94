"""How many SMS a text takes, and what it is without the letters that make it dearer (GSM 03.38)."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS = frozenset("\f^{}\\[~]|€")  # an escape before each
_ONE_UNIT = 0xFFFF
# What NFKD takes nothing from, and what word processors and telephones put in place of plain signs.
_PLAIN = str.maketrans(
    {"ł": "l", "Ł": "L", "„": '"', "”": '"', "“": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "‚": "'"}
    | {"–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " "}
)


class Encoding(StrEnum):
    """`gsm7` has no Polish letters and no emoji, `ucs2` everything."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


# Units of one SMS alone, and of each part of several.
_LIMITS = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True)
class Size:
    """`units` are septets of `gsm7` and 16-bit units of `ucs2`; `left` is how many the last of the `parts` still
    takes."""

    encoding: Encoding
    units: int
    parts: int
    left: int


def size(text: str) -> Size:
    """What a text takes as SMS; an empty one is one part."""
    encoding = Encoding.GSM7 if _ALPHABET.union(_TWO_SEPTETS).issuperset(text) else Encoding.UCS2
    lengths = [_length(character, encoding) for character in text]
    units, (alone, each) = sum(lengths), _LIMITS[encoding]
    if units <= alone:
        return Size(encoding, units, 1, alone - units)
    parts, used = 1, 0
    for length in lengths:
        if used + length > each:  # neither an escape nor an emoji is divided
            parts, used = parts + 1, 0
        used += length
    return Size(encoding, units, parts, each - used)


def _length(character: str, encoding: Encoding) -> int:
    two = character in _TWO_SEPTETS if encoding is Encoding.GSM7 else ord(character) > _ONE_UNIT
    return 2 if two else 1


def without_diacritics(text: str) -> str:
    """The text in letters of GSM 03.38 where there are such: `Dzień dobry, „Łucjo”` → `Dzien dobry, "Lucjo"`."""
    return "".join(
        character if character in _ALPHABET or character in _TWO_SEPTETS else _folded(character)
        for character in text.translate(_PLAIN)
    )


def _folded(character: str) -> str:
    plain = [part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)]
    return "".join(plain) or character
