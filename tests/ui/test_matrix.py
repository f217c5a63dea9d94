"""Event × actor, generated from the registry: the same table of roles decides here and in the API."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import ROLE_PERMISSIONS, Permission, Role
from sekretarka.domain.accounts import sessions
from sekretarka.domain.escalations.models import Escalation
from sekretarka.domain.notifications import service as preferences
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.organizations.models import Membership
from sekretarka.domain.tables import metadata
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Template
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.support import bookings
from tests.ui import registry
from tests.ui import signed_calls as ringing
from tests.ui.conftest import Dashboard, People
from tests.ui.registry import Event
from tests.ui.tab import Tab, unguarded

REVIEWED = Path(__file__).with_name("roles.txt")
ACTORS = ("anonymous", *(role.value for role in Role), "stranger")


@pytest.fixture(scope="module")
async def running(running: Dashboard) -> AsyncIterator[Dashboard]:
    """For tables that try every event in turn: what a user may send in a second has its own tests."""
    tab = await running.tab()
    await tab.call(unguarded("limit_bursts"), {"on": False})
    yield running
    tab = await running.tab()
    await tab.call(unguarded("limit_bursts"), {"on": True})
    await running.quiet()


def expected(event: Event, who: str) -> str | None:
    """The word that the server must answer with when nothing but the arguments is wrong."""
    if event.access is None:
        return None
    if event.access == "public":
        return "VALIDATION_ERROR"
    if who == "anonymous":
        return "/login"
    if event.access == "signed-in":
        return "VALIDATION_ERROR"
    role = Role.OWNER if who == "stranger" else Role(who)
    return "VALIDATION_ERROR" if Permission(event.access) in ROLE_PERMISSIONS[role] else "FORBIDDEN"


async def answer(tab: Tab, event: Event, payload: dict[str, Any]) -> str:
    """What the server asks the page to do after this event alone."""
    tab.events.clear()
    await tab.call(event.name, payload)
    if event.background or not tab.events:  # what a handler raised is told a moment after it ended
        await asyncio.sleep(0.05)
        await tab.settle()
    return tab.scripts()


@pytest.mark.parametrize("who", ACTORS)
async def test_every_event_for_every_actor(dashboard: Dashboard, people: People, who: str) -> None:
    """An argument that no handler has shows who gets as far as the arguments; nothing runs."""
    tab = await dashboard.tab(None if who == "anonymous" else people[who].session)
    wrong = {}
    for event in registry.events():
        if event.access == "framework":
            continue
        reply = await answer(tab, event, {"no_such_argument": 1})
        want = expected(event, who)
        if (want is None and reply != "[]") or (want is not None and want not in reply):
            wrong[event.short] = f"wanted {want}, got {reply}"
    assert wrong == {}


def table() -> str:
    """Who may cause what, for people to read; what is told to nobody is left out."""
    signs = {"VALIDATION_ERROR": "yes", "/login": "-", "FORBIDDEN": "-"}
    whos = ("anonymous", *(role.value for role in Role))
    lines = [("", *whos, "needs")]
    lines += [
        (event.short, *(signs[str(expected(event, who))] for who in whos), str(event.access))
        for event in sorted(registry.events(), key=lambda event: event.short)
        if event.access not in (None, "framework")
    ]
    width = max(len(line[0]) for line in lines)
    rows = (f"{name:<{width}}  {'  '.join(f'{cell:<9}' for cell in cells)}".rstrip() for name, *cells in lines)
    return "\n".join(rows) + "\n"


def test_the_table_of_events_is_the_one_that_was_reviewed() -> None:
    assert REVIEWED.read_text(encoding="utf-8") == table(), "if meant: make regenerate"


async def test_every_permission_is_tried_on_both_sides() -> None:
    """The matrix would prove little if every role might do everything."""
    cells = {expected(event, who) for event in registry.events() for who in ACTORS if event.access != "framework"}
    assert cells == {None, "/login", "FORBIDDEN", "VALIDATION_ERROR"}


# A row of ours for every event that takes an id: what a stranger sends must change and tell as little as a random id.


async def _conversation(organization_id: UUID) -> UUID:
    return (await ringing.past_call(organization_id)).id


async def _appointment(organization_id: UUID) -> UUID:
    return (await bookings.rows(organization_id))["appointment"]


async def _template(organization_id: UUID) -> UUID:
    async with begin(actor.system(organization_id)) as uow:
        return (await templates.get(uow, Template.CONFIRMATION)).id


async def _gateway(organization_id: UUID) -> UUID:
    async with begin(actor.system(organization_id), write=True) as uow:
        return (await factories.add_sms_gateway(uow)).id


async def _client(organization_id: UUID) -> UUID:
    return (await factories.client(organization_id)).id


async def _thread(organization_id: UUID) -> UUID:
    client_id = (await factories.reply(organization_id)).client_id
    assert client_id is not None
    return client_id


async def _agent(organization_id: UUID) -> UUID:
    return (await factories.agent(organization_id)).id


async def _owner(organization_id: UUID) -> UUID:
    async with begin(actor.system()) as uow:
        condition = (col(Membership.organization_id) == organization_id) & (col(Membership.role) == Role.OWNER)
        owner_id: UUID = (await uow.execute(sa.select(col(Membership.user_id)).where(condition))).scalar_one()
    return owner_id


async def _api_key(organization_id: UUID) -> UUID:
    owner = await _owner(organization_id)
    async with begin(actor.system(), write=True) as uow:
        return api_keys.issue(uow, organization_id, owner, "Kanarek", [Permission.AGENTS_READ])[0].id


async def _session(organization_id: UUID) -> UUID:
    owner = await _owner(organization_id)
    async with begin(actor.system(), write=True) as uow:
        return sessions.start(uow, owner, organization_id, None)[0].id


async def _member(organization_id: UUID) -> UUID:
    user_id = (await factories.member(organization_id, Role.STAFF)).user_id
    assert user_id is not None
    return user_id


async def _invitation(organization_id: UUID) -> UUID:
    return (await factories.invitation(organization_id)).id


async def _identity(organization_id: UUID) -> UUID:
    owner = await _owner(organization_id)
    await factories.identity(owner)
    return (await factories.identity(owner)).id


async def _organization(organization_id: UUID) -> UUID:
    return organization_id


async def _service(organization_id: UUID) -> UUID:
    return (await factories.service(organization_id)).id


async def _staff(organization_id: UUID) -> UUID:
    return (await factories.staff(organization_id)).id


async def _preferences(organization_id: UUID) -> UUID:
    return preferences.id_of(organization_id, await _owner(organization_id))


async def _task(organization_id: UUID) -> UUID:
    return (await factories.task(organization_id)).id


async def _time_off(organization_id: UUID) -> UUID:
    return (await bookings.rows(organization_id))["time_off"]


async def _urgent_call(organization_id: UUID) -> UUID:
    call_id = await _conversation(organization_id)
    async with begin(actor.system(organization_id), write=True) as uow:
        uow.add(Escalation(id=new_id(), organization_id=organization_id, conversation_id=call_id, minutes=5))
    return call_id


FOREIGN: dict[str, tuple[str, Callable[[UUID], Awaitable[UUID]], dict[str, Any]]] = {
    "agents_state.delete": ("agent_id", _agent, {}),
    "agents_state.toggle": ("agent_id", _agent, {"on": True}),
    "api_keys_state.revoke": ("key_id", _api_key, {}),
    "api_keys_state.rotate": ("key_id", _api_key, {}),
    "merge_client_state.merge": ("client_id", _client, {"other_id": str(UUID(int=1))}),
    "merge_client_state.search": ("client_id", _client, {"text": "Anna"}),
    "clients_state.block": ("client_id", _client, {"on": True}),
    "clients_state.save": ("edit", _client, {"notes": "x"}),
    "appointments_state.move": (
        "appointment_id",
        _appointment,
        {"at": "2031-01-07T10:00:00Z", "staff_id": str(uuid4())},
    ),
    "conversations_state.save": ("edit", _conversation, {"state": "open", "notes": "x"}),
    "conversations_state.take": ("conversation_id", _urgent_call, {}),
    "edit_agent_state.save_voice": ("edit", _agent, {"name": "x"}),
    "edit_agent_state.save_greeting": ("edit", _agent, {"greeting": "x"}),
    "edit_agent_state.save_knowledge": ("edit", _agent, {"facts": '[{"text": "x"}]'}),
    "edit_agent_state.save_permissions": ("edit", _agent, {"capability.book": "on"}),
    "hours_state.save_hours": ("edit", _organization, {"businessHours": "{}"}),
    "hours_state.save_closed": ("edit", _organization, {"closedDays": "[]"}),
    "hours_state.save_rules": ("edit", _organization, {"slotMinutes": "30"}),
    "ladder_state.save": ("edit", _organization, {"minutes": "9"}),
    "organization_state.save_company": ("edit", _organization, {"name": "x"}),
    "organization_state.save_place": ("edit", _organization, {"city": "x"}),
    "organization_state.save_rules": ("edit", _organization, {"dailyLimit": "9"}),
    "preferences_state.save": ("edit", _preferences, {"emailCalls": "none"}),
    "profile_state.save": ("edit", _owner, {"name": "x"}),
    "services_state.save": ("edit", _service, {"name": "x"}),
    "staff_state.save": ("edit", _staff, {"name": "x"}),
    "schedule_state.save_hours": ("edit", _staff, {"weeklyHours": '{"mon": []}'}),
    "linking_state.unlink": ("identity_id", _identity, {}),
    "messages_state.mark_read": ("client_id", _thread, {}),
    "messages_state.mark_unread": ("client_id", _thread, {}),
    "overview_appointments_state.confirm": ("appointment_id", _appointment, {}),
    "overview_state.mark_done": ("task_id", _task, {}),
    "tasks_state.mark_done": ("task_id", _task, {}),
    "tasks_state.reopen": ("task_id", _task, {}),
    "tasks_state.resume": ("task_id", _task, {}),
    "tasks_state.save": ("edit", _task, {"note": "x"}),
    "tasks_state.snooze": ("task_id", _task, {"snooze": "later"}),
    "tasks_state.take": ("task_id", _task, {}),
    "staff_state.remove": ("staff_id", _staff, {}),
    "schedule_state.choose_service": ("service_id", _service, {}),
    "schedule_state.remove_time_off": ("time_off_id", _time_off, {}),
    "security_state.revoke": ("session_id", _session, {}),
    "services_state.archive": ("service_id", _service, {}),
    "services_state.toggle": ("service_id", _service, {"on": False}),
    "integrations_state.save": ("edit", _gateway, {"number": "+48601000444"}),
    "integrations_state.use_first": ("gateway_id", _gateway, {}),
    "integrations_state.remove": ("gateway_id", _gateway, {}),
    "integrations_state.check": ("gateway_id", _gateway, {}),
    "templates_state.save": ("edit", _template, {"sms": "x"}),
    "templates_state.show_appointment": ("appointment_id", _appointment, {}),
    "team_state.change_role": ("user_id", _member, {"role": "viewer", "shown": "staff"}),
    "team_state.remove": ("user_id", _member, {}),
    "team_state.resend": ("invitation_id", _invitation, {}),
    "team_state.revoke": ("invitation_id", _invitation, {}),
    "undo_state.reopen_follow_up": ("conversation_id", _conversation, {"finished": "9:x"}),
    "undo_state.restore_appointment": ("appointment_id", _appointment, {"version": 1}),
    "undo_state.reopen_task": ("task_id", _task, {"version": 1}),
    "undo_state.restore_service": ("service_id", _service, {"version": 1}),
    "appointment_detail_state.change_status": ("appointment_id", _appointment, {"status": "confirmed"}),
    "appointment_detail_state.cancel": ("appointment_id", _appointment, {"form": {"reason": "x"}}),
    "appointment_detail_state.reopen": ("appointment_id", _appointment, {}),
    "appointment_detail_state.save": ("edit", _appointment, {"notes": "x"}),
}


def _takes_an_id(event: Event) -> bool:
    properties = event.schema.get("properties", {})
    return '"format": "uuid"' in json.dumps(event.schema) or any(name.endswith("id") for name in properties)


def _payload(argument: str, row_id: UUID, more: dict[str, Any]) -> dict[str, Any]:
    if argument == "edit":  # `more` is what the form of the row changes
        return {"edit": {"id": str(row_id), "version": 1, "base": {}, "changes": more}}
    return {argument: str(row_id), **more}


def test_every_event_with_an_id_has_a_case() -> None:
    events = sorted(event.short for event in registry.events() if _takes_an_id(event))
    assert events == sorted(FOREIGN), "say in FOREIGN which of our rows a stranger tries each with"


async def _everything(organization_id: UUID) -> dict[str, list[str]]:
    """Every row of one business."""
    async with begin(actor.system()) as uow:
        rows_by_table = {}
        for table in metadata.sorted_tables:
            if "organization_id" in table.c:
                rows = await uow.execute(sa.select(table).where(table.c.organization_id == organization_id))
                rows_by_table[table.name] = sorted(map(str, rows.all()))
    return rows_by_table


@pytest.mark.parametrize("short", sorted(FOREIGN))
async def test_foreign_ids_are_as_unknown_as_random_ones(dashboard: Dashboard, people: People, short: str) -> None:
    argument, arrange, more = FOREIGN[short]
    event = next(event for event in registry.events() if event.short == short)
    own_id = await arrange(people.organization_id)
    before = await _everything(people.organization_id)
    stranger = await dashboard.tab(people["stranger"].session)
    foreign = await answer(stranger, event, _payload(argument, own_id, more))
    random = await answer(stranger, event, _payload(argument, uuid4(), more))
    assert foreign == random
    assert "NOT_FOUND" in foreign
    assert str(own_id) not in stranger.text()
    assert await _everything(people.organization_id) == before
    owner = await dashboard.tab(people["owner"].session)
    assert "NOT_FOUND" not in await answer(owner, event, _payload(argument, own_id, more))


EDITS = sorted(short for short, (argument, _, _) in FOREIGN.items() if argument == "edit")


@pytest.mark.parametrize("short", EDITS)
async def test_form_asks_before_it_sets_back_what_somebody_else_changed(
    dashboard: Dashboard, people: People, short: str
) -> None:
    """Every form of a record, filled in before somebody changed the same fields: nothing of it is stored."""
    _, arrange, changes = FOREIGN[short]
    event = next(event for event in registry.events() if event.short == short)
    payload = _payload("edit", await arrange(people.organization_id), changes)
    read = dict.fromkeys(changes, "what stood there when it was read")
    payload["edit"] |= {"version": 0, "base": read}
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(f"{ROOT}.hydrate_and_load", path="/login")
    before = await _everything(people.organization_id)
    reply = await answer(tab, event, payload)
    state = event.name.rpartition(".")[0]
    shown = [delta[state]["conflict_rx_state_"] for delta in tab.deltas if "conflict_rx_state_" in delta.get(state, {})]
    if short.endswith("save_permissions"):  # each switch is one of its own: nothing can be in its way
        assert shown[-1] is None
        return
    assert {field["name"] for field in shown[-1]["fields"]} == set(changes), reply
    assert await _everything(people.organization_id) == before


def _anything(field: dict[str, Any], row_id: UUID) -> Any:
    """A value that the argument's type takes, with our id wherever one fits."""
    if field.get("title") == "Edit":
        return _payload("edit", row_id, {})["edit"]
    if "enum" in field:
        return field["enum"][0]
    if "anyOf" in field:
        return _anything(field["anyOf"][0], row_id)
    by_type = {"boolean": True, "integer": 1, "number": 1.0, "object": {"id": str(row_id)}, "array": [], "null": None}
    return str(row_id) if field.get("type") == "string" else by_type[field["type"]]


@pytest.mark.parametrize("kind", [_conversation, _agent, _api_key])
async def test_no_event_reaches_into_another_business(
    dashboard: Dashboard, people: People, kind: Callable[[UUID], Awaitable[UUID]]
) -> None:
    """Every event with our id in its arguments and in its page's address, by somebody who may do all at home."""
    line = await factories.agent(people.organization_id, name="Kanarek agent", greeting="Kanarek greeting")
    await ringing.past_call(people.organization_id, line)
    own_id = await kind(people.organization_id)
    before = await _everything(people.organization_id)
    tab = await dashboard.tab(people["stranger"].session)
    for event in registry.events():
        if event.access in (None, "framework"):
            continue
        defined = event.schema.get("$defs", {})
        fields = event.schema.get("properties", {}).items()
        payload = {
            name: _anything(defined.get(str(field.get("$ref")).rpartition("/")[2], field), own_id)
            for name, field in fields
        }
        for path in ("/dashboard/agents", "/dashboard/conversations"):
            router = {"pathname": path, "asPath": f"{path}?id={own_id}&agent={own_id}", "query": {"id": str(own_id)}}
            await tab.raw("event", {"name": event.name, "payload": payload, "router_data": router})
            await tab.settle(path)
    assert await _everything(people.organization_id) == before
    for canary in ("Kanarek", "Łucja Żak", "Pytanie o keratyn"):
        assert canary not in tab.text()
