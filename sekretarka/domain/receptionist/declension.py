"""Polish names as people say them: in every case ("u Kasi", "Ewę", "z Pawłem"), by rules, and by their diminutives.

A name is compared by its forms, not by its stem: "Marka" and "Marta" have one stem and no form in common. All words are
folded as `search_text.normalize` does, so that "Ewę" is "ewe".
"""

from functools import lru_cache

from sekretarka.core.text import search_text

# What people put before a name.
TITLES = frozenset(
    {"p", "pan", "pana", "panem", "panu", "pani", "pania", "mr", "mrs", "ms", "miss", "dr", "doktor", "doktora",
     "doktorem", "doktorowi", "mgr", "prof"}
)  # fmt: skip
PREPOSITIONS = frozenset({"u", "do", "z", "ze", "dla", "od", "przez", "with", "by", "for"})
# How a consonant changes before the -e of dative and locative; after all others there is an -i-.
SOFTENED = (("ch", "sz"), ("k", "c"), ("g", "dz"), ("t", "ci"), ("d", "dzi"), ("r", "rz"), ("l", "l"))
FEMININE = ("", "y", "i", "e", "a", "o", "u", "ej", "iej")
ADJECTIVAL = {"y": ("ego", "emu", "ym"), "i": ("iego", "iemu", "im"), "e": ("ego", "emu", "em")}
MASCULINE = ("", "a", "owi", "em", "u", "e", "ia", "iowi", "iem", "iu")
SHORTEST_WITH_FLEETING_E = 4
# What a consonant was before the -e- that softened it left: Kwiecień, Kwietnia; Grudzień, Grudnia; Orzeł, Orła.
HARDENED = (("dz", "d"), ("c", "t"), ("rz", "r"))

# What people call somebody with the first name of each line.
DIMINUTIVES = """
    adam adas; agata agatka; agnieszka aga; aleksander olek alek; aleksandra ola; andrzej jedrek; anna ania anka;
    antoni antek antos; barbara basia baska; bartlomiej bartek; bartosz bartek; dariusz darek; dorota dorotka;
    elzbieta ela elka; ewa ewka; franciszek franek; grazyna grazynka; grzegorz grzesiek grzes; hanna hania hanka;
    henryk heniek; irena irenka; iwona iwonka; izabela iza; jadwiga jadzia; jakub kuba; jan janek jas jasiek;
    jerzy jurek; joanna asia aska joasia; jolanta jola; jozef jozek; karolina karolinka; katarzyna kasia kaska;
    kazimierz kazik; krystyna krysia; krzysztof krzysiek krzys; lukasz lukaszek; maciej maciek; magdalena magda madzia;
    malgorzata gosia goska malgosia; marcin marcinek; maria marysia; mateusz mati; michal misiek michalek;
    mikolaj mikolajek; natalia natalka; paulina paulinka; pawel pawelek; piotr piotrek; przemyslaw przemek;
    renata renia; roman romek; ryszard rysiek; slawomir slawek; stanislaw staszek stas stasiek; szymon szymek;
    tadeusz tadek; teresa terenia; tomasz tomek; urszula ula ulka; waldemar waldek; weronika wera; wladyslaw wladek;
    wojciech wojtek; zbigniew zbyszek; zdzislaw zdzisiek; zofia zosia zoska; zuzanna zuzia zuza
"""
_CALLED: dict[str, set[str]] = {}
for _full, *_short in map(str.split, DIMINUTIVES.split(";")):
    for _one in _short:
        _CALLED.setdefault(_full, set()).add(_one)
        _CALLED.setdefault(_one, set()).add(_full)


def words(text: str | None) -> set[str]:
    """The folded words of a name, without titles and prepositions."""
    return set(search_text.words(text or "")) - TITLES - PREPOSITIONS


def is_meant(said: set[str], name: set[str], *, as_called: bool = True) -> bool:
    """Whether each of the words said (at least one) is a word of the name in some case, or, where it may be said
    `as_called`, of a diminutive."""
    ways = spellings if as_called else forms
    return bool(said) and said <= set[str]().union(*map(ways, name))


def named_parts(said: set[str], name: set[str]) -> set[str]:
    """The words of the name that one of the words said stands for."""
    return {part for part in name if said & spellings(part)}


@lru_cache(4096)
def spellings(name: str) -> frozenset[str]:
    """The `forms` of one folded word of a name and of its diminutives, or of what it is a diminutive of."""
    return forms(name).union(*map(forms, _CALLED.get(name, ())))


@lru_cache(4096)
def forms(name: str) -> frozenset[str]:
    """All cases of one folded word of a name, itself included, and now and then what is none."""
    return frozenset({name, *_inflected(name)})


def _inflected(name: str) -> set[str]:
    stem, last = name[:-1], name[-1:]
    if last == "a":  # Ewa, Magda, Kasia, Maja, Kuba, Kowalska
        soft = set() if stem.endswith("i") else {f"{_softened(stem)}e"}
        short = {f"{stem[:-1]}i"} if stem.endswith("j") else set()
        return {stem + ending for ending in FEMININE if ending or stem.endswith("i")} | soft | short
    if last in ADJECTIVAL:  # Jerzy, Antoni, Kowalski, Rene
        return {stem + ending for ending in ADJECTIVAL[last]}
    if last == "o":  # Mieszko, Bruno, Moniuszko
        endings = (*MASCULINE, "y", "i", "ona", "onowi", "onem", "onie")
        return {stem + ending for ending in endings} | {f"{_softened(stem)}e"}
    bases = {name, *_alternated(name)}
    return {base + ending for base in bases for ending in MASCULINE} | {f"{_softened(base)}e" for base in bases}


def _alternated(name: str) -> set[str]:
    """What ends of other cases are put to where the last vowel goes or changes: Marek, Marka; Krzysiek, Krzyśka;
    Kozioł, Kozła; Stępień, Stępnia; Gołąb, Gołębia."""
    before, vowel, last = name[:-2], name[-2:-1], name[-1:]
    if name.endswith("ab"):
        return {f"{before}e{last}"}
    soft = before.removesuffix("i")
    if len(name) < SHORTEST_WITH_FLEETING_E or vowel not in ("e", "o") or (vowel == "o" and soft == before):
        return set()
    hard = {soft.removesuffix(ending) + base for ending, base in HARDENED if soft.endswith(ending)}
    return {before + last, soft + last, *(stem + last for stem in hard)}


def _softened(stem: str) -> str:
    for hard, soft in SOFTENED:
        if stem.endswith(hard):
            return stem.removesuffix(hard) + soft
    return f"{stem}i"
