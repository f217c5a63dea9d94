"""Studio Lawenda as its callers know it: services, staff, opening hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sekretarka.domain.organizations.days import public_holidays

ZONE = ZoneInfo("Europe/Warsaw")
PHONE = "+48221000200"
# Local opening and closing time by weekday; closed on Sunday.
HOURS: tuple[tuple[time, time] | None, ...] = (
    (time(11), time(18)),
    *[(time(9), time(19))] * 4,
    (time(9), time(15)),
    None,
)
STEP = 15  # minutes between two times at which an appointment may begin


@dataclass(frozen=True)
class Service:
    """A service with the cases its name takes in a sentence; `spoken_name` is what callers call it, `price` in whole
    złoty."""

    name: str
    accusative: str
    spoken_name: str
    spoken_accusative: str
    english: str
    category: str
    minutes: int
    price: int
    price_words: str
    genders: str  # f, m or fm: who asks for it for themselves
    buffer_before: int = 0  # minutes before and after that stay free
    buffer_after: int = 0
    weight: float = 1.0  # how often it is asked for


@dataclass(frozen=True)
class StaffMember:
    """A staff member, with the cases of the name that a sentence needs."""

    name: str
    genitive: str
    instrumental: str
    free: str
    categories: tuple[str, ...]
    role: str
    color: str
    weekly_hours: dict[str, tuple[str, ...]]


SERVICES = (
    Service(
        "Strzyżenie damskie", "strzyżenie damskie", "strzyżenie", "strzyżenie", "a haircut",
        "Włosy", 60, 140, "sto czterdzieści", "f", weight=5.0,
    ),
    Service(
        "Strzyżenie męskie", "strzyżenie męskie", "strzyżenie męskie", "strzyżenie męskie", "a men's haircut",
        "Włosy", 30, 80, "osiemdziesiąt", "m", weight=4.0,
    ),
    Service(
        "Koloryzacja", "koloryzację", "farbowanie", "farbowanie", "hair colouring",
        "Włosy", 120, 280, "dwieście osiemdziesiąt", "f", 0, 10, weight=2.5,
    ),
    Service(
        "Balejaż", "balejaż", "balejaż", "balejaż", "balayage",
        "Włosy", 180, 420, "czterysta dwadzieścia", "f", 0, 15, weight=1.5,
    ),
    Service(
        "Keratynowe prostowanie", "keratynowe prostowanie", "keratyna", "keratynę", "a keratin treatment",
        "Włosy", 150, 450, "czterysta pięćdziesiąt", "f", 5, 15,
    ),
    Service(
        "Modelowanie", "modelowanie", "modelowanie", "modelowanie", "a blow-dry",
        "Włosy", 45, 90, "dziewięćdziesiąt", "f", weight=1.5,
    ),
    Service(
        "Manicure hybrydowy", "manicure hybrydowy", "hybryda", "hybrydę", "a gel manicure",
        "Paznokcie", 75, 130, "sto trzydzieści", "f", 0, 10, weight=2.0,
    ),
    Service(
        "Pedicure", "pedicure", "pedicure", "pedicure", "a pedicure",
        "Paznokcie", 60, 150, "sto pięćdziesiąt", "fm", 5, 10,
    ),
    Service(
        "Henna i regulacja brwi", "hennę i regulację brwi", "henna z regulacją", "hennę z regulacją",
        "brow tinting and shaping", "Brwi i rzęsy", 30, 70, "siedemdziesiąt", "f",
    ),
    Service(
        "Laminacja rzęs", "laminację rzęs", "laminacja rzęs", "laminację rzęs", "a lash lift",
        "Brwi i rzęsy", 60, 160, "sto sześćdziesiąt", "f", 0, 5,
    ),
    Service(
        "Oczyszczanie twarzy", "oczyszczanie twarzy", "oczyszczanie twarzy", "oczyszczanie twarzy", "a facial",
        "Twarz i ciało", 75, 220, "dwieście dwadzieścia", "fm", 0, 10,
    ),
    Service(
        "Masaż relaksacyjny", "masaż relaksacyjny", "masaż", "masaż", "a relaxing massage",
        "Twarz i ciało", 60, 200, "dwieście", "fm", 5, 10,
    ),
)  # fmt: skip

_DAY, _LATE, _MIDDLE = ("09:00-12:30", "13:00-17:00"), ("11:00-15:00", "15:30-19:00"), ("10:00-14:00", "14:30-18:00")
_MONDAY, _SATURDAY = ("11:00-14:00", "14:30-18:00"), ("09:00-15:00",)
_EARLY_WEEK = {"tue": _DAY, "wed": _DAY, "thu": _DAY, "fri": _DAY, "sat": _SATURDAY}
_LATE_WEEK = {"mon": _MONDAY, "wed": _LATE, "thu": _LATE, "fri": _LATE, "sat": _SATURDAY}
_MIDDLE_WEEK = {"mon": _MONDAY, "tue": _MIDDLE, "wed": _MIDDLE, "thu": _MIDDLE, "fri": _MIDDLE, "sat": _SATURDAY}
_CARE = ("Paznokcie", "Brwi i rzęsy", "Twarz i ciało")

STAFF = (
    StaffMember("Ewa", "Ewy", "Ewą", "wolna", ("Włosy",), "Stylistka fryzur", "#7c3aed", _EARLY_WEEK),
    StaffMember("Kasia", "Kasi", "Kasią", "wolna", ("Włosy",), "Fryzjerka, kolorystka", "#db2777", _LATE_WEEK),
    StaffMember("Tomek", "Tomka", "Tomkiem", "wolny", ("Włosy",), "Fryzjer, barber", "#0284c7", _MIDDLE_WEEK),
    StaffMember("Magda", "Magdy", "Magdą", "wolna", _CARE, "Kosmetolożka", "#059669", _EARLY_WEEK),
    StaffMember("Julia", "Julii", "Julią", "wolna", _CARE, "Stylistka paznokci i brwi", "#d97706", _LATE_WEEK),
)


def is_holiday(day: date) -> bool:
    """Whether it is a public holiday in Poland."""
    return day in public_holidays("PL", day.year)


def choose_service(rng: Random, services: Sequence[Service]) -> Service:
    """One of them, the popular ones more often."""
    return rng.choices(services, [service.weight for service in services])[0]


def qualified_staff(service: Service) -> tuple[StaffMember, ...]:
    """The staff members who offer a service."""
    return tuple(member for member in STAFF if service.category in member.categories)


def opening_hours(day: date) -> tuple[datetime, datetime] | None:
    """Opening and closing time of a day in `ZONE`; None when it is closed."""
    hours = HOURS[day.weekday()]
    if hours is None or is_holiday(day):
        return None
    return datetime.combine(day, hours[0], ZONE), datetime.combine(day, hours[1], ZONE)


def free_slot(rng: Random, after: date, service: Service, within_days: int = 9) -> datetime:
    """A quarter-hour slot on one of the next open days, ending before closing time."""
    day = after + timedelta(days=rng.randint(1, within_days))
    while (hours := opening_hours(day)) is None:
        day += timedelta(days=1)
    opens, closes = hours
    quarters = int((closes - opens).total_seconds() // 900) - -(-service.minutes // 15)
    return opens + timedelta(minutes=15 * rng.randint(0, quarters))
