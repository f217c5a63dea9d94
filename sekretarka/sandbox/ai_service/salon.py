"""Studio Lawenda as its callers know it: services, people, opening hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Warsaw")
PHONE = "+48221000200"
# Local opening and closing time by weekday; on Sunday nobody is there.
HOURS: tuple[tuple[time, time] | None, ...] = (
    (time(11), time(18)),
    *[(time(9), time(19))] * 4,
    (time(9), time(15)),
    None,
)
HOLIDAYS = frozenset({(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 24), (12, 25), (12, 26)})


@dataclass(frozen=True)
class Service:
    """A service with the cases its name takes in a sentence; `said` is what callers call it."""

    name: str
    accusative: str
    said: str
    said_accusative: str
    english: str
    category: str
    minutes: int
    price: int
    price_words: str
    for_whom: str  # f, m or fm: who asks for it for themselves


@dataclass(frozen=True)
class Person:
    """Someone who works at the salon."""

    name: str
    genitive: str
    instrumental: str
    free: str
    categories: tuple[str, ...]


SERVICES = (
    Service(
        "Strzyżenie damskie", "strzyżenie damskie", "strzyżenie", "strzyżenie", "a haircut",
        "Włosy", 60, 140, "sto czterdzieści", "f",
    ),
    Service(
        "Strzyżenie męskie", "strzyżenie męskie", "strzyżenie męskie", "strzyżenie męskie", "a men's haircut",
        "Włosy", 30, 80, "osiemdziesiąt", "m",
    ),
    Service(
        "Koloryzacja", "koloryzację", "farbowanie", "farbowanie", "hair colouring",
        "Włosy", 120, 280, "dwieście osiemdziesiąt", "f",
    ),
    Service(
        "Balejaż", "balejaż", "balejaż", "balejaż", "balayage",
        "Włosy", 180, 420, "czterysta dwadzieścia", "f",
    ),
    Service(
        "Keratynowe prostowanie", "keratynowe prostowanie", "keratyna", "keratynę", "a keratin treatment",
        "Włosy", 150, 450, "czterysta pięćdziesiąt", "f",
    ),
    Service(
        "Modelowanie", "modelowanie", "modelowanie", "modelowanie", "a blow-dry",
        "Włosy", 45, 90, "dziewięćdziesiąt", "f",
    ),
    Service(
        "Manicure hybrydowy", "manicure hybrydowy", "hybryda", "hybrydę", "a gel manicure",
        "Paznokcie", 75, 130, "sto trzydzieści", "f",
    ),
    Service(
        "Pedicure", "pedicure", "pedicure", "pedicure", "a pedicure",
        "Paznokcie", 60, 150, "sto pięćdziesiąt", "fm",
    ),
    Service(
        "Henna i regulacja brwi", "hennę i regulację brwi", "henna z regulacją", "hennę z regulacją",
        "brow tinting and shaping", "Brwi i rzęsy", 30, 70, "siedemdziesiąt", "f",
    ),
    Service(
        "Laminacja rzęs", "laminację rzęs", "laminacja rzęs", "laminację rzęs", "a lash lift",
        "Brwi i rzęsy", 60, 160, "sto sześćdziesiąt", "f",
    ),
    Service(
        "Oczyszczanie twarzy", "oczyszczanie twarzy", "oczyszczanie twarzy", "oczyszczanie twarzy", "a facial",
        "Twarz i ciało", 75, 220, "dwieście dwadzieścia", "fm",
    ),
    Service(
        "Masaż relaksacyjny", "masaż relaksacyjny", "masaż", "masaż", "a relaxing massage",
        "Twarz i ciało", 60, 200, "dwieście", "fm",
    ),
)  # fmt: skip

STAFF = (
    Person("Ewa", "Ewy", "Ewą", "wolna", ("Włosy",)),
    Person("Kasia", "Kasi", "Kasią", "wolna", ("Włosy",)),
    Person("Tomek", "Tomka", "Tomkiem", "wolny", ("Włosy",)),
    Person("Magda", "Magdy", "Magdą", "wolna", ("Paznokcie", "Brwi i rzęsy", "Twarz i ciało")),
    Person("Julia", "Julii", "Julią", "wolna", ("Paznokcie", "Brwi i rzęsy", "Twarz i ciało")),
)


def opening(day: date) -> tuple[datetime, datetime] | None:
    """When the salon opens and closes on a day, or None."""
    hours = HOURS[day.weekday()]
    if hours is None or (day.month, day.day) in HOLIDAYS:
        return None
    return datetime.combine(day, hours[0], ZONE), datetime.combine(day, hours[1], ZONE)


def free_slot(rng: Random, after: date, service: Service, within_days: int = 9) -> datetime:
    """A quarter-hour slot on one of the next open days, ending before closing time."""
    day = after + timedelta(days=rng.randint(1, within_days))
    while (hours := opening(day)) is None:
        day += timedelta(days=1)
    opens, closes = hours
    quarters = int((closes - opens).total_seconds() // 900) - -(-service.minutes // 15)
    return opens + timedelta(minutes=15 * rng.randint(0, quarters))
