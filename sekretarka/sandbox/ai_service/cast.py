"""What one call is about: the service, the person, the days and hours, and every word a story may look up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sekretarka.sandbox.ai_service import salon, spoken
from sekretarka.sandbox.ai_service.people import Caller
from sekretarka.sandbox.ai_service.salon import Service
from sekretarka.sandbox.ai_service.script import Story

GREETINGS = (
    "Dzień dobry, Studio Lawenda, mówi Ola, wirtualna asystentka. Rozmowa jest nagrywana. W czym mogę pomóc?",
    "Studio Lawenda, dzień dobry, tu Ola, asystentka głosowa salonu. Rozmowa jest nagrywana. Słucham?",
    "Dzień dobry, tu Ola, wirtualna asystentka Studia Lawenda. Nagrywam naszą rozmowę. Jak mogę pomóc?",
)
ABOUT = {
    30: "około pół godziny", 45: "około trzech kwadransów", 60: "około godziny", 75: "nieco ponad godzinę",
    120: "około dwóch godzin", 150: "około dwóch i pół godziny", 180: "około trzech godzin",
}  # fmt: skip
LATE = ("dziesięć", "piętnaście", "dwadzieścia", "dwadzieścia pięć")
VOUCHERS = ((100, "sto"), (150, "sto pięćdziesiąt"), (200, "dwieście"), (300, "trzysta"), (500, "pięćset"))
SUPPLIERS = ("Kosmo-Hurt", "FryzPol", "Barwa i Połysk", "Salon Serwis", "Profi Hair Polska")
ENERGY = ("Energia Jutra", "SłońceDom", "Panele Plus")
AGENCIES = ("Web Pozycja", "Top Strona", "Klik Agencja")


@dataclass(frozen=True)
class Cast:
    """The choices made for one call, and the words for them."""

    service: Service
    slot: datetime
    words: Mapping[str, str]


def gather(rng: Random, story: Story, caller: Caller, now: datetime) -> Cast:
    """Choose what this call is about, as seen from the moment it takes place."""
    service = _service(rng, story, caller)
    today = now.astimezone(salon.ZONE).date()
    slot = salon.free_slot(rng, today, service)
    second = salon.free_slot(rng, today, service)
    while second.weekday() == slot.weekday():
        second = salon.free_slot(rng, today, service)
    colleagues = rng.sample([person for person in salon.STAFF if service.category in person.categories], 2)
    voucher, voucher_words = rng.choice(VOUCHERS)
    words = {
        "greeting": rng.choice(GREETINGS),
        "name": caller.name,
        "first": caller.first,
        "last": caller.last,
        "voc": caller.vocative,
        "staff": colleagues[0].name,
        "staff_gen": colleagues[0].genitive,
        "staff_ins": colleagues[0].instrumental,
        "free": colleagues[0].free,
        "other_gen": colleagues[1].genitive,
        "late": rng.choice(LATE),
        "voucher": voucher_words,
        "voucher_number": str(voucher),
        "supplier": rng.choice(SUPPLIERS),
        "energy": rng.choice(ENERGY),
        "agency": rng.choice(AGENCIES),
    }
    words |= _service_words(service) | _slot_words(slot, "") | _slot_words(second, "2")
    words |= _slot_words(_another_hour(rng, slot, service), "_alt")
    return Cast(service, slot, words)


def _service(rng: Random, story: Story, caller: Caller) -> Service:
    offered = [service for service in salon.SERVICES if caller.gender in service.for_whom]
    fitting = [service for service in offered if service.name in story.services]
    return rng.choice(fitting or offered)


def _another_hour(rng: Random, slot: datetime, service: Service) -> datetime:
    """A second choice on the day of the slot."""
    hours = salon.opening(slot.date())
    if hours is None:
        raise ValueError("a slot lies on an open day")
    last = hours[1] - timedelta(minutes=service.minutes)
    quarters = [hours[0] + timedelta(minutes=15 * step) for step in range(40)]
    return rng.choice([start for start in quarters if start <= last and abs(start - slot) >= timedelta(minutes=45)])


def _service_words(service: Service) -> dict[str, str]:
    return {
        "offer": service.name,
        "offer_acc": service.accusative,
        "offer_en": service.english,
        "said": service.said,
        "said_acc": service.said_accusative,
        "category": service.category,
        "price": service.price_words,
        "price_number": str(service.price),
        "about": ABOUT[service.minutes],
    }


def _slot_words(slot: datetime, suffix: str) -> dict[str, str]:
    day = slot.date()
    return {
        f"day{suffix}_in": spoken.day_in(day),
        f"day{suffix}_on": spoken.day_on(day),
        f"day{suffix}_to": spoken.day_to(day),
        f"day{suffix}_en": spoken.ENGLISH_DAYS[day.weekday()],
        f"day{suffix}_short": f"{day.day}.{day.month:02}",
        f"date{suffix}": spoken.on_date(day),
        f"hour{suffix}": spoken.hour(slot),
        f"at{suffix}": spoken.at_hour(slot),
        f"for_hour{suffix}": spoken.for_hour(slot),
        f"time{suffix}_short": f"{slot.hour}:{slot.minute:02}",
        f"time{suffix}_en": spoken.english_hour(slot),
    }
