"""What the forms of an agent show and what they hand back, between the agent's row and the API's own inputs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from pydantic import Field

from sekretarka.core.errors import Invalid
from sekretarka.core.text import phone
from sekretarka.core.web.schemas import BoundedStr, Input
from sekretarka.domain.agents.models import Agent, Capability
from sekretarka.domain.agents.schemas import AgentPatch
from sekretarka.ui import errors
from sekretarka.ui.form_values import parse_json

CAPABILITY = "capability."
FIELDS = {
    "name": "name",
    "language": "language",
    "voiceId": "voice_id",
    "phoneNumber": "phone_number",
    "tone": "personality_traits.tone",
    "greeting": "greeting",
    "facts": "knowledge_base.facts",
    "faq": "knowledge_base.faq",
}


class Question(Input):
    """Something callers ask, and what to answer."""

    question: Annotated[str, BoundedStr(300, 1)]
    answer: Annotated[str, BoundedStr(2_000, 1)]


class Knowledge(Input):
    """What the page edits of an agent's knowledge base; what else programs store there stays."""

    facts: Annotated[list[Annotated[str, BoundedStr(500, 1)]], Field(max_length=200)] = Field(default_factory=list)
    faq: Annotated[list[Question], Field(max_length=100)] = Field(default_factory=list)


class AgentValues(TypedDict):
    """The values of every section's form: `facts` are `{"text"}`, `faq` `{"question", "answer"}`."""

    id: str
    name: str
    language: str
    voiceId: str
    phoneNumber: str
    tone: str
    greeting: str
    facts: list[dict[str, str]]
    faq: list[dict[str, str]]
    capabilities: list[str]


def empty_values() -> AgentValues:
    """The values before an agent is selected."""
    texts = dict.fromkeys(("id", "name", "voiceId", "phoneNumber", "tone", "greeting"), "")
    return AgentValues(**texts, language="pl", facts=[], faq=[], capabilities=[])  # type: ignore[typeddict-item]


def from_agent(row: Agent) -> AgentValues:
    """The values of a stored agent."""
    knowledge = row.knowledge_base
    faq = knowledge.get("faq")
    return AgentValues(
        id=str(row.id),
        name=row.name,
        language=row.language,
        voiceId=row.voice_id or "",
        phoneNumber=phone.format_national(row.phone_number or ""),
        tone=str(row.personality_traits.get("tone") or ""),
        greeting=row.greeting or "",
        facts=[{"text": str(fact)} for fact in _list(knowledge.get("facts"))],
        faq=[
            {"question": str(entry.get("question", "")), "answer": str(entry.get("answer", ""))}
            for entry in _list(faq)
            if isinstance(entry, Mapping)
        ],
        capabilities=list(row.capabilities),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@dataclass(frozen=True)
class Draft:
    """The patch that a section's form asks for (`patch` raises `pydantic.ValidationError` or `Invalid`), and the form's
    field for the path of an error."""

    patch: Callable[[], AgentPatch]
    name_of: Callable[[Sequence[str | int]], str] = errors.last_segment

    def explain(self, error: errors.ExpectedError) -> errors.FieldErrors:
        """`field_errors` of this form, for `form_handler`."""
        return errors.field_errors(error, self.name_of)


def voice(form: Mapping[str, Any]) -> Draft:
    """The draft of section Głos i język."""
    tone = {"personalityTraits": {"tone": form["tone"] or None}} if "tone" in form else {}
    return Draft(lambda: AgentPatch.model_validate({**errors.form_input(AgentPatch, dict(form)), **tone}))


def greeting(form: Mapping[str, Any]) -> Draft:
    """The draft of section Powitanie; blank clears it."""
    return Draft(lambda: AgentPatch.model_validate({"greeting": form.get("greeting") or None}))


def permissions(form: Mapping[str, Any], before: Sequence[str]) -> AgentPatch:
    """The patch of section Uprawnienia: one switch per capability, those not switched stay as `before`."""
    switched = {code: form[CAPABILITY + code] == "on" for code in Capability if CAPABILITY + code in form}
    return AgentPatch.model_validate(
        {"capabilities": [code for code in Capability if switched.get(code, code in before)]}
    )


def knowledge(form: Mapping[str, Any]) -> Draft:
    """The draft of section Wiedza: of facts and questions what the form has, rows left blank are dropped. `Invalid`
    when a field is no JSON list of objects."""
    rows = {name: _rows(form[name]) for name in ("facts", "faq") if name in form}
    filled = {name: [i for i, row in enumerate(entries) if any(row.values())] for name, entries in rows.items()}
    shown: dict[str, list[Any]] = {name: [rows[name][i] for i in places] for name, places in filled.items()}
    if "facts" in shown:
        shown["facts"] = [row.get("text", "") for row in shown["facts"]]

    def name_of(path: Sequence[str | int]) -> str:
        if len(path) < 2 or not isinstance(path[1], int):
            return str(path[-1])
        return f"{path[0]}.{filled[str(path[0])][path[1]]}.{path[2] if len(path) > 2 else 'text'}"

    def patch() -> AgentPatch:
        draft = Knowledge.model_validate(shown)
        return AgentPatch(knowledge_base=draft.model_dump(exclude_unset=True))

    return Draft(patch, name_of)


def _rows(value: Any) -> list[dict[str, str]]:
    """The JSON that an editor of rows hands over."""
    rows = parse_json(value)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Invalid
    return [{str(key): str(text).strip() for key, text in row.items()} for row in rows]


SECTIONS: Mapping[str, Callable[[Mapping[str, Any]], Draft]] = {
    "voice": voice,
    "greeting": greeting,
    "knowledge": knowledge,
}
