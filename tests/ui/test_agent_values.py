"""Between an agent's row and the forms that edit it."""

import json
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Invalid
from sekretarka.core.text.i18n import LANGUAGES, texts
from sekretarka.domain.agents.models import Agent
from sekretarka.providers.errors import PayloadFault
from sekretarka.ui import errors
from sekretarka.ui.pages.agents import connection, values
from tests import calls, factories
from tests.domain.conversations.test_odd_events import deliver


def agent(**stored: Any) -> Agent:
    return Agent(organization_id=uuid4(), name="Ola", **stored)


def knowledge(facts: Any, faq: Any) -> values.Draft:
    return values.knowledge({"facts": json.dumps(facts), "faq": json.dumps(faq)})


def test_blank_rows_are_dropped_and_errors_keep_their_row() -> None:
    whole = {"question": "Kiedy?", "answer": "Dziś."}
    blank, half = {"question": " ", "answer": ""}, {"question": "Ile?", "answer": "  "}
    draft = knowledge([{"text": ""}, {"text": " Parking. "}], [blank, whole, half])
    with pytest.raises(ValidationError) as caught:
        draft.patch()
    assert set(errors.field_errors(caught.value, draft.name_of)) == {"faq.2.answer"}
    good = knowledge([{"text": ""}, {"text": " Parking. "}], [blank, whole]).patch()
    assert good.knowledge_base == {"facts": ["Parking."], "faq": [whole]}


def test_too_long_fact_is_reported_at_its_row() -> None:
    draft = knowledge([{"text": " "}, {"text": "x" * 501}], [])
    with pytest.raises(ValidationError) as caught:
        draft.patch()
    faults = errors.field_errors(caught.value, draft.name_of)
    assert set(faults) == {"facts.1.text"}
    assert "500" in faults["facts.1.text"]["en"]


@pytest.mark.parametrize("sent", ["", "null", "{}", "[1]", '"x"', "[" * 100_000, "{'a': 1}"])
def test_malformed_rows_are_rejected(sent: str) -> None:
    with pytest.raises(Invalid):
        values.knowledge({"facts": sent, "faq": "[]"})


def test_row_with_unknown_field_is_rejected() -> None:
    with pytest.raises(ValidationError):
        knowledge([], [{"question": "a", "answer": "b", "other": "c"}]).patch()


def test_permissions_change_only_where_they_were_switched() -> None:
    form = {"capability.book": "on", "capability.cancel": None, "capability.fly": "on"}
    assert values.permissions(form, ["cancel", "answer"]).capabilities == ["book", "answer"]
    assert values.permissions({}, []).capabilities == []


def test_cleared_field_is_null_and_tone_is_merged() -> None:
    patch = values.voice({"name": "Ola", "phoneNumber": "", "voiceId": "", "tone": ""}).patch()
    assert patch.model_fields_set == {"name", "phone_number", "voice_id", "personality_traits"}
    assert (patch.phone_number, patch.voice_id, patch.personality_traits) == (None, None, {"tone": None})


def test_any_stored_values_can_be_shown() -> None:
    odd = {"facts": ["a", 1, None], "faq": [{"question": "q"}, "x", {"answer": 2}]}
    form_values = values.from_agent(agent(knowledge_base=odd, personality_traits={"tone": 3}))
    assert form_values["facts"] == [{"text": "a"}, {"text": "1"}, {"text": "None"}]
    assert form_values["faq"] == [{"question": "q", "answer": ""}, {"question": "", "answer": "2"}]
    assert values.from_agent(agent(knowledge_base={"facts": "no list"}))["facts"] == []


def test_every_fault_of_a_delivery_is_said_in_both_languages() -> None:
    assert set(connection.REASONS) == set(PayloadFault)
    for language in LANGUAGES:
        assert {f"agents.reason.{key}" for key in connection.REASONS.values()} <= texts(language).keys()


async def test_odd_and_unreadable_deliveries_are_shown_without_what_was_sent(database: engine.Database) -> None:
    row = await factories.agent((await factories.organization()).id)
    odd = calls.event("call_ended", row.id, durationSeconds=63.7, segments=[calls.line(1, "Tak"), calls.line(2, None)])  # type: ignore[arg-type]
    await deliver(row, odd, {"type": "call_started", "data": {"callId": "Łucja-Żak"}}, {"type": "call_started"})
    owner = await factories.member(row.organization_id)
    async with begin(owner) as uow:
        shown, events = await connection._connection(uow, row.id)
    assert (shown["health"], shown["unreadable"], shown["odd"]) == ("unreadable", 1, 2)
    assert shown["oddFields"] == "timestamp"
    assert {(event["state"], event["reason"], event["detail"]) for event in events} == {
        ("done", "odd", "data.durationSeconds, data.segments.text"),
        ("done", "odd", "timestamp"),
        ("unreadable", "fields", "data"),
    }
