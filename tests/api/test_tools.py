"""The AI's tools over REST: what it gets to say, what it may do, and that a repeated call has one effect."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from sekretarka.core.permissions import KEY_SCOPES, Permission
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.text.i18n import texts, translate
from sekretarka.domain.agents.models import Agent, Capability
from sekretarka.domain.receptionist import limits
from tests import clients, factories
from tests.api.test_signature_auth import signature
from tests.clients import Caller

TOOLS = "/api/v1/tools"
KNOWLEDGE: dict[str, Any] = {
    "facts": ["Parking dla klientów jest za budynkiem."],
    "faq": [{"question": "Czy można płacić kartą?", "answer": "Tak, kartą i telefonem."}],
    "transferRules": [
        {"topic": "reklamacja", "name": "Iga Nowak", "phone": "601 000 222"},
        {"topic": "zły numer", "name": "Nikt", "phone": "123"},
        {"topic": "USG", "name": "Ola Usg", "phone": "601 000 444"},
    ],
}
ANNA = {"clientName": "Anna Kowalska", "clientPhone": "601 000 111"}


class Line:
    """A caller on the line of an agent: each use of a tool is another tool call unless told otherwise."""

    def __init__(self, caller: Caller, agent: Agent, call_id: str = "call_1") -> None:
        self.caller, self.agent, self.call_id, self.count = caller, agent, call_id, 0

    async def send(self, tool: str, arguments: dict[str, Any], **changed: Any) -> httpx2.Response:
        self.count += 1
        body = {"callId": self.call_id, "toolCallId": f"t{self.count}", "agentId": str(self.agent.id)}
        return await self.caller.send("POST", f"{TOOLS}/{tool}", json={**body, "arguments": arguments, **changed})

    async def use(self, tool: str, **arguments: Any) -> dict[str, Any]:
        response = await self.send(tool, arguments)
        assert response.status_code == 200, response.text
        data: dict[str, Any] = response.json()["data"]
        return data


@pytest.fixture
async def line(app: ASGIApp, owner: Caller) -> Line:
    """A call to a salon with Ewa and Kasia, through a key that may use tools and nothing else."""
    await factories.service(owner.organization_id)
    for name in ("Ewa Lis", "Kasia Mazur"):
        await factories.staff(owner.organization_id, name=name)
    everything: dict[str, Any] = {"capabilities": list(Capability), "knowledge_base": KNOWLEDGE}
    agent = await factories.agent(owner.organization_id, **everything)
    return Line(await clients.program(app, owner.actor, Permission.TOOLS_USE), agent)


def local(wall_time: str, day: int = 0) -> str:
    """A time as the AI repeats it: on the clock there, without offset."""
    return f"{factories.open_day(day)}T{wall_time}:00"


async def appointments(owner: Caller) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await owner.data("GET", "/api/v1/appointments")
    return rows


async def test_offered_times_are_free_and_can_be_booked(owner: Caller, line: Line) -> None:
    offer = await line.use("check_availability", serviceType="strzyzenie", date=str(factories.open_day()))
    offered = [slot["time"] for slot in offer["data"]["slots"]]
    assert len(offered) == 3
    assert all(time.startswith(str(factories.open_day())) for time in offered)
    assert offer["say"].startswith("Mam wolny termin w")
    assert not any(character.isdigit() for character in offer["say"])
    assert offer["now"]["timezone"] == "Europe/Warsaw"
    assert offer["now"]["weekday"] in [texts("pl")[f"date.weekday.{n}"] for n in range(1, 8)]
    booked = await line.use("book", serviceType="Strzyżenie", scheduledAt=offered[0], **ANNA)
    assert booked["say"].startswith("Umówione: Strzyżenie w")
    assert booked["say"].endswith("Koszt to sto dwadzieścia złotych.")
    [appointment] = await appointments(owner)
    assert appointment == {**booked["data"]["appointment"], "notes": None, "clientEmail": None, "cancelledReason": None}
    assert (appointment["source"], appointment["agentId"]) == ("agent", str(line.agent.id))
    call = await owner.data("GET", f"/api/v1/conversations/{appointment['conversationId']}")
    assert call["callId"] == "call_1"


async def test_appointment_is_moved_and_cancelled_by_its_client(owner: Caller, line: Line) -> None:
    await line.use("book", serviceType="Strzyżenie", scheduledAt=local("10:00"), staff="Kasia", **ANNA)
    for wrong in ({**ANNA, "clientName": "Ewa Kowalska"}, {**ANNA, "clientPhone": "601 000 112"}):
        for tool, more in (("reschedule", {"scheduledAt": local("12:00")}), ("cancel", {})):
            refused = await line.use(tool, **wrong, **more)
            assert refused["data"] == {"code": "visit_required"}
    other_time = await line.use("cancel", **ANNA, visitAt=local("11:00"))
    assert other_time["data"]["code"] == "visit_not_found"
    assert [appointment["status"] for appointment in await appointments(owner)] == ["scheduled"]
    moved = await line.use("reschedule", **{**ANNA, "clientName": "KOWALSKA"}, scheduledAt=local("12:30"))
    assert moved["say"].startswith("Przełożone: Strzyżenie w")
    assert moved["say"].endswith("o dwunastej trzydzieści.")
    cancelled = await line.use("cancel", **ANNA, visitAt=local("12:30"), reason="Choroba")
    assert cancelled["say"].startswith("Wizyta odwołana: Strzyżenie w")
    [appointment] = await appointments(owner)
    assert (appointment["status"], appointment["cancelledReason"]) == ("cancelled", "Choroba")


async def test_from_another_number_it_takes_the_whole_name_and_the_time(owner: Caller, line: Line) -> None:
    await line.use("book", serviceType="Strzyżenie", scheduledAt=local("10:00"), **ANNA)
    other, at = Line(line.caller, line.agent, "call_2"), {"visitAt": local("10:00")}
    for arguments, code in (
        (ANNA, "visit_required"),
        ({**ANNA, **at, "clientName": "Anna"}, "visit_not_found"),
        ({**ANNA, "visitAt": local("11:00")}, "visit_not_found"),
    ):
        assert (await other.use("cancel", **arguments))["data"] == {"code": code}
    half = await other.use("lookup_client", clientPhone="601 000 111", clientName="Anna")
    assert half["data"] == {"known": False}
    assert [appointment["status"] for appointment in await appointments(owner)] == ["scheduled"]
    cancelled = await other.use("cancel", **{**ANNA, **at, "clientName": "pani Kowalska, Anna"})
    assert cancelled["data"]["appointment"]["status"] == "cancelled"


async def test_lookups_and_changes_of_a_call_are_limited(owner: Caller, line: Line) -> None:
    booked = {"serviceType": "Strzyżenie", "scheduledAt": local("10:00"), **ANNA}
    await line.use("book", **booked)
    guess = {**ANNA, "clientName": "Jan Nowak", "visitAt": local("10:00")}
    for _ in range(limits.MAX_FAILURES):
        assert (await line.use("cancel", **guess))["data"] == {"code": "visit_not_found"}
    for tool, arguments in (("cancel", {**ANNA, "visitAt": local("10:00")}), ("lookup_client", ANNA)):
        refused = await line.use(tool, **arguments)
        assert (refused["data"], refused["say"]) == ({"code": "too_many"}, texts("pl")["tools.refused.too_many"])
    busy = Line(line.caller, line.agent, "call_2")
    await busy.use("book", **{**booked, "scheduledAt": local("11:00")})
    for n in range(1, limits.MAX_CHANGES):
        moved = await busy.use("reschedule", **ANNA, scheduledAt=local(("11:00", "15:00")[n % 2]))
        assert "code" not in moved["data"]
    assert (await busy.use("cancel", **ANNA))["data"] == {"code": "too_many"}
    assert "code" not in (await busy.use("take_message", message="Proszę oddzwonić."))["data"]


async def test_an_appointment_behind_ten_earlier_ones_is_found(owner: Caller, line: Line) -> None:
    times = [(f"{hour}:00", day) for day in (0, 1) for hour in (10, 11, 12, 13, 14, 15)]
    for wall_time, day in times:
        await factories.appointment(owner.actor, factories.at(wall_time, day))
    last = {"visitAt": local(*times[-1])}
    assert "code" not in (await line.use("cancel", **ANNA, **last))["data"]
    assert [row["status"] for row in await appointments(owner)].count("cancelled") == 1


async def test_of_several_appointments_the_caller_says_which(owner: Caller, line: Line) -> None:
    for wall_time in ("10:00", "15:00"):
        await line.use("book", serviceType="Strzyżenie", scheduledAt=local(wall_time), **ANNA)
    answer = await line.use("cancel", **ANNA)
    assert answer["data"]["code"] == "which_visit"
    assert len(answer["data"]["times"]) == 2
    assert "o dziesiątej albo o piętnastej" in answer["say"]
    assert {appointment["status"] for appointment in await appointments(owner)} == {"scheduled"}


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("in_past", {"scheduledAt": clock.to_json(clock.now() - timedelta(days=1))}),
        ("too_far", {"scheduledAt": clock.to_json(clock.now().replace(second=0, microsecond=0) + timedelta(days=400))}),
        ("outside_hours", {"scheduledAt": local("03:00")}),
        ("nonexistent_local_time", {"scheduledAt": "2027-03-28T02:30:00"}),
        ("invalid_time", {"scheduledAt": "kiedyś"}),
        ("time_required", {"scheduledAt": "jutro"}),
        ("day_required", {"scheduledAt": "9:5"}),
        ("unknown_service", {"serviceType": "Masaż"}),
        ("unknown_staff", {"staff": "Zenon"}),
        ("invalid_phone", {"clientPhone": "12"}),
        ("slot_taken", {"staff": "Ewa Lis", "scheduledAt": local("14:00")}),
    ],
)
async def test_unavailable_time_is_answered_with_a_phrase(
    owner: Caller, line: Line, code: str, changed: dict[str, Any]
) -> None:
    taken = {"serviceType": "Strzyżenie", "scheduledAt": local("14:00"), "staff": "Ewa", **ANNA}
    await line.use("book", **taken)
    refused = await line.use("book", **{**taken, "staff": "Kasia", "clientName": "Jan Nowak", **changed})
    assert refused["data"]["code"] == code
    names = {"unknown_service": "Strzyżenie", "unknown_staff": "Ewa Lis albo Kasia Mazur"}.get(code, "")
    assert refused["say"] == translate("pl", f"tools.refused.{code}", names=names)
    assert len(await appointments(owner)) == 1


async def test_unqualified_staff_member_is_not_offered(owner: Caller, line: Line) -> None:
    massage = await factories.service(owner.organization_id, name="Masaż")
    kasia = next(row for row in await owner.data("GET", "/api/v1/staff") if row["name"] == "Kasia Mazur")
    await owner.data("PATCH", f"/api/v1/services/{massage.id}", json={"staffIds": [kasia["id"]]})
    for tool, more in (("book", {"scheduledAt": local("10:00"), **ANNA}), ("check_availability", {})):
        refused = await line.use(tool, serviceType="Masaż", staff="Ewa", **more)
        assert refused["data"] == {"code": "staff_not_able", "staff": ["Kasia Mazur"], "staffIds": [kasia["id"]]}
        assert refused["say"].endswith("Mogę zapisać do: Kasia Mazur.")
    far = await line.use(
        "check_availability", serviceType="Masaż", date=str(factories.open_day() + timedelta(days=300))
    )
    assert far["data"] == {"code": "too_far"}


async def test_without_a_number_the_caller_s_own_is_used(app: ASGIApp, owner: Caller, line: Line) -> None:
    arguments = {"serviceType": "Strzyżenie", "scheduledAt": local("10:00"), "clientName": "Anna Kowalska"}
    assert (await line.use("book", **arguments))["data"]["code"] == "phone_required"
    program = await clients.program(app, owner.actor, *KEY_SCOPES)
    call = {"agentId": str(line.agent.id), "callId": "call_1", "callerNumber": "+48601000111"}
    assert (await program.send("POST", "/api/v1/conversations", json=call)).status_code == 200
    booked = await line.use("book", **arguments)
    assert booked["data"]["appointment"]["clientPhone"] == "+48601000111"
    lookup = await line.use("lookup_client")
    assert (lookup["data"]["name"], len(lookup["data"]["appointments"])) == ("Anna Kowalska", 1)
    assert lookup["say"].startswith("Mam zapisaną wizytę: Strzyżenie w")
    other = Line(line.caller, line.agent, "call_2")
    assert (await other.use("lookup_client", clientPhone="601000111"))["data"] == {"known": False}
    assert (await other.use("lookup_client", **ANNA))["data"]["known"] is True


async def test_outbound_call_uses_the_called_number(app: ASGIApp, owner: Caller, line: Line) -> None:
    program = await clients.program(app, owner.actor, *KEY_SCOPES)
    ends = {"callerNumber": "+48221000200", "calledNumber": "+48601000111", "direction": "outbound"}
    await program.data(
        "POST", "/api/v1/conversations", json={"agentId": str(line.agent.id), "callId": "call_1", **ends}
    )
    arguments = {"serviceType": "Strzyżenie", "scheduledAt": local("10:00"), "clientName": "Anna Kowalska"}
    assert (await line.use("book", **arguments))["data"]["appointment"]["clientPhone"] == "+48601000111"


async def test_phrases_are_in_the_callers_language(app: ASGIApp, owner: Caller, line: Line) -> None:
    assert (await line.send("lookup_client", ANNA, language="en")).json()["data"]["say"].startswith("I cannot find")
    await line.use("book", serviceType="Strzyżenie", scheduledAt=local("10:00"), **ANNA)
    [appointment] = await appointments(owner)
    await owner.data("PATCH", f"/api/v1/clients/{appointment['clientId']}", json={"language": "en"})
    program = await clients.program(app, owner.actor, *KEY_SCOPES)
    call = {"agentId": str(line.agent.id), "callId": "call_1", "callerNumber": "+48601000111"}
    await program.data("POST", "/api/v1/conversations", json=call)
    assert (await line.use("lookup_client"))["say"].startswith("I can see an appointment: Strzyżenie on ")
    assert (await line.send("lookup_client", {}, language="pl")).json()["data"]["say"].startswith("Mam zapisaną")


async def test_messages_become_one_follow_up(owner: Caller, line: Line) -> None:
    taken = await line.use("take_message", message="Proszę oddzwonić.", callerName="Anna", urgency="high")
    await line.use("take_message", message="Po siedemnastej.", urgency="high")
    call = await owner.data("GET", f"/api/v1/conversations/{taken['data']['conversationId']}")
    assert call["followUp"] == {
        "urgency": "high",
        "state": "open",
        "assigneeId": None,
        "note": "Proszę oddzwonić. (Anna)\nPo siedemnastej.",
    }
    assert (await line.use("take_message", message="?", callerPhone="12"))["data"] == {"code": "invalid_phone"}
    await line.use("take_message", message="a" * 1_000)
    assert (await line.use("take_message", message="b" * 1_000))["data"] == {"code": "too_long"}


async def test_message_is_stored_beside_a_users_note(owner: Caller, line: Line) -> None:
    taken = await line.use("take_message", message="Proszę oddzwonić.", urgency="high")
    path = f"/api/v1/conversations/{taken['data']['conversationId']}"
    await line.use("take_message", message="Byle dziś.")
    assert (await owner.data("GET", path))["followUp"]["urgency"] == "high"
    await owner.data("PATCH", path, json={"followUp": {"state": "done", "note": "Oddzwoniłam."}})
    await line.use("take_message", message="Jednak jutro.", urgency="low", callerPhone="601 000 333")
    follow_up = (await owner.data("GET", path))["followUp"]
    assert (follow_up["state"], follow_up["urgency"]) == ("open", "low")
    assert follow_up["note"] == "Oddzwoniłam.\nJednak jutro. (601 000 333)"
    await owner.data("PATCH", path, json={"followUp": {"state": "done"}})
    assert (await owner.data("GET", path))["followUp"]["state"] == "done"


async def test_what_the_agent_knows(owner: Caller, line: Line) -> None:
    assert (await line.use("answer", question="Płacicie kartą?"))["say"] == "Tak, kartą i telefonem."
    assert (await line.use("answer", question="Gdzie jest parking"))["say"] == KNOWLEDGE["facts"][0]
    for unknown in (
        "Czy macie kota?",
        "Czy jest wolny termin?",
        "Gdzie jest toaleta?",
        "Ile kosztuje koloryzacja?",
        "Co to?",
    ):
        assert (await line.use("answer", question=unknown))["data"] == {"code": "no_answer"}
    [task] = await owner.data("GET", "/api/v1/tasks")
    assert (task["kind"], task["note"].count("\n")) == ("unanswered_question", 4)
    price = await line.use("answer", question="Ile kosztuje strzyżenie?")
    assert price["say"] == "Strzyżenie: sto dwadzieścia złotych."
    connected = await line.use("transfer_target", topic="Mam reklamację")
    assert connected["data"] == {"name": "Iga Nowak", "phone": "+48601000222"}
    assert (await line.use("transfer_target", topic="zły numer"))["data"] == {"code": "no_target"}
    assert (await line.use("transfer_target", topic="USG"))["data"] == {"name": "Ola Usg", "phone": "+48601000444"}


async def test_the_same_tool_call_three_times_has_one_effect(owner: Caller, line: Line) -> None:
    arguments = {"serviceType": "Strzyżenie", "scheduledAt": local("10:00"), **ANNA}
    answers = await asyncio.gather(*(line.send("book", arguments, toolCallId="same") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps({**answer.json()["data"], "now": None}) for answer in answers}) == 1
    assert len(await appointments(owner)) == 1
    message = {"message": "Raz."}
    await asyncio.gather(*(line.send("take_message", message, toolCallId="note") for _ in range(3)))
    [appointment] = await appointments(owner)
    call = await owner.data("GET", f"/api/v1/conversations/{appointment['conversationId']}")
    assert call["followUp"]["note"] == "Raz."


async def test_of_two_calls_for_one_time_one_books(owner: Caller, line: Line) -> None:
    arguments = {"serviceType": "Strzyżenie", "scheduledAt": local("10:00"), "staff": "Ewa", **ANNA}
    lines = [Line(line.caller, line.agent, f"call_{n}") for n in range(6)]
    answers = await asyncio.gather(*(call_line.use("book", **arguments) for call_line in lines))
    codes = sorted(answer["data"].get("code", "") for answer in answers)
    assert codes == ["", *["slot_taken"] * 5]
    assert len(await appointments(owner)) == 1


@pytest.mark.parametrize("capability", list(Capability))
async def test_an_agent_uses_only_what_it_may(owner: Caller, line: Line, capability: Capability) -> None:
    others = [other for other in Capability if other is not capability]
    agent = await factories.agent(owner.organization_id, capabilities=others)
    refused = await Line(line.caller, agent).send(capability, {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert refused.json()["error"]["say"] == texts("pl")["tools.refused.forbidden"]
    assert (await owner.data("GET", "/api/v1/conversations")) == []


async def test_what_is_missing_is_asked_for(line: Line) -> None:
    refused = await line.send("book", {"serviceType": "Strzyżenie", "clientName": "null", "whatever": 1})
    assert refused.status_code == 422
    details = {(d["path"][2], d["code"]) for d in refused.json()["error"]["details"]}
    assert details == {("scheduledAt", "required"), ("clientName", "required")}
    assert refused.json()["error"]["say"] == texts("pl")["tools.ask.scheduledAt"]
    assert (await line.send("dance", {})).status_code == 404


async def test_other_scopes_are_rejected_and_elevation_is_limited(app: ASGIApp, owner: Caller, line: Line) -> None:
    lacking = await clients.program(app, owner.actor, *(scope for scope in KEY_SCOPES if scope != "tools:use"))
    assert (await Line(lacking, line.agent).send("answer", {"question": "?"})).status_code == 403
    await line.use("answer", question="Parking?")
    assert (await line.caller.send("GET", "/api/v1/appointments")).status_code == 403


async def test_foreign_organization_is_not_found(owner: Caller, stranger: Caller, line: Line) -> None:
    foreign_agent = await factories.agent(stranger.organization_id, capabilities=list(Capability))
    refused = await Line(line.caller, foreign_agent).send("answer", {"question": "Parking?"})
    assert refused.json()["error"]["details"][0]["code"] == "unknown_agent"
    await factories.service(stranger.organization_id, name="Wymiana opon")
    unknown = await line.use("check_availability", serviceType="Wymiana opon")
    assert unknown["data"] == {"code": "unknown_service", "services": ["Strzyżenie"]}


async def test_the_ai_service_may_sign_instead(owner: Caller, nobody: httpx2.AsyncClient, line: Line) -> None:
    secret = crypto.decrypt((await factories.connection(line.agent)).secret)
    body = {"callId": "c", "toolCallId": "t", "agentId": str(line.agent.id), "arguments": {"question": "Parking?"}}
    content = json.dumps(body).encode()
    answer = await nobody.post(f"{TOOLS}/answer", content=content, headers=signature(secret, content))
    assert answer.headers["ratelimit-policy"].startswith('"webhook"'), "counted by its agent, not by its address"
    assert answer.json()["data"]["say"] == KNOWLEDGE["facts"][0]
    forged = await nobody.post(
        f"{TOOLS}/answer", content=content, headers=signature(crypto.new_webhook_secret(), content)
    )
    assert (forged.status_code, forged.json()["error"]["code"]) == (400, "INVALID_SIGNATURE")


async def test_an_english_agent_speaks_english(owner: Caller, line: Line) -> None:
    english = await factories.agent(owner.organization_id, capabilities=list(Capability), language="en-GB")
    answer = await Line(line.caller, english).use("book", serviceType="Strzyżenie", scheduledAt=local("14:30"), **ANNA)
    assert answer["say"].startswith("You are booked: Strzyżenie on ")
    assert answer["say"].endswith(" at two thirty PM. The price is one hundred and twenty zlotys.")
