"""Entity tags, 304, and writes that only happen to the version one knows (api.md#conditional-requests, #caching)."""

import asyncio
import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from starlette.types import ASGIApp

from sekretarka.api import openapi_headers
from sekretarka.core import actor
from sekretarka.core.database import etags
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import AgentConnection, AgentStatus
from sekretarka.domain.tables import metadata
from tests import factories
from tests.api.routes import BODIES, QUERIES, ROUTES, body_at, filled, fingerprint, rows
from tests.clients import Caller

GETS = sorted(name for name in ROUTES if name.startswith("GET") and not name.endswith(("/stream", ".ics")))
CHANGES = sorted(
    name for name, (method, path, _) in ROUTES.items() if openapi_headers.has_condition(path, method.lower())
)
# It changes the session, not the organisation in its path.
ABOUT_THE_CALLER = {"POST /api/v1/organizations/{organization_id}/select"}
NEVER_STORED = re.compile("/users/me|/secret|/transcript|/recording|/messages|/message-threads|/billing")


async def place(owner: Caller, name: str) -> str:
    """The path of a route with rows of one's own in it."""
    return filled(ROUTES[name][1], (await rows(owner)).ids)


def resource_of(name: str) -> int:
    """How many parts of an action's path are its resource's own: those up to the last id."""
    parts = ROUTES[name][1].split("/")
    ids = [number for number, part in enumerate(parts) if part.startswith("{")]
    return ids[-1] + 1 if ids else len(parts)


@pytest.mark.parametrize("name", GETS)
async def test_every_answer_has_a_tag_and_is_sent_once(owner: Caller, name: str) -> None:
    path = f"{await place(owner, name)}?{urlencode(QUERIES.get(name, {}))}".rstrip("?")
    first = await owner.send("GET", path)
    tag = first.headers["etag"]
    data = first.json()["data"]
    if "version" in data:
        assert tag.startswith(f'"v{data["version"]}-{data["id"].replace("-", "")[-8:]}')
    assert first.headers["cache-control"] == ("private, no-store" if NEVER_STORED.search(name) else "private, no-cache")
    asked = [("GET", form) for form in (tag, f"W/{tag}", f'"x", {tag}', "*", f'"a,b",W/{tag}')]
    for method, if_none_match in (*asked, ("HEAD", tag)):
        again = await owner.send(method, path, headers={"If-None-Match": if_none_match})
        assert (again.status_code, again.content) == (304, b"")
        stored = ("etag", "cache-control", "vary")
        assert [again.headers[header] for header in stored] == [first.headers[header] for header in stored]
        assert "content-type" not in again.headers
    for other in ('"x"', "nonsense", '""', f'"{tag}', tag.strip('"')):
        assert (await owner.send("GET", path, headers={"If-None-Match": other})).status_code == 200
    head = await owner.send("HEAD", path)
    assert (head.headers["etag"], head.content) == (tag, b"")


async def test_a_read_may_demand_a_version(owner: Caller) -> None:
    path = await place(owner, "GET /api/v1/agents/{agent_id}")
    tag = (await owner.send("GET", path)).headers["etag"]
    assert (await owner.send("GET", path, headers={"If-Match": tag})).status_code == 200
    assert (await owner.send("GET", path, headers={"If-Match": "*", "If-None-Match": tag})).status_code == 304
    for wrong in ('"v9-00000000"', f"W/{tag}", ""):
        refused = await owner.send("GET", path, headers={"If-Match": wrong, "If-None-Match": tag})
        assert refused.json()["error"]["code"] == "PRECONDITION_FAILED", "If-Match is looked at first"
    nothing = await owner.send("GET", path.replace("a", "b"), headers={"If-Match": "*"})
    assert nothing.status_code == 404


async def test_a_list_is_new_when_a_row_is(owner: Caller) -> None:
    await factories.agent(owner.organization_id)
    before = (await owner.send("GET", "/api/v1/agents")).headers["etag"]
    [agent] = await owner.data("GET", "/api/v1/agents")
    await owner.data("PATCH", f"/api/v1/agents/{agent['id']}", json={"greeting": "Halo?"})
    fresh = await owner.send("GET", "/api/v1/agents", headers={"If-None-Match": before})
    assert (fresh.status_code, fresh.json()["data"][0]["greeting"]) == (200, "Halo?")


async def test_what_another_row_says_is_new_as_well(owner: Caller) -> None:
    """An agent shows how its connection fares; a delivery does not count as a change of the agent."""
    agent = await factories.agent(owner.organization_id)
    path = f"/api/v1/agents/{agent.id}"
    before = (await owner.send("GET", path)).headers["etag"]
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        connection = await uow.one_or_none(uow.select(AgentConnection).where(AgentConnection.agent_id == agent.id))
        assert connection is not None
        connection.last_refused_at = clock.now()
        uow.bump_version(connection)
    fresh = await owner.send("GET", path, headers={"If-None-Match": before})
    assert fresh.json()["data"]["connection"]["healthy"] is False
    changed = await owner.send("PATCH", path, json={"greeting": "Halo?"}, headers={"If-Match": before})
    assert changed.status_code == 200, "the version is still the one that was read"


async def test_an_organisations_tag_is_its_version(owner: Caller) -> None:
    path = f"/api/v1/organizations/{owner.organization_id}"
    tag = (await owner.send("GET", path)).headers["etag"]
    assert tag == f'"v1-{owner.organization_id.hex[-8:]}"'
    changed = await owner.send("PATCH", path, json={"name": "Mięta"})
    assert changed.headers["etag"] == (await owner.send("GET", path)).headers["etag"] == tag.replace("v1", "v2")


def test_every_change_can_be_tried() -> None:
    assert set(CHANGES) >= ABOUT_THE_CALLER
    assert all("{" in name or "users/me" in name for name in CHANGES)


async def tag_of(owner: Caller, name: str, path: str) -> str:
    """The tag of the resource; where it is only shown in a list, what its version says."""
    parts = path.split("/")[: resource_of(name)]
    if f"GET {'/'.join(ROUTES[name][1].split('/')[: resource_of(name)])}" in ROUTES:
        return str((await owner.send("GET", "/".join(parts))).headers["etag"])
    listed = await owner.data("GET", "/".join(parts[:-1]))
    [version] = [row["version"] for row in listed if row["id"] == parts[-1]]
    return f'"{etags.etag_for(version, UUID(parts[-1]))}"'


# The secret is no part of what the agent's tag stands for.
CHANGES_A_PART = {"POST /api/v1/agents/{agent_id}/connection/rotate"}


@pytest.mark.parametrize("name", sorted(set(CHANGES) - ABOUT_THE_CALLER))
async def test_every_change_may_demand_a_version(owner: Caller, name: str) -> None:
    method, path = ROUTES[name][0], await place(owner, name)
    body = {"json": body_at(path, BODIES[name])} if name in BODIES else {}
    tag = await tag_of(owner, name, path)
    version, rest = tag[2:-1].split("-", maxsplit=1)
    before = await fingerprint(owner.organization_id)
    stale = (f'"v{int(version) + 1}-{rest}"', f"W/{tag}", f'"v{version}-00000000"', "", tag.strip('"'), '"x", "y"')
    for wrong in ({"If-Match": value} for value in stale):
        refused = await owner.send(method, path, headers=wrong, **body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (412, "PRECONDITION_FAILED"), wrong
    for if_none_match in ("*", tag, f"W/{tag}"):
        assert (await owner.send(method, path, headers={"If-None-Match": if_none_match}, **body)).status_code == 412
    conditions = {"If-Match": tag, "If-None-Match": tag}
    assert (await owner.send(method, path, headers=conditions, **body)).status_code == 412
    assert await fingerprint(owner.organization_id) == before
    good = await owner.send(method, path, headers={"If-Match": f'"x", {tag}', "If-None-Match": '"x"'}, **body)
    assert good.status_code < 400, good.text
    if (
        method != "DELETE"
        and good.status_code != 201
        and name not in CHANGES_A_PART
        and await fingerprint(owner.organization_id) != before
    ):
        # The rest of a tag stands for the content, and differs without a new version.
        assert not (await tag_of(owner, name, path)).startswith(f'"v{version}-'), (
            "a change calls `uow.bump_version(row)`"
        )


@pytest.mark.parametrize("name", sorted(set(CHANGES) - ABOUT_THE_CALLER))
async def test_any_version_will_do_for_a_star(owner: Caller, stranger: Caller, viewer: Caller, name: str) -> None:
    method, path = ROUTES[name][0], await place(owner, name)
    body = {"json": body_at(path, BODIES[name])} if name in BODIES else {}
    if "{" in name:
        foreign = await place(stranger, name)
        for if_match in ("*", '"x"'):
            if foreign != path:  # a name is everybody's
                refused = await owner.send(method, foreign, headers={"If-Match": if_match}, **body)
                assert refused.status_code == 404, "what is not there is 404, whatever is demanded of it"
            unseen = 404 if "/users/me/" in name else 403
            assert (await viewer.send(method, path, headers={"If-Match": if_match}, **body)).status_code == unseen
    assert (await owner.send(method, path, headers={"If-Match": "*"}, **body)).status_code < 400


async def test_preconditions_need_a_version(owner: Caller) -> None:
    agent = {"name": "Ola", "language": "pl"}
    for headers in ({"If-Match": '"v1-00000000"'}, {"If-None-Match": "*"}):
        assert (await owner.send("POST", "/api/v1/agents", json=agent, headers=headers)).status_code == 412
    assert (await owner.send("GET", "/api/v1/agents")).json()["metadata"]["total"] == 0
    select = f"/api/v1/organizations/{owner.organization_id}/select"
    assert (await owner.send("POST", select, headers={"If-Match": '"v1-00000000"'})).status_code == 412


PATCHES = sorted(name for name in CHANGES if name.startswith("PATCH"))


@pytest.mark.parametrize("name", PATCHES)
async def test_a_patch_may_demand_the_instant_of_the_last_change(owner: Caller, name: str) -> None:
    path = await place(owner, name)
    seen = (await owner.data("GET", path))["updatedAt"]
    body = {**BODIES[name], "ifUpdatedAt": seen}
    changed = await owner.data("PATCH", path, json=body)
    assert changed["updatedAt"] > seen, "no two versions share an instant"
    stale = await owner.send("PATCH", path, json=body)
    assert stale.json()["error"]["code"] == "PRECONDITION_FAILED"
    same = {"ifUpdatedAt": changed["updatedAt"].replace("Z", "+00:00")}
    unchanged = await owner.send("PATCH", path, json=same)
    assert unchanged.json()["data"] == changed, "an empty patch changes nothing"
    assert (await owner.send("PATCH", path, json={"ifUpdatedAt": seen})).status_code == 412
    everything: tuple[Any, ...] = (None, 1_700_000_000, "yesterday", "2026-11-20T10:00:00", "2026-11-20T10:00:60Z", {})
    for nonsense in everything:
        refused = await owner.send("PATCH", path, json={"ifUpdatedAt": nonsense})
        assert refused.json()["error"]["details"][0]["path"] == ["body", "ifUpdatedAt"], nonsense


async def test_microseconds_count_where_they_are_given(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    path = f"/api/v1/agents/{agent.id}"
    exact = agent.updated_at.replace(microsecond=123_456)
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        (await uow.get(type(agent), agent.id)).updated_at = exact
    for micro, status in ((123_455, 412), (123_999, 412), (122_000, 412), (123_456, 200), (123_000, 200)):
        if_updated_at = exact.replace(microsecond=micro).isoformat()
        assert (await owner.send("PATCH", path, json={"ifUpdatedAt": if_updated_at})).status_code == status, micro


@pytest.mark.parametrize("how", ["If-Match", "ifUpdatedAt", "activate"])
async def test_of_many_at_once_one_changes_it(app: ASGIApp, owner: Caller, how: str) -> None:
    """Everyone has read the same version; whoever comes second is told so, on both databases."""
    agent = await factories.agent(owner.organization_id, status=AgentStatus.INACTIVE)
    path = f"/api/v1/agents/{agent.id}"
    for round_number in range(3):
        seen = await owner.send("GET", path)
        tag, updated_at = seen.headers["etag"], seen.json()["data"]["updatedAt"]

        async def change(number: int, tag: str = tag, updated_at: str = updated_at, turn: int = round_number) -> int:
            if how == "activate":
                action = "deactivate" if turn % 2 else "activate"
                return (await owner.send("POST", f"{path}/{action}", headers={"If-Match": tag})).status_code
            body: dict[str, Any] = {"greeting": f"{turn}-{number}"}
            headers = {"If-Match": tag} if how == "If-Match" else {}
            if how == "ifUpdatedAt":
                body["ifUpdatedAt"] = updated_at
            return (await owner.send("PATCH", path, json=body, headers=headers)).status_code

        assert Counter(await asyncio.gather(*map(change, range(12)))) == {200: 1, 412: 11}
        assert (await owner.data("GET", path))["version"] == round_number + 2


async def test_without_a_demand_every_change_counts(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    path = f"/api/v1/agents/{agent.id}"
    fields = [{"greeting": "Halo"}, {"voiceId": "x"}, {"knowledgeBase": {"a": 1}}, {"knowledgeBase": {"b": 2}}]
    await asyncio.gather(*(owner.data("PATCH", path, json=fields[number % 4]) for number in range(12)))
    after = await owner.data("GET", path)
    assert (after["greeting"], after["voiceId"], after["knowledgeBase"]) == ("Halo", "x", {"a": 1, "b": 2})
    assert after["version"] == 5, "what changes nothing is no version"


@pytest.mark.parametrize("name", PATCHES)
async def test_an_empty_patch_is_fine_and_no_version(owner: Caller, name: str) -> None:
    path = await place(owner, name)
    before = await owner.send("GET", path)
    for media_type in ("application/json", "application/merge-patch+json"):
        answer = await owner.send("PATCH", path, content=b"{}", headers={"Content-Type": media_type})
        assert (answer.status_code, answer.json()) == (200, before.json())
        assert answer.headers["etag"] == before.headers["etag"]


def test_tags_are_read_as_written() -> None:
    assert etags.parse('"a", W/"b" ,"c,d"') == ('"a"', 'W/"b"', '"c,d"')
    assert etags.parse(" * ") == ("*",)
    assert etags.parse('a, b, "') == ()
    assert not etags.matches_any(('W/"a"',), '"a"')
    assert etags.matches_any(('W/"a"',), '"a"', weakly=True)
    assert etags.matches(('"v3-1a2b3c4d-ffff"',), "v3-1a2b3c4d")
    assert not etags.matches(('"v31-1a2b3c4d"', '"v3-1a2b3c4dx"'), "v3-1a2b3c4d")


def test_what_shows_one_row_shows_nothing_else() -> None:
    """A tag without a hash is right only if no other row can change the answer."""
    from sekretarka.core.web.schemas import VersionedView

    columns = {column.name for table in metadata.sorted_tables for column in table.c}
    for view in VersionedView.__subclasses__():
        assert set(view.model_fields) <= columns, view
