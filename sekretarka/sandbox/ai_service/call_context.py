"""What one call is about: the service, the staff member, the times, and every field a story may look up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sekretarka.sandbox.ai_service import demo_organization, spoken
from sekretarka.sandbox.ai_service.appointment_book import AppointmentBook, Slot
from sekretarka.sandbox.ai_service.demo_organization import Service, StaffMember
from sekretarka.sandbox.ai_service.personas import Caller
from sekretarka.sandbox.ai_service.scenario import Story

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
SEARCHES = 40
AGENCIES = ("Web Pozycja", "Top Strona", "Klik Agencja")


@dataclass(frozen=True)
class CallContext:
    """The choices made for one call, and a story's fields; `other_slot` is where an appointment could be moved to."""

    slot: Slot
    other_slot: Slot
    fields: Mapping[str, str]


def choose_context(
    rng: Random,
    story: Story,
    caller: Caller,
    now: datetime,
    book: AppointmentBook | None = None,
    booked: Slot | None = None,
) -> CallContext:
    """Choose what this call is about, as seen from the moment it takes place.

    With a book the times are free in it; without one they are any that fit the opening hours. `booked` is the slot
    of the appointment that the call is about.
    """
    service = booked.service if booked else _service(rng, story, caller)
    slot = booked or _slot(rng, book, service, now, None)
    other_slot = _other_slot(rng, book, slot, now)
    alternative = (book and book.alternative_time(rng, slot, now)) or _another_hour(rng, slot.start, service)
    other = rng.choice([member for member in demo_organization.qualified_staff(service) if member != slot.staff])
    voucher, voucher_words = rng.choice(VOUCHERS)
    fields = {
        "greeting": rng.choice(GREETINGS),
        "name": caller.name,
        "first": caller.first,
        "last": caller.last,
        "voc": caller.vocative,
        "staff": slot.staff.name,
        "staff_gen": slot.staff.genitive,
        "staff_ins": slot.staff.instrumental,
        "free": slot.staff.free,
        "other_gen": other.genitive,
        "late": rng.choice(LATE),
        "voucher": voucher_words,
        "voucher_number": str(voucher),
        "supplier": rng.choice(SUPPLIERS),
        "energy": rng.choice(ENERGY),
        "agency": rng.choice(AGENCIES),
    }
    fields |= _service_fields(service) | _slot_fields(slot.start, "") | _slot_fields(other_slot.start, "2")
    fields |= _slot_fields(alternative, "_alt")
    return CallContext(slot, other_slot, fields)


def _slot(
    rng: Random, book: AppointmentBook | None, service: Service, now: datetime, member: StaffMember | None
) -> Slot:
    if book is not None:
        return book.offer(rng, service, now, member)
    start = demo_organization.free_slot(rng, now.astimezone(demo_organization.ZONE).date(), service)
    return Slot(service, member or rng.choice(demo_organization.qualified_staff(service)), start)


def _other_slot(rng: Random, book: AppointmentBook | None, slot: Slot, now: datetime) -> Slot:
    """A slot with the same staff member, on another day of the week if there is one soon."""
    for _ in range(SEARCHES):
        other_slot = _slot(rng, book, slot.service, now, slot.staff)
        if other_slot.start.weekday() != slot.start.weekday():
            break
    return other_slot


def _service(rng: Random, story: Story, caller: Caller) -> Service:
    offered = [service for service in demo_organization.SERVICES if caller.gender in service.genders]
    fitting = [service for service in offered if service.name in story.services]
    return demo_organization.choose_service(rng, fitting or offered)


def _another_hour(rng: Random, slot: datetime, service: Service) -> datetime:
    """A second choice on the day of the slot."""
    hours = demo_organization.opening_hours(slot.date())
    if hours is None:
        raise ValueError("a slot lies on an open day")
    last = hours[1] - timedelta(minutes=service.minutes)
    quarters = [hours[0] + timedelta(minutes=15 * step) for step in range(40)]
    return rng.choice([start for start in quarters if start <= last and abs(start - slot) >= timedelta(minutes=45)])


def _service_fields(service: Service) -> dict[str, str]:
    return {
        "offer": service.name,
        "offer_acc": service.accusative,
        "offer_en": service.english,
        "said": service.spoken_name,
        "said_acc": service.spoken_accusative,
        "category": service.category,
        "price": service.price_words,
        "price_number": str(service.price),
        "about": ABOUT[service.minutes],
    }


def _slot_fields(slot: datetime, suffix: str) -> dict[str, str]:
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
