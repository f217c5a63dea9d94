"""Calls about appointments that use the tools: what is booked, moved and cancelled is what was agreed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import call_context, demo_organization, spoken
from sekretarka.sandbox.ai_service.calls import Call
from sekretarka.sandbox.ai_service.delivery import Sender
from sekretarka.sandbox.ai_service.demo_organization import Service
from sekretarka.sandbox.ai_service.dialogue import Dialogue
from sekretarka.sandbox.ai_service.personas import SURNAMES, Caller
from sekretarka.sandbox.ai_service.tools import ToolResult

HOUR_IN_MIND, MISHEARD = 0.35, 0.25
REASONS = ("choroba", "wyjazd służbowy", "chore dziecko", "nagła zmiana planów")


async def run_dialogue(sender: Sender, call: Call, rng: Random, *, speed: float = 1.0) -> list[str]:
    """Hold one of the `DIALOGUES` to its end; the names of the tools that were used, in order."""
    async with asyncio.TaskGroup() as deliveries:
        dialogue = Dialogue(sender, call, rng, deliveries, speed=speed)
        dialogue.start()
        await dialogue.agent_says(rng.choice(call_context.GREETINGS))
        await DIALOGUES[call.scenario](dialogue)
    return dialogue.tools.used


async def book(dialogue: Dialogue, member: demo_organization.StaffMember | None = None) -> None:
    """The caller asks for an appointment, on some day or at a certain hour."""
    rng, caller = dialogue.rng, dialogue.call.caller
    service = demo_organization.choose_service(
        rng, [candidate for candidate in demo_organization.SERVICES if _offers(caller, candidate, member)]
    )
    day = demo_organization.free_slot(rng, _today(), service)
    _about(dialogue, service)
    with_whom = f" u {member.genitive}" if member else ""
    fields = {"day": spoken.day_in(day.date()), "at": spoken.at_hour(day), "whom": with_whom}
    dialogue.request_appointment(service.name, day)
    client = {"clientName": caller.name, "clientPhone": caller.number, "staff": member.name if member else None}
    opening = (
        "<Dzień dobry|Witam|Halo, dzień dobry>, [chciałabym|chciałbym] <umówić się|zapisać się> na {said_acc}{whom}"
    )
    if rng.random() < HOUR_IN_MIND:
        await dialogue.caller_says(opening + ", najlepiej {day} {at}. {name}.", 0.2, **fields)
        result = await dialogue.use_tool("book", serviceType=service.name, scheduledAt=_iso(day), **client)
        if not result.rejected:
            await _confirm(dialogue, result)
            return
        await dialogue.caller_says("<Szkoda|No trudno>. A kiedy <się da|jest coś wolnego>?", -0.1)
    else:
        await dialogue.caller_says(opening + ", <najlepiej|może> {day}, jeśli coś jest wolne.", 0.0, **fields)
    offer = await dialogue.use_tool(
        "check_availability", serviceType=service.name, date=str(day.date()), staff=client["staff"]
    )
    for start in _times(offer, rng):
        await dialogue.caller_says("<Poproszę|To poproszę|Pasuje mi> {time}. {name}.", 0.3, time=_when(start))
        result = await dialogue.use_tool("book", serviceType=service.name, scheduledAt=_iso(start), **client)
        if not result.rejected:
            await _confirm(dialogue, result)
            return
    await _take_message(dialogue, "booking", f"{caller.name} pyta o termin: {service.spoken_name}.")


async def book_with(dialogue: Dialogue) -> None:
    """The caller asks for an appointment with a certain staff member."""
    gender = dialogue.call.caller.gender
    able = [
        candidate
        for candidate in demo_organization.STAFF
        if any(gender in s.genders for s in demo_organization.SERVICES if s.category in candidate.categories)
    ]
    await book(dialogue, dialogue.rng.choice(able))


async def reschedule(dialogue: Dialogue) -> None:
    """The caller moves an appointment, after proving that it is theirs."""
    await dialogue.caller_says(
        "Dzień dobry, <chcę|muszę> przełożyć wizytę. <Coś mi wypadło|Nie dam rady przyjść>.", -0.1
    )
    appointment = await _verify_caller(dialogue)
    if appointment is None:
        return
    service, caller = appointment["serviceType"], dialogue.call.caller
    day = _today() + timedelta(days=dialogue.rng.randint(2, 9))
    await dialogue.caller_says("<A może|Może> {day}?", 0.0, day=spoken.day_in(day))
    offer = await dialogue.use_tool("check_availability", serviceType=service, date=str(day))
    for start in _times(offer, dialogue.rng):
        await dialogue.caller_says("<Dobrze, to|Pasuje, poproszę> {time}.", 0.3, time=_when(start))
        result = await dialogue.use_tool("reschedule", **_proof(caller, appointment), scheduledAt=_iso(start))
        if not result.rejected:
            await dialogue.caller_says("<Bardzo dziękuję|Dziękuję, do widzenia>!", 0.5)
            summary = f"{{name}} przekłada wizytę ({service}) na {_of(result)['when']}."
            dialogue.hang_up("rescheduled", "reschedule", summary, 0.4, "zmiana terminu")
            return
    await _take_message(dialogue, "reschedule", f"{caller.name} chce przełożyć wizytę ({service}).")


async def cancel(dialogue: Dialogue) -> None:
    """The caller cancels an appointment, after proving that it is theirs."""
    await dialogue.caller_says(
        "Dzień dobry, niestety muszę odwołać wizytę. <Rozchorowałam się|Wypadł mi wyjazd>.", -0.2
    )
    appointment = await _verify_caller(dialogue)
    if appointment is None:
        return
    await dialogue.caller_says("Tak, <o tę chodzi|to ta>. Proszę ją odwołać.", -0.1)
    result = await dialogue.use_tool(
        "cancel", **_proof(dialogue.call.caller, appointment), reason=dialogue.rng.choice(REASONS)
    )
    if result.rejected:
        await _take_message(dialogue, "cancellation", f"{dialogue.call.caller.name} chce odwołać wizytę.")
        return
    await dialogue.caller_says("Dziękuję za zrozumienie. Do widzenia.", 0.2)
    summary = f"{{name}} odwołuje wizytę ({appointment['serviceType']}) {_of(result)['when']}."
    dialogue.hang_up("cancelled", "cancellation", summary, -0.1, "odwołanie wizyty")


async def _verify_caller(dialogue: Dialogue) -> dict[str, Any] | None:
    """Name and number must fit before anything is said about an appointment; a misheard name has to be repeated."""
    caller = dialogue.call.caller
    await dialogue.agent_says("<Oczywiście|Rozumiem>. Poproszę imię i nazwisko.")
    if dialogue.rng.random() < MISHEARD:
        misheard = dialogue.rng.choice([name for name in SURNAMES if name[:5] != caller.last[:5]])
        await dialogue.caller_says("{first} {misheard}.", 0.0, first=caller.first, misheard=misheard)
        await dialogue.use_tool("lookup_client", clientName=f"{caller.first} {misheard}", clientPhone=caller.number)
        await dialogue.caller_says("Nie, nie. {name}. Dzwonię ze swojego numeru.", -0.2)
    else:
        await dialogue.caller_says("{name}.")
    lookup = await dialogue.use_tool("lookup_client", clientName=caller.name, clientPhone=caller.number)
    appointments = lookup.data.get("appointments") or []
    if appointments:
        appointment: dict[str, Any] = appointments[0]
        return appointment
    await dialogue.caller_says("<Dziwne|Hm>, to sprawdzę w kalendarzu i zadzwonię jeszcze raz. Do widzenia.", -0.1)
    dialogue.hang_up("answered", "reschedule", "{name} pyta o wizytę, której nie ma w kalendarzu.", -0.1, "wizyta")
    return None


async def _confirm(dialogue: Dialogue, result: ToolResult) -> None:
    await dialogue.caller_says(
        "<Super, bardzo dziękuję|Świetnie, dziękuję|Dzięki wielkie>. <Do widzenia|Do zobaczenia>!", 0.7
    )
    dialogue.hang_up(
        "booked", "booking", f"[Umówiona|Umówiony]: {{name}}, {{offer}}, {_of(result)['when']}.", 0.6, "rezerwacja"
    )


async def _take_message(dialogue: Dialogue, intent: str, message: str) -> None:
    """Leave a message for the staff."""
    await dialogue.caller_says("To proszę, żeby ktoś do mnie oddzwonił.", -0.2)
    await dialogue.use_tool("take_message", message=message, callerName=dialogue.call.caller.name)
    await dialogue.caller_says("Dobrze, dziękuję. Do widzenia.")
    dialogue.hang_up("message", intent, f"{message} Prosi o telefon.", -0.1, "prośba o kontakt")


def _offers(caller: Caller, service: Service, member: demo_organization.StaffMember | None) -> bool:
    return caller.gender in service.genders and (member is None or service.category in member.categories)


def _about(dialogue: Dialogue, service: Service) -> None:
    dialogue.fields |= {"offer": service.name, "said_acc": service.spoken_accusative}


def _proof(caller: Caller, appointment: dict[str, Any]) -> dict[str, Any]:
    return {"clientName": caller.name, "clientPhone": caller.number, "visitAt": appointment["scheduledAt"]}


def _of(result: ToolResult) -> dict[str, str]:
    """Fields of an appointment as a tool answered it."""
    appointment = result.data["appointment"]
    start = datetime.fromisoformat(appointment["scheduledAt"]).astimezone(demo_organization.ZONE)
    return {
        "offer": appointment["serviceType"],
        "when": f"{start.day}.{start.month:02} o {start.hour}:{start.minute:02}",
    }


def _times(offer: ToolResult, rng: Random) -> list[datetime]:
    """The times offered, in the caller's order of preference."""
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
