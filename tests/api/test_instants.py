"""Instants and days (api.md#times, #filters): what is taken, how it is shown, and the days on which clocks change."""

from typing import Any

import pytest

from tests import factories
from tests.clients import Caller

PATH = "/api/v1/conversations"


async def tell(program: Caller, agent_id: Any, call_id: str, started_at: Any) -> Any:
    body = {"agentId": str(agent_id), "callId": call_id, "startedAt": started_at}
    return await program.send("POST", PATH, json=body)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-22T15:24:06Z", "2026-11-22T15:24:06.000Z"),
        ("2026-11-22T15:24:06.123456Z", "2026-11-22T15:24:06.123Z"),
        ("2026-11-22T16:24:06.1239+01:00", "2026-11-22T15:24:06.123Z"),
        ("2026-11-22t15:24:06z", "2026-11-22T15:24:06.000Z"),
        ("2026-11-22T01:00:00+14:00", "2026-11-21T11:00:00.000Z"),
        ("2027-03-28T02:30:00+01:00", "2027-03-28T01:30:00.000Z"),
        ("2027-10-31T02:30:00+02:00", "2027-10-31T00:30:00.000Z"),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T01:30:00.000Z"),
        ("2028-02-29T12:00:00Z", "2028-02-29T12:00:00.000Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
    ],
)
async def test_instants_are_shown_in_utc_with_milliseconds(
    owner: Caller, program: Caller, instant: str, expected: str
) -> None:
    agent = await factories.agent(owner.organization_id)
    response = await tell(program, agent.id, "c", instant)
    assert response.json()["data"]["startedAt"] == expected
    assert (await owner.data("GET", f"{PATH}/{response.json()['data']['id']}"))["startedAt"] == expected


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22T15:24:06",
        "2026-11-22",
        "2026-11-22T24:00:01Z",
        "2026-11-22T15:24:60Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-11-22T15:24:06+25:00",
        "1969-12-31T23:59:59Z",
        "2100-01-01T00:00:01Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "1795361046",
        "1795361046.5",
        "+1795361046",
        "1.795361046e9",
        "now",
        "",
        1795361046,
        1795361046.5,
        True,
        ["2026-11-22T15:24:06Z"],
    ],
)
async def test_what_is_no_instant_is_refused(owner: Caller, program: Caller, value: Any) -> None:
    agent = await factories.agent(owner.organization_id)
    refused = await tell(program, agent.id, "c", value)
    assert refused.status_code == 422
    assert refused.json()["error"]["details"][0]["path"] == ["body", "startedAt"]
    assert str(value) not in refused.text or not value


@pytest.mark.parametrize(
    ("day", "first", "last", "outside"),
    [
        # 23 hours, 25 hours, and an ordinary day, in Warsaw.
        (
            "2027-03-28",
            "2027-03-27T23:00:00Z",
            "2027-03-28T21:59:59Z",
            ["2027-03-27T22:59:59Z", "2027-03-28T22:00:00Z"],
        ),
        (
            "2027-10-31",
            "2027-10-30T22:00:00Z",
            "2027-10-31T22:59:59Z",
            ["2027-10-30T21:59:59Z", "2027-10-31T23:00:00Z"],
        ),
        (
            "2027-06-01",
            "2027-05-31T22:00:00Z",
            "2027-06-01T21:59:59Z",
            ["2027-05-31T21:59:59Z", "2027-06-01T22:00:00Z"],
        ),
    ],
)
async def test_a_day_is_the_organisations_whole_day(
    owner: Caller, program: Caller, day: str, first: str, last: str, outside: list[str]
) -> None:
    agent = await factories.agent(owner.organization_id)
    for call_id, moment in (("first", first), ("last", last), ("before", outside[0]), ("after", outside[1])):
        assert (await tell(program, agent.id, call_id, moment)).status_code == 201
    calls = await owner.data("GET", PATH, params={"startDate": day, "endDate": day})
    assert [call["callId"] for call in calls] == ["last", "first"]
