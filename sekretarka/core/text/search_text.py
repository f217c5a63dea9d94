"""Search alike on both databases: what is searched is folded once in Python and stored, what is typed is folded too.

Every word must be found, in any order and place; a number is found however it is written, a name with any apostrophe.
"""

import re
import unicodedata

from sekretarka.core.text import characters, phone

# Letters that Unicode does not decompose into a base letter and a mark.
_TRANSLITERATED = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_APOSTROPHES = frozenset("'`´ʹʻʼʽʾʿˈˊˋ՚׳‘’‛′‵ꞌ＇")
_DASHES = frozenset("−˗⁃➖")
_LARGEST_STORED = 0xFFFF  # what lies beyond is rare; the table stays small, whatever is sent

_EDGES = '.,;:!?…()[]{}<>«»"„“”*'
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_])[-.,;:/|+&\\]+(?=[^\W\d_])")
_NUMBER = re.compile(r"(?<![\w@])\+?\(?\+?\d(?:[ .,()/-]*\d)*(?![\w@])")
_NUMBER_LABEL = re.compile(
    r"(?<!\w)(?:(?:tel|telefon|telefonu|kom|komorka|gsm|nr|numer|number|phone|mobile|mobil|mob|cell|whatsapp|sms|fax|faks"
    r"|[tkmf](?=[.: ]))[.:]* *)+(?=[+(]*\d)"
)
_SIP = re.compile(r"\bsips?:([+\d]+)[^\s>]*")
_EXTENSION = re.compile(r"(?<=\d\d) *(?:wew|ext)[.:]* *\d+")
_TRUNK_ZERO = re.compile(r"\( *0 *\)")
_FEWEST_DIGITS = 7  # of a whole phone number
_FEWEST_SIGNIFICANT = 3  # of one that is being typed, without the zeros before it


class _Folded(dict[int, str]):
    """By code point what search sees of a character, made when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = "".join(map(_plain, unicodedata.normalize("NFKD", _plain(chr(code)).casefold())))
        folded = folded.translate(_TRANSLITERATED).casefold()
        if code <= _LARGEST_STORED:
            self[code] = folded
        return folded


def _plain(character: str) -> str:
    """A character without its variants: dashes, spaces and digits are ASCII, marks and apostrophes nothing."""
    if character in _APOSTROPHES or unicodedata.combining(character):
        return ""
    category = unicodedata.category(character)
    if category == "Pd" or character in _DASHES:
        return "-"
    if category in characters.SPACE_CATEGORIES:
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "" if characters.is_invisible(character) else character


_FOLDED = _Folded()


def normalize(value: str) -> str:
    """Lower-case letters without marks and apostrophes, words apart by one space: `Łódź` and `LODZ` both become
    `lodz`."""
    return " ".join(value.translate(_FOLDED).split())


def words(value: str) -> list[str]:
    """The words of the normalized text, without signs, in order."""
    return re.findall(r"\w+", normalize(value))


def searchable(value: str) -> str:
    """What is stored for search: the normalized text, and after it the digits of phone numbers that it writes in
    groups."""
    text = normalize(value)
    numbers = [spelling for run in dict.fromkeys(_NUMBER.findall(text)) for spelling in _stored_spellings(run)]
    return " ".join([text, *dict.fromkeys(number for number in numbers if number not in text)])


def needles(term: str) -> list[list[str]]:
    """What a searchable text must hold to be found: of each group at least one, literally. No group for a term of which
    search sees nothing; signs are looked for when nothing else was typed."""
    text = normalize(term)
    rest = _NUMBER_LABEL.sub(" ", _EXTENSION.sub("", _SIP.sub(r" \1 ", text.replace("%2b", "+"))))
    groups = [_typed_spellings(run) for run in _NUMBER.findall(rest)]
    for word in _NUMBER.sub(" ", rest).split():
        parts = _BETWEEN_WORDS.split(word.strip(_EDGES)) if "@" not in word else [word.strip(_EDGES)]
        groups += [[part] for part in parts if any(map(str.isalnum, part))]
    if not groups and text:
        groups = [[text]]
    return list(map(list, dict.fromkeys(map(tuple, groups))))


def matches(text: str, term: str) -> bool:
    """Whether a text has every word of a term."""
    searched = searchable(text)
    return all(any(needle in searched for needle in group) for group in needles(term))


def like_pattern(needle: str) -> str:
    r"""A LIKE pattern (escape `\`) that finds one of `needles` anywhere, taken literally."""
    escaped = needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _stored_spellings(run: str) -> list[str]:
    digits = _digits(run)
    return [digits, *_international(run)] if len(digits) >= _FEWEST_DIGITS else []


def _typed_spellings(run: str) -> list[str]:
    """The shortest spellings of a number, or of a part of one, that stored texts may have."""
    digits = _digits(run)
    if len(digits) < _FEWEST_DIGITS:
        significant = digits.lstrip("0")  # while `0048 601…` is typed, the prefix is not yet told from a number
        shorter = [significant] if len(significant) >= _FEWEST_SIGNIFICANT else []
        return list(dict.fromkeys((run.strip("+()"), digits, *shorter)))
    found = sorted({digits, digits.lstrip("0") or digits, *_international(run)})
    return [spelling for spelling in found if not any(other in spelling for other in found if other != spelling)]


def _digits(run: str) -> str:
    return "".join(re.findall(r"\d", _TRUNK_ZERO.sub("", run)))


def _international(run: str) -> list[str]:
    try:
        return [phone.normalise(run).removeprefix("+")]
    except phone.InvalidPhone:
        return []
