"""Polish names in the cases that people say them in: "u Kasi", "Ewę", "z Pawłem". Rules, no list of names.

A name is compared by its forms, not by its stem: "Marka" and "Marta" have one stem and no form in common. All words are
folded as `search_text.normalize` does, so that "Ewę" is "ewe".
"""

import re
from functools import lru_cache

from sekretarka.core.text.search_text import normalize

# What people put before a name.
TITLES = frozenset({"pan", "pana", "panem", "panu", "pani", "pania", "mr", "mrs", "ms", "miss", "dr"})
PREPOSITIONS = frozenset({"u", "do", "z", "ze", "dla", "od", "przez", "with", "by", "for"})
# How a consonant changes before the -e of dative and locative; after all others there is an -i-.
SOFTENED = (("ch", "sz"), ("k", "c"), ("g", "dz"), ("t", "ci"), ("d", "dzi"), ("r", "rz"), ("l", "l"))
FEMININE = ("", "y", "i", "e", "a", "o", "u", "ej", "iej")
MASCULINE = ("", "a", "owi", "em", "u", "e", "ia", "iowi", "iem", "iu")
SHORTEST_WITH_FLEETING_E = 4


def words(text: str | None) -> set[str]:
    """The folded words of a name, without titles and prepositions."""
    return set(re.findall(r"\w+", normalize(text or ""))) - TITLES - PREPOSITIONS


def is_meant(said: set[str], name: set[str]) -> bool:
    """Whether each of the words said (at least one) is a word of the name in some case."""
    return bool(said) and all(any(word in forms(part) for part in name) for word in said)


def named_parts(said: set[str], name: set[str]) -> set[str]:
    """The words of the name that one of the words said stands for."""
    return {part for part in name if said & forms(part)}


@lru_cache(4096)
def forms(name: str) -> frozenset[str]:
    """All that one folded word of a name may become, itself included, and now and then what it does not."""
    return frozenset({name, *_inflected(name)})


def _inflected(name: str) -> set[str]:
    stem, last = name[:-1], name[-1:]
    if last == "a":  # Ewa, Magda, Kasia, Maja, Kuba, Kowalska
        soft = set() if stem.endswith("i") else {f"{_softened(stem)}e"}
        short = {f"{stem[:-1]}i"} if stem.endswith("j") else set()
        return {stem + ending for ending in FEMININE if ending or stem.endswith("i")} | soft | short
    if last == "y":  # Jerzy
        return {stem + ending for ending in ("ego", "emu", "ym")}
    if last == "i":  # Antoni, Kowalski
        return {name + ending for ending in ("ego", "emu", "m")}
    if last == "e":  # Rene
        return {name + ending for ending in ("go", "mu", "m")}
    if last == "o":  # Mieszko, Bruno
        return {stem + ending for ending in (*MASCULINE, "y", "ona", "onowi", "onem", "onie")} | {f"{_softened(stem)}e"}
    bases = {name}
    if len(name) >= SHORTEST_WITH_FLEETING_E and name[-2] == "e":  # Marek, Marka; Paweł, Pawła
        bases.add(name[:-2] + last)
    return {base + ending for base in bases for ending in MASCULINE} | {f"{_softened(base)}e" for base in bases}


def _softened(stem: str) -> str:
    for hard, soft in SOFTENED:
        if stem.endswith(hard):
            return stem.removesuffix(hard) + soft
    return f"{stem}i"
