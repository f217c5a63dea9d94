"""The people who call: Polish names with the forms a conversation needs, and made-up phone numbers."""

from dataclasses import dataclass, replace
from random import Random

# Nominative and vocative.
WOMEN = (
    ("Anna", "Anno"), ("Katarzyna", "Katarzyno"), ("Magdalena", "Magdaleno"), ("Joanna", "Joanno"),
    ("Agnieszka", "Agnieszko"), ("Małgorzata", "Małgorzato"), ("Monika", "Moniko"), ("Aleksandra", "Aleksandro"),
    ("Natalia", "Natalio"), ("Karolina", "Karolino"), ("Zuzanna", "Zuzanno"), ("Marta", "Marto"),
    ("Paulina", "Paulino"), ("Barbara", "Barbaro"), ("Beata", "Beato"), ("Dorota", "Doroto"),
    ("Weronika", "Weroniko"), ("Iwona", "Iwono"), ("Justyna", "Justyno"), ("Sylwia", "Sylwio"),
    ("Patrycja", "Patrycjo"), ("Halina", "Halino"), ("Urszula", "Urszulo"), ("Gabriela", "Gabrielo"),
    ("Oliwia", "Oliwio"), ("Hanna", "Hanno"), ("Łucja", "Łucjo"), ("Renata", "Renato"),
)  # fmt: skip
MEN = (
    ("Marek", "Marku"), ("Piotr", "Piotrze"), ("Tomasz", "Tomaszu"), ("Krzysztof", "Krzysztofie"),
    ("Michał", "Michale"), ("Paweł", "Pawle"), ("Jakub", "Jakubie"), ("Adam", "Adamie"), ("Łukasz", "Łukaszu"),
    ("Wojciech", "Wojciechu"), ("Mateusz", "Mateuszu"), ("Bartosz", "Bartoszu"), ("Rafał", "Rafale"),
    ("Grzegorz", "Grzegorzu"), ("Andrzej", "Andrzeju"), ("Szymon", "Szymonie"),
)  # fmt: skip
# Where the feminine differs, it ends in -ska, -cka or -dzka.
SURNAMES = (
    "Nowak", "Kowalski", "Wiśniewski", "Wójcik", "Kamiński", "Lewandowski", "Zieliński", "Szymański", "Woźniak",
    "Dąbrowski", "Kozłowski", "Mazur", "Jankowski", "Kwiatkowski", "Krawczyk", "Piotrowski", "Grabowski", "Pawlak",
    "Michalski", "Król", "Nowicki", "Wróbel", "Adamczyk", "Dudek", "Stępień", "Jaworski", "Malinowski", "Górski",
    "Sikora", "Baran", "Rutkowski", "Ostrowski", "Tomaszewski", "Zalewski", "Pietrzak", "Walczak", "Kaczmarek",
    "Sobczak", "Czarnecki", "Borkowski", "Zawadzki", "Gołębiowski", "Sadowski", "Urban", "Błaszczyk", "Cieślak",
)  # fmt: skip
FOREIGNERS = (
    ("Emma", "Clarke", "f"), ("James", "Miller", "m"), ("Sofia", "Rossi", "f"), ("Daniel", "Weber", "m"),
    ("Chloé", "Martin", "f"), ("Liam", "O'Brien", "m"), ("Priya", "Sharma", "f"), ("Elena", "Petrova", "f"),
    ("Lucas", "Silva", "m"), ("Hannah", "Schmidt", "f"), ("Yuki", "Tanaka", "f"), ("Noah", "Jensen", "m"),
)  # fmt: skip
MOBILE_PREFIXES = (
    "501", "502", "504", "507", "512", "516", "519", "530", "533", "535", "570", "574", "577", "600", "601", "602",
    "604", "605", "606", "608", "660", "663", "664", "668", "691", "692", "694", "697", "720", "724", "730", "733",
    "781", "783", "785", "790", "794", "796", "880", "884", "886", "888",
)  # fmt: skip
CLIENTS_SEED = 7
LANDLINES = 40
REGULAR_CLIENTS = 60


@dataclass(frozen=True)
class Caller:
    """Who is on the line. `gender` is f or m; a withheld number is None."""

    first: str
    last: str
    vocative: str
    gender: str
    number: str | None

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"{self.first} {self.last}"


def new_caller(rng: Random) -> Caller:
    """A caller who is no client yet."""
    gender = "m" if rng.random() < 0.22 else "f"
    first, vocative = rng.choice(MEN if gender == "m" else WOMEN)
    surname = rng.choice(SURNAMES)
    last = surname[:-1] + "a" if gender == "f" and surname.endswith(("ski", "cki", "dzki")) else surname
    return Caller(first, last, f"{'pani' if gender == 'f' else 'panie'} {vocative}", gender, mobile_number(rng))


def foreign_caller(rng: Random) -> Caller:
    """A caller who speaks English."""
    first, last, gender = rng.choice(FOREIGNERS)
    return Caller(first, last, first, gender, mobile_number(rng))


def clients(rng: Random, count: int = 420) -> list[Caller]:
    """Made-up clients, each with an own number."""
    return list({caller.number: caller for caller in (new_caller(rng) for _ in range(count))}.values())


def demo_clients() -> list[Caller]:
    """Studio Lawenda's clients: the same in its history and in its calls today."""
    return clients(Random(CLIENTS_SEED))


def regular_clients() -> list[Caller]:
    """Those who come every few weeks and nearly always have a next appointment."""
    return demo_clients()[:REGULAR_CLIENTS]


def mobile_number(rng: Random) -> str:
    """A valid Polish mobile number out of the blocks that look made up (…000…)."""
    return f"+48{rng.choice(MOBILE_PREFIXES)}000{rng.randrange(1000):03}"


def landline_number(rng: Random) -> str:
    """A valid Warsaw number of one of a few businesses, which call repeatedly."""
    return f"+4822100{rng.randrange(LANDLINES) * 17 + 300:04}"


def with_number(caller: Caller, number: str | None) -> Caller:
    """The same caller with another number, or None for a withheld one."""
    return replace(caller, number=number)
