"""What a client with a raw websocket can do: each row of security.md#the-dashboards-websocket, as we want it."""

import asyncio
import json
import re
from typing import Any

import httpx2
import pytest

from sekretarka.core.permissions import Role
from sekretarka.core.runtime.settings import settings
from sekretarka.ui.reflex_internals import ROOT
from tests.support.workspace import ROOT as ROOT_FOLDER
from tests.ui.conftest import Dashboard, People
from tests.ui.tab import Refused, Tab, unguarded

UPDATE_VARS = f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal"
FRONTEND_EXCEPTION = f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception"
BOOT = f"{ROOT}.hydrate_and_load"
FORBIDDEN, INVALID, THROTTLED = "FORBIDDEN", "VALIDATION_ERROR", "RATE_LIMITED"  # ids of the toasts


async def test_another_origin_is_refused(dashboard: Dashboard, people: People) -> None:
    own = dashboard.url
    for origin in ("https://evil.example", "null", own.replace("127.0.0.1", "evil.127.0.0.1"), f"{own}.evil.example"):
        with pytest.raises(Refused):
            await dashboard.tab(people["owner"].session, origin=origin)
    tab = await dashboard.tab(people["owner"].session)
    await tab.settle()


async def test_no_origin_is_no_browser_and_gets_what_its_cookie_gives(dashboard: Dashboard) -> None:
    tab = await dashboard.tab(origin=None)
    await tab.call(unguarded("write"), {"n": 1})
    assert dashboard.ran() == []


async def test_nobody_runs_nothing_and_is_sent_to_sign_in(dashboard: Dashboard) -> None:
    tab = await dashboard.tab()
    for name, payload in (("write", {"n": 1}), ("hold", {"word": "x"}), ("write_later", {"n": 1}), ("chains", {})):
        await tab.call(unguarded(name), payload, path="/dashboard")
    assert dashboard.ran() == []
    assert "/login?callbackUrl=/dashboard" in tab.scripts()


async def test_an_invented_session_is_nobody(dashboard: Dashboard) -> None:
    for session in ("0" * 64, "x", "", "'; drop table sessions", "%00", "a" * 4_000):
        tab = await dashboard.tab(session)
        await tab.call(unguarded("hold"), {"word": "x"})
    assert dashboard.ran() == []


async def test_public_handlers_run_for_nobody(dashboard: Dashboard) -> None:
    tab = await dashboard.tab()
    await tab.call(unguarded("open_to_all"), {"n": 4})
    assert dashboard.ran() == ["open_to_all 4"]


@pytest.mark.parametrize("payload", [{"n": "abc"}, {"n": {"$ne": 1}}, {"n": "1"}, {"n": True}, {"n": 1.5}, {"n": None}])
async def test_an_argument_of_another_type_never_arrives(dashboard: Dashboard, people: People, payload: Any) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(unguarded("write"), payload)
    assert dashboard.ran() == []
    assert INVALID in tab.scripts()


async def test_arguments_are_exactly_those_declared(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    for payload in ({}, {"n": 1, "role": "owner"}, {"n": 1, "self": 1}, {"n": 1, "key": "no-uuid"}, {"n": 1, "key": 5}):
        await tab.call(unguarded("write"), payload)
    assert dashboard.ran() == []
    key = str(people.organization_id)
    await tab.call(unguarded("write"), {"n": 1, "key": key})
    assert dashboard.ran() == [f"write 1 UUID('{key}')"]


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("undecorated", {}),
        ("grant_role", {"role": "owner"}),
        ("set_shown", {"value": "evil"}),
        ("setvar", {"var_name": "shown", "value": "evil"}),
        ("_private", {}),
        ("unguarded_background", {}),
        ("reset", {}),
        ("get_state", {"state_cls": "x"}),
    ],
)
async def test_what_was_not_declared_does_not_run(
    dashboard: Dashboard, people: People, name: str, payload: dict[str, Any]
) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(unguarded(name), payload)
    await tab.call(f"{ROOT}.setvar", {"var_name": "is_hydrated", "value": True})
    await tab.call(unguarded("hold"), {"word": "afterwards"})
    assert dashboard.ran() == ["hold owner"]


async def test_chained_events_pass_the_guard_as_well(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(unguarded("chains"))
    await tab.call(unguarded("hold"), {"word": "afterwards"})
    assert dashboard.ran() == ["chains", "hold owner"]


async def test_background_handlers_pass_the_guard_as_well(dashboard: Dashboard, people: People) -> None:
    for name, runs in (("viewer", False), ("staff", False), ("stranger", True), ("owner", True)):
        dashboard.mark()
        tab = await dashboard.tab(people[name].session)
        await tab.call(unguarded("write_later"), {"n": 3})
        await tab.call(unguarded("hold"), {"word": "afterwards"})
        assert ("write_later 3" in dashboard.ran()) is runs, name


async def test_forms_are_plain_text_by_field(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["viewer"].session)
    await tab.call(unguarded("submit"), {"form": {"__reflex_form_data__": [["name", "Iga"], ["on", "true"]]}})
    wrong: list[Any] = [[], "x", {"a": {"b": 1}}, {"__reflex_form_data__": [["a"]]}, {str(n): "" for n in range(101)}]
    for form in wrong:
        await tab.call(unguarded("submit"), {"form": form})
    assert dashboard.ran() == ["submit ['name', 'on']"]


async def test_vars_cannot_be_written_from_outside(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    state = unguarded("").removesuffix(".")
    forged_values = {f"{state}.{name}": "evil-value" for name in ("shown", "held", "_hidden", "shown_rx_state_")}
    await tab.call(UPDATE_VARS, {"vars": forged_values})
    await tab.call(BOOT, {"vars": forged_values, "hashes": None})
    await tab.call(BOOT, {"vars": {"nonsense": {"deep": []}}})
    assert "public-canary" in tab.text()
    assert "evil-value" not in tab.text()


async def test_hydration_shows_no_private_var_and_no_credential(dashboard: Dashboard, people: People) -> None:
    session = people["owner"].session
    tab = await dashboard.tab(session, headers={"Authorization": "Bearer canary-authorization"})
    await tab.call(BOOT)
    assert "public-canary" in tab.text()
    for canary in ("private-canary", session, "canary-authorization"):
        assert canary not in tab.text()


async def test_forged_headers_are_overwritten(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab()
    cookie = f"authjs.session-token={people['owner'].session}"
    forged = {"headers": {"cookie": cookie}, "cookie": cookie, "ip": "1.2.3.4", "sid": "x", "token": "x"}
    event = {"name": unguarded("hold"), "payload": {"word": "x"}, "router_data": {**forged, "pathname": "/dashboard"}}
    await tab.raw("event", event)
    await tab.raw("event", {**event, "token": "x", "substate_name": "x", "headers": {"cookie": cookie}})
    await tab.settle()
    assert dashboard.ran() == []


async def test_a_leaked_client_token_hands_over_nothing(dashboard: Dashboard, people: People) -> None:
    victim = await dashboard.tab(people["owner"].session)
    await victim.call(unguarded("hold"), {"word": "victims-canary"})
    connected = await dashboard.tab(token=victim.token)
    await connected.call(BOOT)
    await victim.close()
    thieves = [await _thief(dashboard, victim, people["stranger"].session), await _thief(dashboard, victim, None)]
    for thief in (connected, *thieves):
        assert "victims-canary" not in thief.text()
        assert str(people["owner"].actor.user_id) not in thief.text()


async def _thief(dashboard: Dashboard, victim: Tab, session: str | None) -> Tab:
    thief = await dashboard.reopen(victim.token, session, boot={"name": BOOT, "payload": {}})
    await thief.call(BOOT)
    await thief.close()
    return thief


async def test_the_same_person_keeps_the_tab_over_a_lost_connection(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(unguarded("hold"), {"word": "still-here"})
    await tab.close()
    again = await dashboard.reopen(tab.token, people["owner"].session)
    await again.call(BOOT)
    assert "still-here" in again.text()


async def test_a_client_token_is_one_that_a_browser_makes(dashboard: Dashboard) -> None:
    for token in ("", "x" * 65, "a/b", "a%00b", "a&token=b", "../x", "%C5%82"):
        with pytest.raises(Refused):
            await dashboard.tab(token=token)


async def test_an_event_of_two_megabytes_closes_the_socket(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.send(unguarded("hold"), {"word": "x" * 2_000_000})
    await tab.until(tab.closed.is_set)
    assert dashboard.ran() == []
    after = await dashboard.tab(people["owner"].session)
    await after.call(unguarded("hold"), {"word": "x"})
    assert dashboard.ran() == ["hold owner"]


async def test_a_burst_is_cut_for_one_socket(dashboard: Dashboard) -> None:
    tab = await dashboard.tab()
    for n in range(2_000):
        await tab.send(unguarded("open_to_all"), {"n": n})
    await tab.until_script(THROTTLED)
    await dashboard.idle()
    assert 60 <= len(dashboard.ran()) < 250


async def test_a_burst_is_cut_for_one_person_over_many_sockets(dashboard: Dashboard, people: People) -> None:
    tabs = [await dashboard.tab(people["owner"].session) for _ in range(6)]
    for _ in range(55):
        for tab in tabs:
            await tab.send(unguarded("hold"), {"word": "x"})
    for tab in tabs:
        await tab.until_script(THROTTLED)
    await dashboard.idle()
    assert 60 <= len(dashboard.ran()) < 200


async def test_uploads_do_not_exist(dashboard: Dashboard) -> None:
    async with httpx2.AsyncClient(base_url=dashboard.url) as client:
        answers = [await client.post("/_upload"), await client.get("/_upload/x")]
    assert [answer.status_code for answer in answers] == [404, 404]


async def test_other_origins_cannot_read_over_http(dashboard: Dashboard) -> None:
    async with httpx2.AsyncClient(base_url=dashboard.url) as client:
        for path in ("/ping", "/_health"):
            answer = await client.get(path, headers={"Origin": "https://evil.example"})
            assert "access-control-allow-origin" not in answer.headers


async def test_an_unknown_event_leaves_no_cookie_in_the_log(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    for name in ("nothing.of.ours", f"{ROOT}.nothing", "", "x" * 10_000, "name\nforged line", "hydrate"):
        await tab.call(name, {"password": "canary-password"})
    logged = dashboard.logged()
    assert "refused" in logged
    for canary in (people["owner"].session, "canary-password", "forged line", "x" * 200):
        assert canary not in logged


@pytest.mark.parametrize("data", [None, 5, "text-canary", ["canary"], {}, {"name": 5}, {"name": {"canary": 1}}])
async def test_what_is_no_event_is_dropped_silently(dashboard: Dashboard, people: People, data: Any) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.raw("event", data)
    await tab.raw("event")
    await tab.raw("event", json.dumps({"name": unguarded("hold"), "payload": {"word": "canary"}}))
    for part in ({"payload": "canary"}, {"router_data": "canary"}, {"router_data": {"query": "canary"}}):
        await tab.raw("event", {"name": unguarded("hold"), "payload": {"word": "x"}, **part})
    for path in (5, None, "no-slash-canary", "/" * 5_000, ["/"]):
        await tab.raw("event", {"name": unguarded("hold"), "payload": {"word": "x"}, "router_data": {"pathname": path}})
    await tab.settle()
    assert dashboard.ran() == []
    assert "canary" not in dashboard.logged()
    assert "Traceback" not in dashboard.logged()


async def test_deeply_nested_json_hurts_nobody(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.socket.send('42/_event,["event",' + "[" * 200_000)
    await tab.socket.send('42/_event,["event",{"name":"' + unguarded("hold") + '","payload":' + '{"a":' * 20_000)
    after = await dashboard.tab(people["owner"].session)
    await after.call(unguarded("hold"), {"word": "x"})
    assert dashboard.ran() == ["hold owner"]


async def test_a_badly_typed_argument_is_not_logged(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(unguarded("write"), {"n": "hunter2-secret"})
    await tab.call(unguarded("write"), {"n": 1, "hunter2-secret": "hunter2-secret"})
    assert "refused" in dashboard.logged()
    assert "hunter2-secret" not in dashboard.logged()


async def test_reports_from_browsers_cannot_fill_the_log(dashboard: Dashboard) -> None:
    for _ in range(3):
        tab = await dashboard.tab()
        for n in range(30):
            crash = {"info": f"boom {n}\nERROR forged\x1b[31m" + "y" * 5_000, "component_stack": "z" * 5_000}
            await tab.send(FRONTEND_EXCEPTION, crash)
            await tab.raw("client_error", {"error_type": "x\nERROR forged", "message": "boom\nERROR forged" * 500})
        await tab.settle()
    logged = dashboard.logged()
    assert 1 <= sum("boom" in line for line in logged.splitlines()) <= 20
    assert not any(line.startswith("ERROR forged") for line in logged.splitlines())
    assert "\x1b[31m" not in logged
    assert len(logged) < 30_000


async def test_a_failure_has_a_number_and_keeps_its_words(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(unguarded("fails"), {"secret": "secret-canary"})
    await tab.until_script("unexpected")
    number = re.search(r"event ([0-9a-f]{12}) failed: RuntimeError", dashboard.logged())
    assert number
    assert number[1] in tab.scripts()
    assert "secret-canary" not in dashboard.logged() + tab.text()


async def test_the_service_decides_even_when_the_declaration_was_too_wide(dashboard: Dashboard, people: People) -> None:
    for role in Role:
        dashboard.mark()
        tab = await dashboard.tab(people[role.value].session)
        await tab.call(unguarded("forbidden_inside"))
        if role is Role.OWNER:
            assert dashboard.ran() == ["forbidden_inside"]
        else:
            await tab.until_script(FORBIDDEN)
            assert dashboard.ran() == []


def test_states_are_never_written_to_disk(running: Dashboard) -> None:
    assert list((ROOT_FOLDER / ".states").glob("*")) == []


async def test_one_tab_too_many_is_told_and_closed(dashboard: Dashboard, people: People) -> None:
    viewer, owner = people["viewer"].session, people["owner"].session
    tabs = await asyncio.gather(*(dashboard.tab(viewer) for _ in range(settings.max_tabs_user)))
    late = await dashboard.tab(viewer)
    await late.send(unguarded("hold"), {"word": "late"})
    await late.until_script("sekretarkaEntry.full")
    await asyncio.wait_for(late.closed.wait(), 5)
    await tabs[-1].call(unguarded("hold"), {"word": "fits"})
    await (await dashboard.tab(owner)).call(unguarded("hold"), {"word": "other"})
    assert dashboard.ran() == ["hold viewer", "hold owner"]
    await tabs[0].close()
    await asyncio.sleep(0.3)
    await (await dashboard.tab(viewer)).settle()
