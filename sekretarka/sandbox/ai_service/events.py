"""A call as the bodies of the AI service's webhooks (data of `call_started` … `call_ended`, camelCase)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import demo_organization
from sekretarka.sandbox.ai_service.calls import Call, Segment

RECORDINGS = "https://recordings.example.invalid"
PARTIAL_SHARE = 0.6
PARTIAL_LENGTH = 40

Data = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One delivery: its `webhook-id`, when it leaves (seconds from the call's start) and its body."""

    id: str
    offset: float
    body: Data


@dataclass(frozen=True)
class _Draft:
    offset: float
    type: str
    data: Data


def live(call: Call, agent_id: str, started_at: datetime, rng: Random) -> list[Event]:
    """Line by line, as it is spoken; some longer lines appear half-finished first."""
    drafts = [*_frame(call, started_at), *_lines(call, started_at, rng)]
    return _number(call, agent_id, started_at, drafts)


def condensed(call: Call, agent_id: str, started_at: datetime) -> list[Event]:
    """The same call as services report it that speak only afterwards: no start of its own, the transcript in one
    piece, the recording with the end."""
    call = replace(call, announced=False, recording_after=None if call.recording_after is None else 0.0)
    drafts = list(_frame(call, started_at))
    if call.segments:
        segments = [segment_data(segment, started_at) for segment in call.segments]
        data = {"segments": segments, **disclosure_data(call, started_at)}
        drafts.append(_Draft(call.segments[-1].end, "transcript_updated", data))
    return _number(call, agent_id, started_at, drafts)


def _number(call: Call, agent_id: str, started_at: datetime, drafts: list[_Draft]) -> list[Event]:
    events = []
    for sequence, draft in enumerate(sorted(drafts, key=lambda draft: draft.offset), start=1):
        at = _at(started_at, draft.offset)
        head = {"agentId": agent_id, "callId": call.id, "sequence": sequence, "occurredAt": at}
        body = {"type": draft.type, "timestamp": at, "data": head | draft.data}
        events.append(Event(f"msg_{call.id.removeprefix('call_')}_{sequence}", draft.offset, body))
    return events


def _frame(call: Call, started_at: datetime) -> Iterator[_Draft]:
    """Everything but the transcript."""
    start = start_data(call, started_at)
    if call.announced:
        caller = {"callerName": call.caller.name} if call.is_client else {}
        yield _Draft(0.0, "call_started", start | caller)
    if request := call.appointment_request:
        data = {
            "clientName": call.caller.name,
            "clientPhone": call.caller.number,
            "serviceType": request.service,
            "preferredAt": clock.to_json(request.preferred),
        }
        yield _Draft(request.at, "appointment_requested", data)
    if message := call.message:
        data = {"channel": "sms", "to": call.caller.number, "body": message.body}
        sent = {"sentAt": _at(started_at, message.at), "providerMessageId": message.provider_id}
        yield _Draft(message.at + 0.2, "message_sent", data | sent)
    yield _Draft(
        call.ending.seconds, "call_ended", start | disclosure_data(call, started_at) | end_data(call, started_at)
    )
    if call.recording_after:
        yield _Draft(call.ending.seconds + call.recording_after, "recording_ready", {"recording": _recording(call)})


def start_data(call: Call, started_at: datetime) -> Data:
    """Who calls whom, and when it began."""
    return {
        "direction": "inbound",
        "callerNumber": call.caller.number,
        "calledNumber": demo_organization.PHONE,
        "startedAt": clock.to_json(started_at),
    }


def disclosure_data(call: Call, started_at: datetime) -> Data:
    """What the agent's first words say: that it is an AI and that the call is recorded."""
    if not call.segments:
        return {}
    said_at = _at(started_at, call.segments[0].start)
    return {"aiDisclosedAt": said_at, "recordingConsent": {"type": "announced", "grantedAt": said_at}}


def end_data(call: Call, started_at: datetime) -> Data:
    """How it ended."""
    ending = call.ending
    answered = ending.status != "missed"
    data: Data = {
        "endedAt": _at(started_at, ending.seconds),
        "durationSeconds": max(1, round(ending.seconds)) if answered else 0,
        "endedReason": ending.reason,
        "status": ending.status,
        "outcome": ending.outcome,
        "topics": list(ending.topics),
    }
    if call.is_client or call.named:
        data["callerName"] = call.caller.name
    optional = {"summary": ending.summary, "sentiment": ending.sentiment, "intent": ending.intent}
    data |= {name: value for name, value in optional.items() if value is not None}
    if answered:
        data["cost"] = {"amount": ending.cost, "currency": "pln"}
    if call.recording_after == 0:
        data["recording"] = _recording(call)
    return data


def _recording(call: Call) -> Data:
    return {"url": f"{RECORDINGS}/{call.id}.mp3", "durationSeconds": max(1, round(call.ending.seconds))}


def _lines(call: Call, started_at: datetime, rng: Random) -> Iterator[_Draft]:
    """The agent's words are known when it begins to speak; the caller's only once they were spoken."""
    disclosure = disclosure_data(call, started_at)
    for segment in call.segments:
        whole = segment_data(segment, started_at)
        if segment.line.speaker == "agent":
            del whole["endTimestamp"]
            yield _Draft(segment.start, "transcript_updated", {"segments": [whole], **disclosure})
            disclosure = {}
            continue
        text = segment.line.text
        if len(text) > PARTIAL_LENGTH and rng.random() < PARTIAL_SHARE:
            partial_text = text[: text.rindex(" ", 0, len(text) * 2 // 3)]
            partial = {"id": segment.id, "speaker": "caller", "text": partial_text, "final": False}
            data = {"segments": [partial | {"timestamp": whole["timestamp"]}]}
            yield _Draft((segment.start + segment.end) / 2, "transcript_updated", data)
        yield _Draft(segment.end, "transcript_updated", {"segments": [whole]})


def segment_data(segment: Segment, started_at: datetime) -> Data:
    """A line of the transcript."""
    data: Data = {
        "id": segment.id,
        "speaker": segment.line.speaker,
        "text": segment.line.text,
        "timestamp": _at(started_at, segment.start),
        "endTimestamp": _at(started_at, segment.end),
        "final": True,
    }
    if segment.line.sentiment is not None:
        data["sentiment"] = segment.line.sentiment
    return data


def _at(started_at: datetime, offset: float) -> str:
    return clock.to_json(started_at + timedelta(seconds=offset))
