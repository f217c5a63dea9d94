"""An odd value of an optional field costs that field at most: every field that a call's events may have, by schema."""

import json
import math
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from sekretarka.core.runtime import clock
from sekretarka.providers import reading
from sekretarka.providers.ai_service.provider import AiService
from sekretarka.providers.call_events import MAX_SEGMENTS, CallEvent, Direction, Outcome, Speaker, Status
from sekretarka.providers.conversions import Oddity

RECEIVED = datetime(2026, 11, 20, 10, 1, 5, tzinfo=UTC)
AT = "2026-11-20T10:00:00Z"
AGENT = "0193e0a0-0000-7000-8000-000000000001"
# What makes an event what it is.
IDENTITY = {("type",), ("data",), ("data", "callId")}
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        63.7,
        4.5,
        -0.0,
        10**15,
        10**18,
        2**63,
        10**40,
        1e300,
        math.nan,
        math.inf,
        -math.inf,
    ),
    *("", " ", "0", "63", "63.7", "63,7", "1e5", "NaN", "true", "null", "undefined", "{{x}}", "webcall", "busy"),
    *("\x00", "a\x00b", "\ud800", "\u202egnp", "\ufffd", "\r\n", "ż" * 25_000, "2026-11-20", "2026-11-20T10:00:00"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "12:00", "Fri, 20 Nov 2026 10:00:00 +0100"),
    *(
        [],
        [[]],
        [None],
        ["a", 1, None, {}],
        ["x"] * 3_000,
        [{}] * 2_001,
        {},
        {"a": {}},
        {"url": None},
        {"0": "a"},
        DEEP,
    ),
    *({"amount": 12.5, "currency": "PLN"}, {"type": 7}, {"id": [], "text": {}}),
)


def full() -> dict[str, Any]:
    """An event that says everything there is to say."""
    line = {
        "id": "s1",
        "speaker": "caller",
        "text": "Dzień dobry",
        "timestamp": AT,
        "endTimestamp": AT,
        "final": False,
        "sentiment": 0.1,
    }
    data = {
        "agentId": AGENT,
        "callId": "call_1",
        "sequence": 7,
        "occurredAt": AT,
        "direction": "outbound",
        "callerNumber": "+48601000111",
        "callerName": "Łucja",
        "calledNumber": "+48586774478",
        "startedAt": AT,
        "aiDisclosedAt": AT,
        "recordingConsent": {"type": "spoken", "grantedAt": AT},
        "endedAt": AT,
        "durationSeconds": 62,
        "endedReason": "hangup",
        "outcome": "booked",
        "summary": "Umówiona wizyta",
        "sentiment": 0.6,
        "intent": "cena",
        "topics": ["cena", "termin"],
        "status": "failed",
        "analysisFollows": True,
        "recording": {"url": "https://voice.example/1.mp3", "durationSeconds": 61},
        "cost": {"amount": 37, "currency": "pln"},
        "segments": [line, {**line, "id": "s2"}, {**line, "id": "s3"}],
    }
    return {"type": "call_ended", "timestamp": AT, "data": data}


def read(event: Any) -> CallEvent:
    [result] = AiService().translate(json.dumps(event).encode(), RECEIVED)
    return result


def fields(model: type[BaseModel] = CallEvent, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field of an event, `("data", "segments", "*", "text")`, by its models."""
    for expected in reading._fields(model):
        here = (*path, expected.alias)
        yield here
        inner = expected.item or expected
        if issubclass(inner.kind, BaseModel):
            yield from fields(inner.kind, (*here, "*") if expected.item else here)


PATHS = list(fields())


def change(event: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of the event with another value there; of several lines the second is changed."""
    changed = deepcopy(event)
    node: Any = changed
    for part in path[:-1]:
        node = node[1 if part == "*" else part]
    node[path[-1]] = value
    return changed


def facts(event: CallEvent) -> dict[tuple[Any, ...], Any]:
    """What was read, flat."""

    def flat(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
        if isinstance(value, dict | list):
            for key, child in value.items() if isinstance(value, dict) else enumerate(value):
                yield from flat(child, (*path, child["id"] if isinstance(child, dict) and "id" in child else key))
        else:
            yield path, value

    return dict(flat(event.model_dump(mode="json", by_alias=True), ()))


def test_the_full_event_has_every_field() -> None:
    for path in PATHS:
        node: Any = full()
        for part in path:
            node = node[1 if part == "*" else part]
        assert node not in (None, [], {}), path
    assert not read(full()).notes


@pytest.mark.parametrize("path", [path for path in PATHS if path not in IDENTITY], ids=".".join)
def test_an_odd_value_costs_its_own_field_at_most(path: tuple[str, ...]) -> None:
    base = full()
    expected = facts(read(base))
    name = ".".join(part for part in path if part != "*")
    for odd in ODD:
        event = read(change(base, path, odd))
        assert {noted for noted, _ in event.notes if not f"{noted}.".startswith(f"{name}.")} <= {parent(name)}, odd
        got = facts(event)
        for place, value in expected.items():
            own = tuple("*" if part == "s2" else part for part in place)
            if own[: len(path)] == path or depends(own, path):
                continue
            assert got.get(place) == value, (odd, place)
        CallEvent.model_validate(event.model_dump())  # what is read is what is expected
        if isinstance(odd, float) and not math.isfinite(odd):
            assert event.notes


def parent(name: str) -> str:
    return name.rpartition(".")[0]


def depends(place: tuple[Any, ...], path: tuple[str, ...]) -> bool:
    """Whether a value stands or falls with that of the path: what an object is nothing without, or found by."""
    whole: set[tuple[str, ...]] = {
        ("data", "recording", "url"),
        ("data", "cost", "amount"),
        ("data", "cost", "currency"),
    }
    whole |= {("data", "recordingConsent", "type"), ("data", "segments", "*", "text")}
    whole |= {("data", "segments", "*", "id")}
    return path in whole and place[: len(path) - 1] == path[:-1]


LINE_FIELDS = [path[-1] for path in PATHS if path[:3] == ("data", "segments", "*")]


@pytest.mark.parametrize("name", [name for name in LINE_FIELDS if name != "text"])
def test_an_odd_line_keeps_its_text_and_its_place(name: str) -> None:
    texts = [f"Zdanie {number}" for number in range(10)]
    for odd, where in [(odd, where) for odd in ODD for where in (0, 4, 9)]:
        event = full()
        event["data"]["segments"] = [
            {"id": f"s{n}", "speaker": "agent", "text": text, "timestamp": f"2026-11-20T10:00:{n:02d}Z"}
            for n, text in enumerate(texts)
        ]
        event["data"]["segments"][where][name] = odd
        result = read(event)
        lines = sorted(result.data.segments, key=lambda line: line.timestamp)
        moved = name == "timestamp" and ("data.segments.timestamp", Oddity.GUESSED) not in result.notes
        assert {line.text for line in lines} == set(texts), odd
        assert moved or [line.text for line in lines] == texts, (odd, where)
        assert len({line.id for line in lines}) == 10


@pytest.mark.parametrize("odd", [odd for odd in ODD if not isinstance(odd, str) or not odd.strip()])
def test_a_line_without_readable_text_is_the_only_one_lost(odd: Any) -> None:
    event = read(change(full(), ("data", "segments", "*", "text"), odd))
    assert [line.id for line in event.data.segments if line.id != "s2"] == ["s1", "s3"]


MEANT: tuple[tuple[str, Any, Any, Oddity | None], ...] = (
    ("durationSeconds", 63.7, 64, Oddity.ROUNDED),
    ("durationSeconds", 63.0, 63, None),
    ("durationSeconds", "63", 63, Oddity.CONVERTED),
    ("durationSeconds", "63,4", 63, Oddity.ROUNDED),
    ("durationSeconds", "63 s", 63, Oddity.CONVERTED),
    ("durationSeconds", "1:03", 63, Oddity.CONVERTED),
    ("durationSeconds", "00:01:03", 63, Oddity.CONVERTED),
    ("durationSeconds", "PT1M3S", 63, Oddity.CONVERTED),
    ("durationSeconds", -1, None, Oddity.UNREADABLE),
    ("durationSeconds", True, None, Oddity.UNREADABLE),
    ("durationSeconds", 10**12, None, Oddity.UNREADABLE),
    ("durationSeconds", None, None, None),
    ("sentiment", 1.2, None, Oddity.UNREADABLE),
    ("sentiment", "0.4", 0.4, Oddity.CONVERTED),
    ("sentiment", "Positive", 0.6, Oddity.CONVERTED),
    ("sentiment", "very-negative", -1, Oddity.CONVERTED),
    ("sentiment", "neutral", 0, Oddity.CONVERTED),
    ("sentiment", "purple", None, Oddity.UNREADABLE),
    ("topics", "cena", ["cena"], Oddity.CONVERTED),
    ("topics", "cena, termin", ["cena", "termin"], Oddity.CONVERTED),
    ("topics", [str(number) for number in range(60)], [str(number) for number in range(50)], Oddity.TOO_MANY),
    ("topics", ["cena", None, 7, {}], ["cena", "7"], Oddity.UNREADABLE),
    ("topics", [None], None, Oddity.UNREADABLE),
    ("sequence", 4.5, 5, Oddity.ROUNDED),
    ("sequence", "12", 12, Oddity.CONVERTED),
    ("sequence", 1_795_428_000_123_456, 1_795_428_000_123_456, None),
    ("sequence", -1, 0, Oddity.UNREADABLE),
    ("direction", "webcall", Direction.INBOUND, Oddity.CONVERTED),
    ("direction", "outbound-call", Direction.OUTBOUND, Oddity.CONVERTED),
    ("direction", "Inbound", Direction.INBOUND, Oddity.CONVERTED),
    ("direction", "sideways", None, Oddity.UNREADABLE),
    ("status", "busy", Status.MISSED, Oddity.CONVERTED),
    ("status", "No-Answer", Status.MISSED, Oddity.CONVERTED),
    ("status", "ended", Status.COMPLETED, Oddity.CONVERTED),
    ("status", "error", Status.FAILED, Oddity.CONVERTED),
    ("status", "ringing", None, Oddity.UNREADABLE),
    ("outcome", "Booked", Outcome.BOOKED, Oddity.CONVERTED),
    ("outcome", "sold_the_shop", None, Oddity.UNREADABLE),
    ("callerNumber", 48601000219, "48601000219", Oddity.CONVERTED),
    ("callerNumber", 48601000219.0, "48601000219", Oddity.CONVERTED),
    ("callerName", "a\x00b\u202e\ud800", "a b?", Oddity.CLEANED),
    ("callerName", "ż" * 121, "ż" * 120, Oddity.TOO_LONG),
    ("summary", "linia\r\ndruga", "linia\ndruga", None),
    ("agentId", "{{agent.id}}", None, Oddity.UNREADABLE),
    ("startedAt", "2026-11-20T10:00:00", AT, Oddity.NO_OFFSET),
    ("startedAt", "2026-11-20 11:00:00+01:00", AT, None),
    ("startedAt", "2026-11-20T11:00:00 +0100", AT, None),
    ("startedAt", "2026-11-20 10:00:00 UTC", AT, Oddity.CONVERTED),
    ("startedAt", "2026-11-20T10:00:00.000000000Z", AT, None),
    ("startedAt", "Fri, 20 Nov 2026 11:00:00 +0100", AT, Oddity.CONVERTED),
    ("startedAt", "Fri Nov 20 2026 11:00:00 GMT+0100 (CET)", AT, Oddity.CONVERTED),
    ("startedAt", 1_795_168_800, AT, Oddity.CONVERTED),
    ("startedAt", 1_795_168_800.0, AT, Oddity.CONVERTED),
    ("startedAt", 1_795_168_800_000, AT, Oddity.CONVERTED),
    ("startedAt", "1795168800000", AT, Oddity.CONVERTED),
    ("startedAt", 1_795_168_800_000_000, AT, Oddity.CONVERTED),
    ("startedAt", 12.5, None, Oddity.UNREADABLE),
    ("startedAt", "2026-11-20", None, Oddity.UNREADABLE),
    ("startedAt", "0001-01-01T00:00:00Z", None, Oddity.UNREADABLE),
    ("startedAt", "", None, None),
    ("recording", "https://voice.example/2.mp3", {"url": "https://voice.example/2.mp3"}, Oddity.CONVERTED),
    ("recording", {"url": "https://v.example/" + "x" * 2_282}, {"url": "https://v.example/" + "x" * 2_282}, None),
    ("recording", {"url": None, "durationSeconds": 5}, None, Oddity.MISSING),
    ("recording", {"url": "x" * 9_000}, None, Oddity.UNREADABLE),
    ("recordingConsent", {"grantedAt": AT}, {"type": "unspecified", "grantedAt": AT}, Oddity.GUESSED),
    ("recordingConsent", {}, None, Oddity.UNREADABLE),
    ("recordingConsent", True, None, Oddity.UNREADABLE),
    ("cost", {"amount": 12.5, "currency": "pln"}, {"amount": 13, "currency": "pln"}, Oddity.ROUNDED),
    ("cost", {"amount": "37", "currency": "PLN"}, {"amount": 37, "currency": "pln"}, Oddity.CONVERTED),
    ("cost", {"amount": 37, "currency": "zł"}, None, Oddity.UNREADABLE),
    ("cost", 12.5, None, Oddity.UNREADABLE),
    ("segments", {"id": 7, "speaker": "user", "text": "Tak"}, [("7", Speaker.CALLER, "Tak")], Oddity.CONVERTED),
    ("segments", {"id": 8, "speaker": "Rozmówczyni", "text": "A"}, [("8", Speaker.CALLER, "A")], Oddity.CONVERTED),
    ("segments", "Dzień dobry", [], Oddity.UNREADABLE),
)


@pytest.mark.parametrize(("name", "odd", "meant", "oddity"), MEANT)
def test_what_is_plainly_meant_is_read(name: str, odd: Any, meant: Any, oddity: Oddity | None) -> None:
    event = read(change(full(), ("data", name), odd))
    got = event.data.model_dump(by_alias=True, exclude_none=True).get(name)
    if isinstance(got, datetime):
        got = clock.to_json(got).replace(".000Z", "Z")
    if name == "segments":
        got = [(line.id, line.speaker, line.text) for line in event.data.segments]
    if name == "recordingConsent" and got:
        got = event.data.model_dump(mode="json", by_alias=True)[name]
    assert got == meant
    noted = {noted for _, noted in event.notes}
    assert oddity in noted if oddity else not noted
    assert (Oddity.UNREADABLE in noted) is (oddity is Oddity.UNREADABLE)


@pytest.mark.parametrize(
    ("word", "speaker"),
    [
        *(("user", "caller"), ("human", "caller"), ("Customer", "caller"), ("CALLER", "caller"), ("client", "caller")),
        *(("assistant", "agent"), ("bot", "agent"), ("system", "agent"), ("ai", "agent"), ("Agent", "agent")),
        *((None, "agent"), (7, "agent"), ("narrator", "agent")),
    ],
)
def test_speakers_are_understood(word: Any, speaker: str) -> None:
    event = read(change(full(), ("data", "segments", "*", "speaker"), word))
    assert event.data.segments[1].speaker == speaker
    assert [path for path, _ in event.notes] == ["data.segments.speaker"]


def test_more_lines_than_fit_are_cut_and_counted_once() -> None:
    line = full()["data"]["segments"][0]
    lines = [{**line, "id": f"s{number}", "sentiment": 7} for number in range(MAX_SEGMENTS + 1)]
    event = read(change(full(), ("data", "segments"), lines))
    assert [line.id for line in event.data.segments] == [f"s{number}" for number in range(MAX_SEGMENTS)]
    assert event.notes == {
        ("data.segments", Oddity.TOO_MANY): 1,
        ("data.segments.sentiment", Oddity.UNREADABLE): MAX_SEGMENTS,
    }


def test_lines_without_ids_are_the_same_when_they_are_repeated() -> None:
    lines = [{"speaker": "user", "text": "Tak", "timestamp": AT}, {"speaker": "bot", "text": "Nie"}, {"text": "Nie"}]
    first = read(change(full(), ("data", "segments"), lines)).data.segments
    again = read(change(full(), ("data", "segments"), [*lines, {"text": "No dobrze"}])).data.segments
    assert [line.id for line in first] == [line.id for line in again[:3]]
    assert len({line.id for line in again}) == 4


def test_an_event_without_a_time_happened_when_it_came() -> None:
    event = read({"type": "call_started", "data": {"callId": "call_1"}})
    assert (event.timestamp, event.at) == (RECEIVED, RECEIVED)
    assert event.notes == {("timestamp", Oddity.GUESSED): 1}
    line = read({"type": "transcript_updated", "data": {"callId": "c", "segments": [{"text": "Tak"}]}}).data.segments[0]
    assert abs(line.timestamp - RECEIVED) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "call_ended", "data": {"callId": "c", "summary": "za\xbf\xf3\xb3\xe6"}}',
        b'\xef\xbb\xbf {"type": "call_ended", "data": {"callId": "c", "summary": "dwie\nlinie\x00"}} ',
        b'{"type": "call_ended", "data": {"callId": "c", "summary": "tak", "durationSeconds": ' + b"9" * 9_000 + b"}}",
        b'{"type": "call_ended", "data": {"callId": "c", "summary": "tak", "sentiment": NaN, "cost": Infinity}}',
    ],
)
def test_bytes_that_are_nearly_json_are_read(body: bytes) -> None:
    assert AiService().type_of(body) == "call_ended"
    [event] = AiService().translate(body, RECEIVED)
    assert event.data.call_id == "c"
    assert event.data.summary
    assert event.notes


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD[:60]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([path for path in PATHS if path not in IDENTITY]), json_values, max_size=12))
def test_any_mixture_of_odd_values_is_read(changes: dict[tuple[str, ...], Any]) -> None:
    event = full()
    for path in sorted(changes, key=len, reverse=True):
        event = change(event, path, changes[path])
    result = read(event)
    assert result.data.call_id == "call_1"
    CallEvent.model_validate(result.model_dump())
    known = {".".join(part for part in path if part != "*") for path in PATHS}
    assert {path for path, _ in result.notes} <= known, "a note names fields of ours, nothing of what was sent"
