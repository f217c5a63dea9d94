"""Conversations over REST: told by the AI service, found by people, corrected by both."""

from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.conversations import service as conversations
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories
from tests.clients import Caller

PATH = "/api/v1/conversations"


async def told(owner: Caller, *events: dict[str, Any]) -> str:
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        for number, event in enumerate(events):
            row, _ = await conversations.apply(uow, CallEvent.model_validate(event), f"m{number}")
    return str(row.id)


async def names(owner: Caller, **query: Any) -> list[str]:
    listed = await owner.data("GET", PATH, params=query)
    return [call["callId"] for call in listed]


async def test_a_call_is_made_once_and_then_filled(owner: Caller, program: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    body = {
        "agentId": str(agent.id),
        "callId": "call_1",
        "callerNumber": "+48 601 000 111",
        "startedAt": "2026-11-20T10:00:00Z",
    }
    first = await program.send("POST", PATH, json=body)
    assert first.status_code == 201
    again = await program.send("POST", PATH, json={**body, "callerName": "Łucja Żak"})
    assert again.status_code == 200
    assert "location" not in again.headers
    call = again.json()["data"]
    assert call["id"] == first.json()["data"]["id"]
    assert (call["callerNumber"], call["callerName"], call["status"]) == ("+48601000111", "Łucja Żak", "active")
    assert await owner.data("GET", f"{PATH}/{call['id']}") == call


async def test_numbers_without_country_use_the_organizations_region(owner: Caller, program: Caller) -> None:
    await owner.data("PATCH", f"/api/v1/organizations/{owner.organization_id}", json={"address": {"country": "DE"}})
    agent = await factories.agent(owner.organization_id)
    body = {"agentId": str(agent.id), "callId": "call_1", "callerNumber": "030 901820"}
    assert (await program.data("POST", PATH, json=body))["callerNumber"] == "+4930901820"
    for caller, number in ((owner, "030 901821"), (program, "030 901822")):
        made = await caller.data("POST", "/api/v1/clients", json={"phone": number})
        assert made["phone"] == number.replace("0", "+49", 1).replace(" ", "")
    assert (await owner.send("POST", "/api/v1/clients", json={"phone": "112"})).status_code == 422


async def test_session_cannot_create_a_call(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    response = await owner.send("POST", PATH, json={"agentId": str(agent.id), "callId": "call_1"})
    assert response.json()["error"]["code"] == "FORBIDDEN"
    assert await names(owner) == []


async def test_key_that_created_a_call_may_end_it(owner: Caller, program: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    body = {"agentId": str(agent.id), "callId": "call_1", "startedAt": "2026-11-20T10:00:00Z"}
    call = (await program.send("POST", PATH, json=body)).json()["data"]
    end = {
        "status": "completed",
        "endedAt": "2026-11-20T10:01:00Z",
        "durationSeconds": 60,
        "summary": "Rezerwacja",
        "outcome": "booked",
    }
    ended = await program.data("PATCH", f"{PATH}/{call['id']}", json=end)
    assert {name: ended[name] for name in end} == {**end, "endedAt": "2026-11-20T10:01:00.000Z"}
    refused = await owner.send("PATCH", f"{PATH}/{call['id']}", json={"status": "failed", "notes": "x"})
    assert [d["path"] for d in refused.json()["error"]["details"]] == [["body", "status"]]


async def test_users_add_notes_and_follow_ups(owner: Caller, staff: Caller, viewer: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    path = f"{PATH}/{await told(owner, *calls.story(agent.id))}"
    patch = {
        "notes": "Stała klientka",
        "followUp": {"state": "open", "urgency": "high", "assigneeId": str(staff.user_id)},
    }
    changed = await staff.data("PATCH", path, json=patch)
    assert changed["notes"] == "Stała klientka"
    assert changed["followUp"] == {**patch["followUp"], "note": None}  # type: ignore[dict-item]
    cleared = await staff.data("PATCH", path, json={"notes": None})
    assert cleared["notes"] is None
    assert cleared["followUp"]["state"] == "open"
    assert (await viewer.send("PATCH", path, json=patch)).status_code == 403


async def test_the_transcript_is_in_order_and_never_stored_by_caches(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    response = await owner.send("GET", f"{PATH}/{await told(owner, *calls.story(agent.id))}/transcript")
    assert response.headers["cache-control"] == "private, no-store"
    messages = response.json()["data"]["messages"]
    assert [message["text"] for message in messages] == [
        "Dzień dobry, studio Lawenda.",
        "Ile kosztuje keratyna?",
        "Trzysta złotych.",
    ]
    assert messages[1] == {**messages[1], "id": "s4", "speaker": "caller", "timestamp": "2026-11-20T10:00:04.000Z"}
    assert response.json()["metadata"] == {"page": 1, "limit": 500, "total": 3}


async def test_a_long_transcript_comes_in_pages(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    segments = [calls.line(number, str(number)) for number in range(1_201)]
    path = f"{PATH}/{await told(owner, calls.event('call_ended', agent.id, segments=segments))}/transcript"
    other = f"{PATH}/{await told(owner, *calls.story(agent.id, 'other'))}/transcript"

    async def read(**query: Any) -> tuple[list[int], dict[str, Any]]:
        body = (await owner.send("GET", path, params=query)).json()
        return [int(message["text"]) for message in body["data"]["messages"]], body["metadata"]

    lines, metadata = await read()
    assert (lines, metadata["total"]) == (list(range(500)), 1_201)
    for order, expected in (("asc", list(range(1_201))), ("desc", list(reversed(range(1_201))))):
        walked, metadata = await read(order=order, limit=400)
        while "nextCursor" in metadata:
            more, metadata = await read(order=order, limit=400, cursor=metadata["nextCursor"])
            walked += more
        assert walked == expected
    assert (await read(page=3, limit=500))[0] == list(range(1_000, 1_201))
    _, metadata = await read()
    for wrong, query in (
        (other, {"cursor": metadata["nextCursor"]}),
        (path, {"cursor": metadata["nextCursor"], "order": "desc"}),
        (path, {"limit": 501}),
        (path, {"limit": 0}),
        (path, {"order": "up"}),
        (path, {"sort": "desc"}),
    ):
        assert (await owner.send("GET", wrong, params=query)).status_code == 422


@pytest.fixture
async def three(owner: Caller) -> tuple[Any, Any]:
    """Three calls of two agents: by Łucja and Anna on Friday, missed on Saturday."""
    first, second = (
        await factories.agent(owner.organization_id),
        await factories.agent(owner.organization_id, name="Ewa"),
    )
    await told(owner, *calls.story(first.id, "lucja"))
    await told(
        owner,
        calls.event(
            "call_started",
            second.id,
            "anna",
            callerName="Anna",
            callerNumber="+48512345678",
            startedAt="2026-11-20T22:59:59Z",
        ),
    )
    missed = {"startedAt": "2026-11-20T23:00:00Z", "endedAt": "2026-11-20T23:00:20Z", "status": "missed"}
    await told(owner, calls.event("call_ended", second.id, "missed", **missed))
    return first, second


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["missed", "anna", "lucja"]),
        ({"page": 2, "limit": 2}, ["lucja"]),
        ({"status": "missed"}, ["missed"]),
        ({"status": "completed"}, ["lucja"]),
        ({"outcome": "booked"}, ["lucja"]),
        ({"search": "LUCJA zak"}, ["lucja"]),
        ({"search": "keratyn"}, ["lucja"]),
        ({"search": "KERATYNĘ"}, ["lucja"]),
        ({"search": "512 345 678"}, ["anna"]),
        ({"search": "%"}, []),
        ({"startDate": "2026-11-20", "endDate": "2026-11-20"}, ["anna", "lucja"]),
        ({"startDate": "2026-11-21"}, ["missed"]),
        ({"endDate": "2026-11-19"}, []),
        ({"startDate": "2026-11-20T22:59:59Z", "endDate": "2026-11-20T23:59:59+01:00"}, ["anna"]),
        ({"startDate": "2026-11-21", "status": "completed"}, []),
    ],
)
async def test_the_seven_filters(owner: Caller, three: Any, query: dict[str, Any], expected: list[str]) -> None:
    """Warsaw is an hour ahead: the day of 20 November ends at 23:00 UTC."""
    assert await names(owner, **query) == expected


async def test_one_agents_calls(owner: Caller, three: tuple[Any, Any]) -> None:
    assert await names(owner, agentId=str(three[0].id)) == ["lucja"]


async def test_a_cursor_goes_on_under_the_same_filters_only(owner: Caller, three: Any) -> None:
    first = await owner.send("GET", PATH, params={"limit": 1, "endDate": "2026-11-21"})
    cursor = first.json()["metadata"]["nextCursor"]
    assert first.json()["metadata"]["total"] == 3
    second = await owner.send("GET", PATH, params={"limit": 1, "endDate": "2026-11-21", "cursor": cursor})
    assert [call["callId"] for call in second.json()["data"]] == ["anna"]
    assert second.json()["metadata"] == {**second.json()["metadata"], "page": 2, "total": 3}
    other = await owner.send("GET", PATH, params={"limit": 1, "endDate": "2026-11-22", "cursor": cursor})
    assert other.json()["error"]["details"][0] == {
        "path": ["query", "cursor"],
        "code": "invalid_cursor",
        "message": "The cursor does not belong to this list",
    }
