"""Events of calls as an AI service would send them."""

import json
from typing import Any
from uuid import UUID


def event(
    kind: str, agent_id: UUID, call_id: str = "call_1", at: str = "2026-11-20T10:00:00Z", **data: Any
) -> dict[str, Any]:
    """The body of a delivery."""
    return {"type": kind, "timestamp": at, "data": {"agentId": str(agent_id), "callId": call_id, **data}}


def line(number: int, text: str, speaker: str = "caller", **more: Any) -> dict[str, Any]:
    """One line of a transcript, `number` seconds after ten o'clock UTC."""
    stamp = f"2026-11-20T10:{number // 60:02d}:{number % 60:02d}Z"
    return {"id": f"s{number}", "speaker": speaker, "text": text, "timestamp": stamp, **more}


def story(agent_id: UUID, call_id: str = "call_1") -> list[dict[str, Any]]:
    """A whole call: price question, booked."""
    return [
        event(
            "call_started",
            agent_id,
            call_id,
            sequence=1,
            direction="inbound",
            callerNumber="+48601000111",
            callerName="Łucja Żak",
            startedAt="2026-11-20T10:00:00Z",
        ),
        event(
            "transcript_updated",
            agent_id,
            call_id,
            "2026-11-20T10:00:05Z",
            sequence=2,
            segments=[line(1, "Dzień dobry, studio Lawenda.", "agent"), line(4, "Ile kosztuje kera", final=False)],
        ),
        event(
            "transcript_updated",
            agent_id,
            call_id,
            "2026-11-20T10:00:08Z",
            sequence=3,
            segments=[line(4, "Ile kosztuje keratyna?", sentiment=0.2), line(7, "Trzysta złotych.", "agent")],
        ),
        event(
            "call_ended",
            agent_id,
            call_id,
            "2026-11-20T10:01:02Z",
            sequence=4,
            endedAt="2026-11-20T10:01:02Z",
            durationSeconds=62,
            outcome="booked",
            summary="Pytanie o keratynę, umówiona wizyta.",
            sentiment=0.6,
            topics=["cena"],
            cost={"amount": 37, "currency": "pln"},
        ),
        event(
            "recording_ready",
            agent_id,
            call_id,
            "2026-11-20T10:02:00Z",
            sequence=5,
            recording={"url": "https://voice.example/r/1.mp3", "durationSeconds": 62},
        ),
    ]


def body(of: dict[str, Any]) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(of, ensure_ascii=False).encode()
