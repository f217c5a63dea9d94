"""Which `callId` names a call: platforms that are set up wrongly send templates that nobody filled in."""

import hashlib
import re
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from pydantic_core import PydanticCustomError

MAX_LENGTH, MAX_PLACEHOLDER = 255, 60
BLANK_UUIDS = {UUID(int=0), UUID(int=2**128 - 1)}
# `{{call.id}}`, `${callId}`, `<call_id>`, `[object Object]`, `:call_id`, `%CALL_ID%`; in an address they are encoded.
_TEMPLATE = re.compile(r"[{}<>\[\]$#\s]|^[:@]|%")
# What is said where an id is missing, and what ids are called.
_SAID = """
    an any available bland body brak call caller context control conv conversation ctx current data default dynamic
    empty error event example false fill from generated here id identifier identyfikator in insert input int integer
    invalid is its me message meta metadata missing model my na nan nieznany nil no none not null number numer object
    of param params phone placeholder polaczenia provided random replace request retell room rozmowa rozmowy sample
    sess session sid sip some str string system target tbd text the this to todo true twilio unavailable undefined
    unique unknown unset uuid guid value var variable vapi with wstaw x your
    """
_WORDS = frozenset(_SAID.split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^\W_A-Za-z]+")
_FILLER = re.compile(r"0+|x+")


def usable(value: Any) -> str | None:
    """The id of a call (1 to 255 characters) in what was sent for one; None for what names none, so that two callers
    never seem to share a call. A longer one is named by its digest."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value).strip(" \t\r\n'\"`")
    if not text.isprintable() or not _names_a_call(text):
        return None
    return text if len(text) <= MAX_LENGTH else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def required(value: str) -> str:
    """As `usable`; `ValueError` for what names no call."""
    named = usable(value)
    if named is None:
        raise PydanticCustomError("no_call", "This names no call: a template that nobody filled in, or a placeholder")
    return named


def _names_a_call(text: str) -> bool:
    try:
        return UUID(text) not in BLANK_UUIDS
    except ValueError:
        text = unquote(text)
        return not (_TEMPLATE.search(text) or _is_placeholder(text))


def _is_placeholder(text: str) -> bool:
    """Whether a text says nothing but that an id belongs here: `your-call-id`, `callId`, `N/A`, `0000`, `...`."""
    words = [word.lower() for word in _WORD.findall(text[:MAX_PLACEHOLDER])]
    whole = "".join(words)
    return whole in _WORDS or _FILLER.fullmatch(whole) is not None or all(map(_is_a_word, words))


def _is_a_word(word: str) -> bool:
    return {word, word.removesuffix("id"), word.removesuffix("sid"), word.lstrip("x") or "x"} & _WORDS != set()
