"""Which passwords anybody would try first: the common ones, keyboard walks, and a user's own names."""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from sekretarka.core.text.search_text import normalize

COMMON_MESSAGE = "This password is one of the first that anybody tries"
GUESSABLE_MESSAGE = "The password must not be made of your own names"
MAX_PATTERN_LENGTH = 20  # nobody's list goes on for longer
PRODUCT_NAMES = ("sekretarka", "aisekretarka", "receptionist", "recepcja")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_UNSHIFT = str.maketrans("!@#$%^&*()", "1234567890")
_WALKS = (
    "01234567890123456789",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaq12wsxcde34rfvbgt56yhnmju78ik",
    "147258369963852741",
)
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def is_common(password: str) -> bool:
    """Whether the password is one of those tried first, such a one thinly disguised, or a repetition or keyboard walk
    of at most `MAX_PATTERN_LENGTH` characters."""
    plain = normalize(password)
    if plain in _common() or _is_disguised(plain):
        return True
    is_short = len(plain) <= MAX_PATTERN_LENGTH and plain.isascii()
    return is_short and (_is_repetition(plain) or _is_walk(plain.translate(_UNSHIFT)))


def is_derived_from(password: str, names: Iterable[str]) -> bool:
    """Whether fewer than five letters and digits are left of the password without the words of `names` (of an email
    address what precedes the `@`) and the product's names."""
    remainder = normalize(password)
    for word in sorted(_words(names), key=len, reverse=True):
        remainder = remainder.replace(word, "")
    return remainder != normalize(password) and sum(character.isalnum() for character in remainder) < 5


@lru_cache
def _common() -> frozenset[str]:
    listed = files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(normalize(word) for word in listed.split())


def _is_disguised(plain: str) -> bool:
    """`Password2026!`, `p4ssw0rd`: a listed word with up to five digits or signs around it."""
    core = _EDGES.sub("", plain)
    if len(core) < 4 or len(plain) - len(core) > 5:
        return False
    return core in _common() or core.translate(_LEET) in _common() or plain.translate(_LEET) in _common()


def _is_repetition(plain: str) -> bool:
    """`aaaaaaaa`, `12121212`, `testtest`: few different characters or one short piece over and over."""
    if len(set(plain)) <= 2:
        return True
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, min(4, len(plain) // 2) + 1))


def _is_walk(plain: str) -> bool:
    """`qwer1234`, `1qaz2wsx`: pieces of three keys and more that lie beside each other, and nothing else."""
    reachable = {0}
    for start in range(len(plain)):
        if start in reachable:
            for end in range(start + 3, len(plain) + 1):
                if not _is_step(plain[start:end]):
                    break
                reachable.add(end)
    return len(plain) in reachable


def _is_step(piece: str) -> bool:
    return any(piece in walk or piece[::-1] in walk for walk in _WALKS)


def _words(names: Iterable[str]) -> set[str]:
    words = set(PRODUCT_NAMES)
    for name in names:
        parts = re.findall(r"[^\W_]+", normalize(name.partition("@")[0] if "@" in name else name))
        words.update(part for part in [*parts, "".join(parts)] if len(part) >= 4)
    return words
