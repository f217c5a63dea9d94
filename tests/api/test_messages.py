"""`/messages`: found by what they are, and seen by nobody on the way."""

import pytest

from tests import factories
from tests.clients import Caller

PATH = "/api/v1/messages"
THREADS = "/api/v1/message-threads"


async def test_message_is_found_and_read(owner: Caller) -> None:
    client = await factories.client(owner.organization_id)
    message = await factories.message(owner.organization_id)
    await factories.message(owner.organization_id, channel="email", to="iga@poczta.example", subject="Wizyta")
    listed = await owner.send("GET", PATH, params={"channel": "sms", "clientId": str(client.id)})
    assert listed.headers["cache-control"] == "private, no-store"
    [found] = listed.json()["data"]
    assert listed.json()["metadata"]["total"] == 1
    read = await owner.send("GET", f"{PATH}/{message.id}")
    assert read.headers["cache-control"] == "private, no-store"
    assert read.json()["data"] == found
    assert (found["from"], found["to"], found["status"]) == ("Lawenda", "+48601000111", "sent")


@pytest.mark.parametrize("query", [{"status": "read"}, {"channel": "SMS"}, {"sort": "body"}, {"clientId": "1"}])
async def test_unknown_filters_are_refused(owner: Caller, query: dict[str, str]) -> None:
    answer = await owner.send("GET", PATH, params=query)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["path"] == ["query", *query]


async def test_walking_shows_each_message_once(owner: Caller) -> None:
    expected = [str((await factories.message(owner.organization_id, body=f"Nr {n}")).id) for n in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while len(seen) < 10:
        page = await owner.send("GET", PATH, params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        seen += [row["id"] for row in page.json()["data"]]
        cursor = page.json()["metadata"].get("nextCursor")
        if cursor is None:
            break
    assert seen == expected[::-1]


async def test_threads_are_listed_and_marked_as_read(owner: Caller) -> None:
    client = await factories.client(owner.organization_id)
    await factories.reply(owner.organization_id)
    listed = await owner.send("GET", THREADS, params={"unread": "true"})
    assert listed.headers["cache-control"] == "private, no-store"
    [thread] = listed.json()["data"]
    assert (thread["id"], thread["clientName"], thread["unreadCount"]) == (str(client.id), "Anna Kowalska", 1)
    assert thread["lastMessage"]["body"] == "Spóźnię się."
    read = await owner.send("PATCH", f"{THREADS}/{client.id}", json={"read": True})
    assert (read.status_code, read.json()["data"]["unreadCount"]) == (200, 0)
    assert (await owner.send("GET", THREADS, params={"unread": "true"})).json()["data"] == []
    assert (await owner.send("GET", f"{THREADS}/{client.id}")).json()["data"] == read.json()["data"]
