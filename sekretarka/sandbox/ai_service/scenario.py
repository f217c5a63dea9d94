"""The notation of scenarios, and how one is turned into the lines of a call.

A story has one line per turn: `O:` is Ola, the agent, `K:` the caller, with the caller's mood after the letter
(`K-0.6:`); an indented line continues the one above. `! appointment` stands where an appointment is requested, `! sms`
where a text message leaves. Inside a line `[pani|pan]` follows the caller's gender, `<a|b|c>` is a free choice and
`{day_in}` is looked up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal

Effect = Literal["appointment", "sms"]

_TURN = re.compile(r"(?P<who>[OK])(?P<mood>[+-]\d\.\d)?: (?P<text>.+)")
_GENDER = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_CHOICE = re.compile(r"<([^<>]*)>")
_FIELD = re.compile(r"\{(\w+)\}")
_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?] ))[a-ząćęłńóśźż]")


@dataclass(frozen=True)
class Story:
    """One way a scenario may go. `gender` limits who can call with it, `services` what it can be about."""

    summary: str
    text: str
    gender: Literal["f", "m"] | None = None
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A reason to call. `weight` is its share of a hundred calls; `mood` bounds the sentiment of the whole call."""

    name: str
    weight: float
    intent: str | None
    outcome: str
    topics: tuple[str, ...]
    stories: tuple[Story, ...]
    mood: tuple[float, float] | None = (0.1, 0.5)
    status: Literal["completed", "missed", "failed"] = "completed"
    ended_reason: str = "caller_hung_up"
    sms: str | None = None
    callers: Literal["clients", "strangers", "businesses", "foreigners"] = "clients"
    named: bool = True
    withheld: float = 0.0
    about: Literal["new", "booked"] | None = None  # a new appointment, or one in the appointment book


@dataclass(frozen=True)
class Line:
    """Something said."""

    speaker: Literal["agent", "caller"]
    text: str
    sentiment: float | None


Turn = Line | Effect


def render_story(story: Story, cast: Mapping[str, str], gender: str, rng: Random) -> list[Turn]:
    """The lines of a story with its choices made and fields filled in."""
    return [
        turn if isinstance(turn, str) else Line(turn.speaker, render(turn.text, cast, gender, rng), turn.sentiment)
        for turn in _parse(story.text)
    ]


def render(template: str, cast: Mapping[str, str], gender: str, rng: Random) -> str:
    """The template with gender, choices and fields filled in; sentences begin with a capital letter."""
    text = _GENDER.sub(lambda match: match[1 if gender == "f" else 2], template)
    text = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), text)
    text = _FIELD.sub(lambda match: cast[match[1]], text)
    return _SENTENCE_START.sub(lambda match: match[0].upper(), text)


@cache
def _parse(text: str) -> tuple[Turn, ...]:
    return tuple(_turn(line) for line in text.replace("\n  ", " ").strip().splitlines())


def _turn(line: str) -> Turn:
    if line == "! appointment":
        return "appointment"
    if line == "! sms":
        return "sms"
    if not (match := _TURN.fullmatch(line)):
        raise ValueError(f"not a line of a story: {line}")
    mood = match["mood"]
    return Line("agent" if match["who"] == "O" else "caller", match["text"], float(mood) if mood else None)
