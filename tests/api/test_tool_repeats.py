"""A wish told twice in a call is one change, and its answer stays the same while that is true; ids say nothing."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import ASGIApp

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import KEY_SCOPES
from sekretarka.core.runtime import clock
from sekretarka.core.text.i18n import texts
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import limits
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.domain.receptionist.deferred_answers import Deferral
from sekretarka.domain.receptionist.schemas import ToolCall
from tests import clients, factories
from tests.api.test_mcp import speaking, use
from tests.api.test_tools import ANNA, TOOLS, Line, appointments, line, local
from tests.clients import Caller

__all__ = ["line"]

JAN = {"clientName": "Jan Nowak", "clientPhone": "601 000 112"}


def wish(at: str = "10:00", **more: Any) -> dict[str, Any]:
    return {"serviceType": "Strzyżenie", "scheduledAt": local(at), **ANNA, **more}


async def standing(owner: Caller) -> list[str]:
    """The times on the clock there at which appointments stand."""
    times = {factories.at(f"{hour}:00"): f"{hour}:00" for hour in range(10, 17)}
    known = {clock.to_json(moment): name for moment, name in times.items()}
    return sorted(known[row["scheduledAt"]] for row in await appointments(owner) if row["status"] == "scheduled")


async def panel(owner: Caller, method: str, **what: Any) -> None:
    """Change the first appointment in the dashboard."""
    row = (await appointments(owner))[0]
    assert (await owner.send(method, f"/api/v1/appointments/{row['id']}", **what)).status_code < 300


async def good(line: Line, tool: str, **arguments: Any) -> str:
    answer = await line.use(tool, **arguments)
    assert "code" not in answer["data"], answer
    return str(answer["say"])


async def test_sessions_whose_messages_all_have_one_number(owner: Caller, line: Line) -> None:
    async def say(tool: str, **arguments: Any) -> str:
        async with speaking(line.caller, agent_id=line.agent.id, call_id="call_1") as client:
            answer = await use(client, tool, **arguments)
            assert "code" not in answer["data"], answer
            return str(answer["say"])

    for _ in range(2):
        for _ in range(2):
            assert (await say("book", **wish())).startswith("Umówione")
            assert await standing(owner) == ["10:00"]
        for _ in range(2):
            assert (await say("cancel", **ANNA)).startswith("Wizyta odwołana")
            assert await standing(owner) == []
    assert len(await appointments(owner)) == 2


@pytest.mark.parametrize("before", [True, False])
async def test_there_and_back(owner: Caller, line: Line, before: bool) -> None:
    await good(line, "book", **wish("10:00"))
    for last, to in (
        ("10:00", "12:00"),
        ("12:00", "14:00"),
        ("14:00", "12:00"),
        ("12:00", "10:00"),
        ("10:00", "12:00"),
    ):
        for _ in range(2):
            named = {"visitAt": local(last)} if before else {}
            assert (await good(line, "reschedule", **ANNA, **named, scheduledAt=local(to))).startswith("Przełożone")
            assert await standing(owner) == [to]
    for _ in range(2):
        assert (await good(line, "cancel", **ANNA, visitAt=local("10:00"))).startswith("Wizyta odwołana")
    assert await standing(owner) == []


async def test_a_booking_that_waited_while_it_was_moved_is_no_second_one(owner: Caller, line: Line) -> None:
    asked = Deferral()
    await good(line, "book", **wish("10:00", staff="Ewa"))
    await good(line, "reschedule", **ANNA, scheduledAt=local("12:00"), staff="Kasia")
    call = ToolCall(agent_id=line.agent.id, call_id=line.call_id, arguments=wish("10:00", staff="Ewa"))
    for deferral, expected in ((asked, ["12:00"]), (Deferral(), ["10:00", "12:00"])):
        async with begin(line.caller.actor, write=True) as uow:
            answer = await receptionist.use(uow, Capability.BOOK, call, deferral)
        assert "code" not in answer.data, answer
        assert await standing(owner) == expected


async def test_a_booking_that_waited_while_it_was_cancelled_is_no_second_one(owner: Caller, line: Line) -> None:
    asked = Deferral()
    await good(line, "book", **wish("10:00"))
    await good(line, "cancel", **ANNA)
    call = ToolCall(agent_id=line.agent.id, call_id=line.call_id, arguments=wish("10:00"))
    async with begin(line.caller.actor, write=True) as uow:
        answer = await receptionist.use(uow, Capability.BOOK, call, asked)
    assert (answer.data, answer.say) == (
        {"code": "cancelled_meanwhile"},
        texts("pl")["tools.refused.cancelled_meanwhile"],
    )
    assert await standing(owner) == []
    await good(line, "book", **wish("10:00"))
    async with begin(line.caller.actor, write=True) as uow:
        answer = await receptionist.use(uow, Capability.BOOK, call, asked)
    assert "code" not in answer.data
    assert await standing(owner) == ["10:00"]


async def test_a_move_to_somebody_else_names_them_again(line: Line) -> None:
    await good(line, "book", **wish(staff="Ewa"))
    move = {**ANNA, "scheduledAt": local("12:00"), "staff": "Kasia"}
    says = {await good(line, "reschedule", **move) for _ in range(2)}
    assert len(says) == 1
    assert "Kasia Mazur" in says.pop()


async def test_what_the_dashboard_changed_meanwhile_is_not_said_to_stand(owner: Caller, line: Line) -> None:
    await good(line, "book", **wish())
    await panel(owner, "DELETE")
    await good(line, "book", **wish())
    assert await standing(owner) == ["10:00"]
    [row] = [row for row in await appointments(owner) if row["status"] == "scheduled"]
    await owner.data(
        "PATCH", f"/api/v1/appointments/{row['id']}", json={"scheduledAt": clock.to_json(factories.at("15:00"))}
    )
    await good(line, "book", **wish())
    assert len(await standing(owner)) == 2


async def test_a_move_that_the_dashboard_undid_is_made_again(owner: Caller, line: Line) -> None:
    await good(line, "book", **wish())
    move = {**ANNA, "scheduledAt": local("12:00")}
    await good(line, "reschedule", **move)
    await panel(owner, "PATCH", json={"scheduledAt": factories.at("11:00").isoformat()})
    await good(line, "reschedule", **move)
    assert await standing(owner) == ["12:00"]
    await panel(owner, "DELETE")
    refused = await line.use("reschedule", **move)
    assert refused["data"]["code"] in ("visit_not_found", "visit_required")


async def test_a_rejection_is_not_remembered(owner: Caller, line: Line) -> None:
    other = Line(line.caller, line.agent, "call_2")
    taken, wanted = wish(staff="Ewa", **JAN), wish(staff="Ewa")
    await good(other, "book", **taken)
    assert (await line.use("book", **wanted))["data"]["code"] == "slot_taken"
    assert (await line.use("cancel", **ANNA))["data"]["code"] == "visit_required"
    await good(other, "cancel", **JAN)
    assert (await good(line, "book", **wanted)).startswith("Umówione")
    assert (await good(line, "cancel", **ANNA)).startswith("Wizyta odwołana")


@pytest.mark.parametrize("staff", [{}, {"staff": "Ewa"}])
async def test_the_same_wish_in_other_words_is_one_appointment(
    owner: Caller, line: Line, staff: dict[str, str]
) -> None:
    [first, *others] = [
        await line.use("book", **{**wish(), **staff, **said})
        for said in (
            {},
            {"serviceType": "strzyzenie", "clientName": "pani KOWALSKA Anna", "clientPhone": "+48 601-000-111"},
            {"scheduledAt": factories.at("10:00").isoformat()},
            {"notes": "Pierwszy raz."},
        )
    ]
    assert all(other["say"] == first["say"] for other in others)
    assert len({answer["data"]["appointment"]["id"] for answer in (first, *others)}) == 1
    assert [row["notes"] for row in await appointments(owner)] == ["Pierwszy raz."]
    await good(line, "book", **wish(clientName="Ania Kowalska"))
    assert await standing(owner) == ["10:00", "10:00"]


async def test_the_same_wish_at_once_is_one_change(owner: Caller, line: Line) -> None:
    says = await asyncio.gather(*(good(line, "book", **wish()) for _ in range(4)))
    assert (len(set(says)), await standing(owner)) == (1, ["10:00"])
    says = await asyncio.gather(*(good(line, "cancel", **ANNA) for _ in range(4)))
    assert (len(set(says)), await standing(owner)) == (1, [])


async def test_a_message_again_is_there_once(owner: Caller, line: Line) -> None:
    message = {"message": "Proszę oddzwonić,\npo siedemnastej.", "callerName": "Anna"}
    taken = await line.use("take_message", **message)
    path = f"/api/v1/conversations/{taken['data']['conversationId']}"
    before = await owner.data("GET", path)
    for said in (message, {**message, "message": "prosze oddzwonic\nPO siedemnastej"}):
        assert (await line.use("take_message", **said))["data"] == taken["data"]
    assert await owner.data("GET", path) == before
    urgent = await line.use("take_message", **message, urgency="high")
    assert urgent["data"]["urgency"] == "high"
    await good(line, "take_message", message="Proszę oddzwonić jutro.")
    assert (await owner.data("GET", path))["followUp"]["note"].split("\n")[2:] == ["Proszę oddzwonić jutro."]
    await owner.data("PATCH", path, json={"followUp": {"state": "done", "note": "Oddzwoniłam."}})
    await good(line, "take_message", **message)
    follow_up = (await owner.data("GET", path))["followUp"]
    assert follow_up["state"] == "open"
    assert follow_up["note"] == "Oddzwoniłam.\nProszę oddzwonić,\npo siedemnastej. (Anna)"


async def test_repeats_are_not_counted(owner: Caller, line: Line) -> None:
    await good(line, "book", **wish("10:00"))
    for n in range(1, limits.MAX_CHANGES):
        for _ in range(2):
            await good(line, "reschedule", **ANNA, scheduledAt=local(("10:00", "12:00")[n % 2]))
    assert (await line.use("book", **wish("15:00")))["data"] == {"code": "too_many"}
    assert (await good(line, "book", **wish("12:00"))).startswith("Umówione")


@pytest.mark.parametrize("tool_call_id", ["call_0", "", None, 0, {"id": 1}, "x" * 400])
async def test_ids_of_uses_repeat_or_are_missing(owner: Caller, line: Line, tool_call_id: object) -> None:
    uses: list[tuple[str, dict[str, Any]]] = [
        ("check_availability", {"serviceType": "Strzyżenie"}),
        ("book", wish("10:00")),
        ("book", wish("12:00", **JAN)),
        ("reschedule", {**ANNA, "scheduledAt": local("11:00")}),
        ("cancel", ANNA),
        ("take_message", {"message": "Proszę oddzwonić."}),
        ("answer", {"question": "Gdzie parking?"}),
    ]
    for tool, arguments in uses:
        answer = await line.send(tool, arguments, toolCallId=tool_call_id)
        assert answer.status_code == 200, answer.text
        assert "code" not in answer.json()["data"]["data"], answer.text
    assert await standing(owner) == ["12:00"]


UNFILLED = ("{{call.id}}", "%7B%7Bcall.id%7D%7D", "", None, "undefined", 0)


@pytest.mark.parametrize("call_id", UNFILLED)
async def test_callers_without_a_call_share_nothing(owner: Caller, line: Line, call_id: object) -> None:
    async def send(tool: str, **arguments: Any) -> dict[str, Any]:
        body = {"callId": call_id, "agentId": str(line.agent.id), "arguments": arguments}
        data: dict[str, Any] = await line.caller.data("POST", f"{TOOLS}/{tool}", json=body)
        return data["data"]

    booked = await asyncio.gather(*(send("book", **wish()) for _ in range(3)))
    assert len({answer["appointment"]["id"] for answer in booked}) == 1
    assert booked[0]["appointment"]["conversationId"] is None
    for tool, more in (("cancel", {}), ("reschedule", {"scheduledAt": local("12:00")})):
        assert await send(tool, **{**ANNA, "clientName": "Anna"}, **more) == {"code": "visit_required"}
        first_name = await send(tool, **{**ANNA, "clientName": "Anna"}, visitAt=local("10:00"), **more)
        assert first_name == {"code": "visit_not_found"}
    assert await send("lookup_client", clientPhone=ANNA["clientPhone"]) == {"known": False}
    for _ in range(2):
        moved = await send("reschedule", **ANNA, visitAt=local("10:00"), scheduledAt=local("12:00"))
        assert moved["appointment"]["id"] == booked[0]["appointment"]["id"]
    for _ in range(2):
        assert (await send("cancel", **ANNA, visitAt=local("12:00")))["appointment"]["status"] == "cancelled"
    assert (await send("book", **wish()))["appointment"]["id"] != booked[0]["appointment"]["id"]
    assert await owner.data("GET", "/api/v1/conversations") == []


async def test_a_message_without_a_call_is_not_lost(owner: Caller, line: Line) -> None:
    first = {"message": "Proszę oddzwonić.", "callerPhone": "601 000 111"}
    for arguments in (first, first, {**first, "callerPhone": "601 000 112"}):
        await line.send("take_message", arguments, callId="{{call.id}}")
    calls = await owner.data("GET", "/api/v1/conversations")
    notes = sorted(call["followUp"]["note"] for call in calls)
    assert notes == ["Proszę oddzwonić. (601 000 111)", "Proszę oddzwonić. (601 000 112)"]
    assert {call["status"] for call in calls} == {"completed"}
    assert {call["followUp"]["state"] for call in calls} == {"open"}


async def test_two_sessions_with_an_unfilled_header_share_nothing(owner: Caller, line: Line) -> None:
    async with speaking(line.caller, agent_id=line.agent.id, call_id="{{call.id}}") as client:
        await use(client, "book", **wish())
    async with speaking(line.caller, agent_id=line.agent.id, call_id="{{call.id}}") as client:
        cancelled = await use(client, "cancel", **{**ANNA, "clientName": "Anna"})
        assert cancelled["data"] == {"code": "visit_required"}
    assert await standing(owner) == ["10:00"]


async def test_another_call_knows_nothing_of_it(app: ASGIApp, owner: Caller, line: Line) -> None:
    program = await clients.program(app, owner.actor, *KEY_SCOPES)
    for call_id in ("call_1", "call_2"):
        call = {"agentId": str(line.agent.id), "callId": call_id, "callerNumber": "+48601000111"}
        await program.data("POST", "/api/v1/conversations", json=call)
    own, other = {"clientName": "Anna Kowalska"}, Line(line.caller, line.agent, "call_2")
    await good(line, "book", **wish())
    await good(line, "cancel", **own)
    assert (await other.use("cancel", **own))["data"] == {"code": "visit_not_found"}
    await good(line, "book", **wish())
    await good(other, "book", **wish())
    assert await standing(owner) == ["10:00", "10:00"]


async def test_a_key_repeats_an_answer_while_it_is_true(owner: Caller, line: Line) -> None:
    async def send(**arguments: Any) -> tuple[bytes, bool]:
        body = {"callId": "call_1", "agentId": str(line.agent.id), "arguments": arguments}
        key = {"Idempotency-Key": "k"}
        response = await line.caller.send("POST", f"{TOOLS}/book", json=body, headers=key)
        return response.content, "idempotency-replayed" in response.headers

    first, again = await send(**wish()), await send(**wish())
    assert (first[1], again) == (False, (first[0], True))
    await panel(owner, "DELETE")
    anew, is_replayed = await send(**wish())
    assert not is_replayed
    assert await send(**wish()) == (anew, True)
    assert await standing(owner) == ["10:00"]
    reused = json.loads((await send(**wish("12:00")))[0])["error"]
    assert (reused["code"], bool(reused["say"])) == ("IDEMPOTENCY_KEY_REUSED", True)


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (422, {"json": {"callId": "call_1"}}),
        (422, {"json": {"agentId": "x"}}),
        (422, {"json": []}),
        (400, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        (415, {"content": b"{}"}),
        (401, {"json": {}, "headers": {"Authorization": "Bearer sk_live_no"}}),
    ],
)
async def test_every_error_can_be_said(line: Line, status: int, what: dict[str, Any]) -> None:
    for path in (f"{TOOLS}/book", "/api/tools/book"):
        answer = await line.caller.send("POST", path, **what)
        assert (answer.status_code, bool(answer.json()["error"]["say"])) == (status, True)


async def test_overload_can_be_said(line: Line, configure: Callable[..., None]) -> None:
    configure(rate_limit_api_key="1/60seconds")
    answers = [await line.send("answer", {"question": "Parking?"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].json()["error"]["say"]
