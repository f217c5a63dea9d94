"""Calls about visits that are spoken with the tools: what is booked, moved and cancelled is what is said."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import call_context as call_context
from sekretarka.sandbox.ai_service import demo_organization as demo_organization
from sekretarka.sandbox.ai_service import spoken
from sekretarka.sandbox.ai_service.calls import Call
from sekretarka.sandbox.ai_service.delivery import Sender
from sekretarka.sandbox.ai_service.demo_organization import Service
from sekretarka.sandbox.ai_service.dialogue import Dialogue
from sekretarka.sandbox.ai_service.personas import SURNAMES, Caller
from sekretarka.sandbox.ai_service.tools import ToolResult

HOUR_IN_MIND, MISHEARD = 0.35, 0.25
CONFIRMATION = "Studio Lawenda: potwierdzamy wizytę ({offer}) {when}. Zmiana lub odwołanie: 22 100 02 00."
REASONS = ("choroba", "wyjazd służbowy", "chore dziecko", "nagła zmiana planów")


async def run_dialogue(sender: Sender, call: Call, rng: Random, *, speed: float = 1.0) -> list[str]:
    """Speak a call of one of the `DIALOGUES` to its end; which tools were used."""
    async with asyncio.TaskGroup() as deliveries:
        talk = Dialogue(sender, call, rng, deliveries, speed=speed)
        talk.start()
        await talk.agent_says(rng.choice(call_context.GREETINGS))
        await DIALOGUES[call.scenario](talk)
    return talk.tools.used


async def book(talk: Dialogue, person: demo_organization.StaffMember | None = None) -> None:
    """She wants a visit, some day or at an hour that she has in mind."""
    rng, caller = talk.rng, talk.call.caller
    service = demo_organization.choose_service(
        rng, [one for one in demo_organization.SERVICES if _wants(caller, one, person)]
    )
    day = demo_organization.free_slot(rng, _today(), service)
    _about(talk, service)
    with_whom = f" u {person.genitive}" if person else ""
    asked = {"day": spoken.day_in(day.date()), "at": spoken.at_hour(day), "whom": with_whom}
    talk.request_appointment(service.name, day)
    who = {"clientName": caller.name, "clientPhone": caller.number, "staff": person.name if person else None}
    opening = (
        "<Dzień dobry|Witam|Halo, dzień dobry>, [chciałabym|chciałbym] <umówić się|zapisać się> na {said_acc}{whom}"
    )
    if rng.random() < HOUR_IN_MIND:
        await talk.caller_says(opening + ", najlepiej {day} {at}. {name}.", 0.2, **asked)
        done = await talk.use_tool("book", serviceType=service.name, scheduledAt=_iso(day), **who)
        if not done.rejected:
            await _confirm(talk, done)
            return
        await talk.caller_says("<Szkoda|No trudno>. A kiedy <się da|jest coś wolnego>?", -0.1)
    else:
        await talk.caller_says(opening + ", <najlepiej|może> {day}, jeśli coś jest wolne.", 0.0, **asked)
    offer = await talk.use_tool(
        "check_availability", serviceType=service.name, date=str(day.date()), staff=who["staff"]
    )
    for start in _times(offer, rng):
        await talk.caller_says("<Poproszę|To poproszę|Pasuje mi> {time}. {name}.", 0.3, time=_when(start))
        done = await talk.use_tool("book", serviceType=service.name, scheduledAt=_iso(start), **who)
        if not done.rejected:
            await _confirm(talk, done)
            return
    await _take_message(talk, "booking", f"{caller.name} pyta o termin: {service.spoken_name}.")


async def book_with(talk: Dialogue) -> None:
    """She wants a visit with somebody she knows."""
    gender = talk.call.caller.gender
    able = [
        one
        for one in demo_organization.STAFF
        if any(gender in s.genders for s in demo_organization.SERVICES if s.category in one.categories)
    ]
    await book(talk, talk.rng.choice(able))


async def reschedule(talk: Dialogue) -> None:
    """She has a visit and wants another time; first she proves that it is hers."""
    await talk.caller_says("Dzień dobry, <chcę|muszę> przełożyć wizytę. <Coś mi wypadło|Nie dam rady przyjść>.", -0.1)
    visit = await _verify_caller(talk)
    if visit is None:
        return
    service, caller = visit["serviceType"], talk.call.caller
    day = _today() + timedelta(days=talk.rng.randint(2, 9))
    await talk.caller_says("<A może|Może> {day}?", 0.0, day=spoken.day_in(day))
    offer = await talk.use_tool("check_availability", serviceType=service, date=str(day))
    for start in _times(offer, talk.rng):
        await talk.caller_says("<Dobrze, to|Pasuje, poproszę> {time}.", 0.3, time=_when(start))
        done = await talk.use_tool("reschedule", **_proof(caller, visit), scheduledAt=_iso(start))
        if not done.rejected:
            talk.send_sms("Studio Lawenda: nowy termin wizyty ({offer}): {when}.", **_of(done))
            await talk.caller_says("<Bardzo dziękuję|Dziękuję, do widzenia>!", 0.5)
            said = f"{{name}} przekłada wizytę ({service}) na {_of(done)['when']}."
            talk.hang_up("rescheduled", "reschedule", said, 0.4, "zmiana terminu")
            return
    await _take_message(talk, "reschedule", f"{caller.name} chce przełożyć wizytę ({service}).")


async def cancel(talk: Dialogue) -> None:
    """She has a visit and cannot come; first she proves that it is hers."""
    await talk.caller_says("Dzień dobry, niestety muszę odwołać wizytę. <Rozchorowałam się|Wypadł mi wyjazd>.", -0.2)
    visit = await _verify_caller(talk)
    if visit is None:
        return
    await talk.caller_says("Tak, <o tę chodzi|to ta>. Proszę ją odwołać.", -0.1)
    done = await talk.use_tool("cancel", **_proof(talk.call.caller, visit), reason=talk.rng.choice(REASONS))
    if done.rejected:
        await _take_message(talk, "cancellation", f"{talk.call.caller.name} chce odwołać wizytę.")
        return
    talk.send_sms("Studio Lawenda: wizyta ({offer}) {when} została odwołana.", **_of(done))
    await talk.caller_says("Dziękuję za zrozumienie. Do widzenia.", 0.2)
    said = f"{{name}} odwołuje wizytę ({visit['serviceType']}) {_of(done)['when']}."
    talk.hang_up("cancelled", "cancellation", said, -0.1, "odwołanie wizyty")


async def _verify_caller(talk: Dialogue) -> dict[str, Any] | None:
    """Name and number must fit before anything is told of a visit; a name that was misheard has to be said again."""
    caller = talk.call.caller
    await talk.agent_says("<Oczywiście|Rozumiem>. Poproszę imię i nazwisko.")
    if talk.rng.random() < MISHEARD:
        heard = talk.rng.choice([name for name in SURNAMES if name[:5] != caller.last[:5]])
        await talk.caller_says("{first} {heard}.", 0.0, first=caller.first, heard=heard)
        await talk.use_tool("lookup_client", clientName=f"{caller.first} {heard}", clientPhone=caller.number)
        await talk.caller_says("Nie, nie. {name}. Dzwonię ze swojego numeru.", -0.2)
    else:
        await talk.caller_says("{name}.")
    known = await talk.use_tool("lookup_client", clientName=caller.name, clientPhone=caller.number)
    visits = known.data.get("appointments") or []
    if visits:
        visit: dict[str, Any] = visits[0]
        return visit
    await talk.caller_says("<Dziwne|Hm>, to sprawdzę w kalendarzu i zadzwonię jeszcze raz. Do widzenia.", -0.1)
    talk.hang_up("answered", "reschedule", "{name} pyta o wizytę, której nie ma w kalendarzu.", -0.1, "wizyta")
    return None


async def _confirm(talk: Dialogue, done: ToolResult) -> None:
    talk.send_sms(CONFIRMATION, **_of(done))
    await talk.caller_says(
        "<Super, bardzo dziękuję|Świetnie, dziękuję|Dzięki wielkie>. <Do widzenia|Do zobaczenia>!", 0.7
    )
    talk.hang_up(
        "booked", "booking", f"[Umówiona|Umówiony]: {{name}}, {{offer}}, {_of(done)['when']}.", 0.6, "rezerwacja"
    )


async def _take_message(talk: Dialogue, intent: str, message: str) -> None:
    """What could not be settled a person settles."""
    await talk.caller_says("To proszę, żeby ktoś do mnie oddzwonił.", -0.2)
    await talk.use_tool("take_message", message=message, callerName=talk.call.caller.name)
    await talk.caller_says("Dobrze, dziękuję. Do widzenia.")
    talk.hang_up("message", intent, f"{message} Prosi o telefon.", -0.1, "prośba o kontakt")


def _wants(caller: Caller, service: Service, person: demo_organization.StaffMember | None) -> bool:
    return caller.gender in service.genders and (person is None or service.category in person.categories)


def _about(talk: Dialogue, service: Service) -> None:
    talk.words |= {"offer": service.name, "said_acc": service.spoken_accusative}


def _proof(caller: Caller, visit: dict[str, Any]) -> dict[str, Any]:
    return {"clientName": caller.name, "clientPhone": caller.number, "visitAt": visit["scheduledAt"]}


def _of(done: ToolResult) -> dict[str, str]:
    """The visit as it stands now."""
    visit = done.data["appointment"]
    start = datetime.fromisoformat(visit["scheduledAt"]).astimezone(demo_organization.ZONE)
    return {"offer": visit["serviceType"], "when": f"{start.day}.{start.month:02} o {start.hour}:{start.minute:02}"}


def _times(offer: ToolResult, rng: Random) -> list[datetime]:
    """The times offered, the one she likes best first."""
    times = [datetime.fromisoformat(slot["time"]) for slot in offer.data.get("slots", ())]
    rng.shuffle(times)
    return times


def _when(start: datetime) -> str:
    start = start.astimezone(demo_organization.ZONE)
    return f"{spoken.day_in(start.date())} {spoken.at_hour(start)}"


def _iso(start: datetime) -> str:
    return start.isoformat(timespec="seconds")


def _today() -> date:
    return clock.local_day(clock.now(), demo_organization.ZONE.key)


DIALOGUES: dict[str, Callable[[Dialogue], Awaitable[None]]] = {
    "booking": book,
    "stylist": book_with,
    "reschedule": reschedule,
    "cancellation": cancel,
}
