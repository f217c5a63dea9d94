"""Every call the sandbox can tell: its shape is the contract's, its story agrees with itself."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import pytest

from sekretarka.sandbox.ai_service import demo_organization, events, personas, scenarios
from sekretarka.sandbox.ai_service.calls import Call, make_call
from sekretarka.sandbox.ai_service.events import Event
from sekretarka.sandbox.ai_service.scenario import Scenario, render, render_story
from tests.sandbox.ai_service import contract

AGENT = str(UUID(int=7))
START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CLIENTS = personas.demo_clients()
TIMES = [START + timedelta(days=day, hours=day % 9) for day in range(0, 400, 7)]


def calls_of(scenario: Scenario, count: int = 60) -> Iterator[tuple[Call, datetime, Random]]:
    for seed in range(count):
        rng = Random(f"{scenario.name}{seed}")
        started_at = TIMES[seed % len(TIMES)]
        yield make_call(rng, scenario, started_at, CLIENTS), started_at, rng


def by_type(of: list[Event]) -> dict[str, list[dict[str, Any]]]:
    events_by_type: dict[str, list[dict[str, Any]]] = {}
    for event in of:
        events_by_type.setdefault(event.body["type"], []).append(event.body["data"])
    return events_by_type


every_scenario = pytest.mark.parametrize("scenario", scenarios.ALL, ids=lambda scenario: scenario.name)


def test_scenarios_are_many_and_uniquely_named() -> None:
    names = Counter(scenario.name for scenario in scenarios.ALL)
    assert len(names) >= 14
    assert set(names.values()) == {1}


@every_scenario
def test_events_follow_the_contract(scenario: Scenario) -> None:
    for call, started_at, rng in calls_of(scenario):
        for told_as in (events.live(call, AGENT, started_at, rng), events.condensed(call, AGENT, started_at)):
            checked = [contract.check(event.body) for event in told_as]
            assert [event.data.sequence for event in checked] == list(range(1, len(checked) + 1))
            assert [event.timestamp for event in checked] == sorted(event.timestamp for event in checked)
            assert all(event.timestamp == event.data.occurred_at for event in checked)
            assert {event.data.call_id for event in checked} == {call.id}
            assert len({event.id for event in told_as}) == len(told_as)


@every_scenario
def test_end_data_matches_the_call(scenario: Scenario) -> None:
    for call, started_at, rng in calls_of(scenario):
        events_by_type = by_type(events.live(call, AGENT, started_at, rng))
        (end,) = events_by_type["call_ended"]
        span = (datetime.fromisoformat(end["endedAt"]) - started_at).total_seconds()
        assert span > 0
        if end["status"] == "missed":
            assert end["durationSeconds"] == 0
            assert not {"cost", "recording", "summary", "sentiment", "aiDisclosedAt"} & set(end)
            assert not {"transcript_updated", "recording_ready", "message_sent"} & set(events_by_type)
        else:
            assert end["durationSeconds"] == max(1, round(span))
            assert 5 < span < 180
            assert end["cost"]["amount"] > 0
            assert "call_started" in events_by_type
            assert ("recording" in end) != ("recording_ready" in events_by_type)
            assert datetime.fromisoformat(end["aiDisclosedAt"]) > started_at
        assert (end["outcome"] == "booked") == ("appointment_requested" in events_by_type)
        if end["outcome"] in ("rescheduled", "cancelled", "booked"):
            assert events_by_type["message_sent"][0]["to"] == end["callerNumber"]
        if end["outcome"] in ("spam", "abandoned", "none") and end["status"] == "completed":
            assert "callerName" not in end or call.is_client


@every_scenario
def test_lines_do_not_overlap(scenario: Scenario) -> None:
    for call, _, _ in calls_of(scenario):
        segments = call.segments
        assert all(segment.end > segment.start for segment in segments)
        assert all(later.start > earlier.end for earlier, later in pairwise(segments))
        assert call.ending.seconds > (segments[-1].end if segments else 0)
        speakers = [segment.line.speaker for segment in segments]
        if speakers:
            assert speakers[0] == "agent"
            assert "asystentka" in segments[0].line.text
            assert re.search(r"nagrywana|Nagrywam", segments[0].line.text)
        if scenario.name != "silence":
            assert all(earlier != later for earlier, later in pairwise(speakers))
        for segment in segments:
            seconds_per_character = (segment.end - segment.start) / len(segment.line.text)
            assert seconds_per_character > 0.05
            assert segment.end - segment.start <= 16


@every_scenario
def test_partial_lines_are_finished(scenario: Scenario) -> None:
    for call, started_at, rng in calls_of(scenario):
        updates = by_type(events.live(call, AGENT, started_at, rng)).get("transcript_updated", [])
        text_by_segment: dict[str, str] = {}
        for update in updates:
            for segment in update["segments"]:
                if segment["id"] in text_by_segment:
                    assert segment["text"].startswith(text_by_segment[segment["id"]])
                text_by_segment[segment["id"]] = segment["text"]
        assert text_by_segment == {segment.id: segment.line.text for segment in call.segments}


def test_some_lines_are_sent_partially_first() -> None:
    finals = [
        segment["final"]
        for call, started_at, rng in calls_of(scenarios.ALL[0])
        for update in by_type(events.live(call, AGENT, started_at, rng))["transcript_updated"]
        for segment in update["segments"]
    ]
    assert 0.02 < finals.count(False) / len(finals) < 0.3


@every_scenario
def test_every_story_renders_for_its_callers(scenario: Scenario) -> None:
    for gender in ("f", "m"):
        assert any(story.gender in (None, gender) for story in scenario.stories)
    service_names = {service.name for service in demo_organization.SERVICES}
    assert all(set(story.services) <= service_names for story in scenario.stories)


@every_scenario
def test_polish_forms_are_correct(scenario: Scenario) -> None:
    for call, _, _ in calls_of(scenario, 120):
        text = "\n".join(segment.line.text for segment in call.segments) + "\n" + (call.ending.summary or "")
        assert not re.search(r"  |[ ][,.!?]|\.\.(?!\.)|,,|\bw wtorek|\b[Oo] o |złotych złotych", text), text
        assert all(segment.line.text[0] == segment.line.text[0].upper() for segment in call.segments)
        wrong = r"\b(pana|panu|panem|chciałbym|byłem|umówiony)\b" if call.caller.gender == "f" else None
        wrong = wrong or r"\b(panią|pani [A-ZŁ]|chciałabym|umówiona|byłam|zapisałam się)\b"
        dialogue = "\n".join(segment.line.text for segment in call.segments)
        assert not re.search(wrong, dialogue), dialogue


def test_appointments_are_within_opening_hours() -> None:
    minutes = {service.name: service.minutes for service in demo_organization.SERVICES}
    for call, started_at, _ in calls_of(scenarios.ALL[0], 400):
        assert call.appointment_request
        begins = call.appointment_request.preferred
        hours = demo_organization.opening_hours(begins.date())
        assert hours
        assert hours[0] <= begins
        assert begins + timedelta(minutes=minutes[call.appointment_request.service]) <= hours[1]
        assert begins.minute % 15 == 0
        assert timedelta() < begins - started_at < timedelta(days=15)


def test_fifty_consecutive_calls_differ() -> None:
    rng = Random(1)
    calls = [make_call(rng, scenarios.choose(rng), START, CLIENTS) for _ in range(50)]
    dialogues = {tuple(segment.line.text for segment in call.segments) for call in calls if call.segments}
    with_lines = [call for call in calls if call.segments]
    assert len(dialogues) >= 0.95 * len(with_lines)
    assert len({call.scenario for call in calls}) >= 10
    assert len({call.caller.name for call in calls}) >= 40


def test_same_seed_gives_the_same_call() -> None:
    first, second = (make_call(Random(5), scenarios.ALL[0], START, CLIENTS) for _ in range(2))
    assert first == second


def test_malformed_story_is_rejected() -> None:
    broken = scenarios.ALL[0].stories[0]
    for text in ("Ola: dzień dobry", "! fax", "O:bez spacji"):
        with pytest.raises(ValueError, match="not a line"):
            render_story(type(broken)("", text), {}, "f", Random(1))
    with pytest.raises(KeyError):
        render("{unknown}", {}, "f", Random(1))


def test_story_notation() -> None:
    line = "[byłam|byłem] {day_in}. <dobrze|dobrze>! a potem… nic"
    assert render(line, {"day_in": "we wtorek"}, "m", Random(1)) == "Byłem we wtorek. Dobrze! A potem… nic"


def test_condensed_call_has_the_same_content_in_fewer_events() -> None:
    for call, started_at, rng in calls_of(scenarios.ALL[0]):
        line_by_line = by_type(events.live(call, AGENT, started_at, rng))
        afterwards = by_type(events.condensed(call, AGENT, started_at))
        assert "call_started" not in afterwards
        (update,) = afterwards["transcript_updated"]
        finals = [
            segment for data in line_by_line["transcript_updated"] for segment in data["segments"] if segment["final"]
        ]
        assert all("endTimestamp" in segment for segment in update["segments"])
        assert [{**segment, "endTimestamp": None} for segment in update["segments"]] == [
            {**segment, "endTimestamp": None} for segment in finals
        ]
        varying = {"sequence", "recording"}
        (end,) = afterwards["call_ended"]
        assert {"recording", *line_by_line["call_ended"][0]} == set(end)
        assert all(end[key] == value for key, value in line_by_line["call_ended"][0].items() if key not in varying)
