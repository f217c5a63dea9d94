"""Failures as people see them: a toast, or a sentence beside the field, in the language the page speaks."""

import json
import logging
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx
from pydantic import BaseModel, ValidationError
from reflex.vars import VarData
from reflex_base.event import EventSpec
from reflex_base.event.context import EventContext

from sekretarka.core.errors import AppError, Detail, Invalid
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import LANGUAGES, texts, translate
from sekretarka.ui.components.toast import failed
from sekretarka.ui.text import current_language

log = logging.getLogger(__name__)

Sentence = dict[str, str]
Faults = dict[str, Sentence]
EXPECTED = (AppError, ValidationError)

FRONTEND_REPORTS_A_MINUTE = 20


def sentence(key: str, **values: Any) -> Sentence:
    """A text in both languages, for state that outlives a switch of language."""
    return {lang: translate(lang, key, **values) for lang in LANGUAGES}


def spoken(words: Sentence) -> rx.Var[str]:
    """The words in the page's language, for what the server sends by itself (toasts)."""
    english, polish = (json.dumps(words[lang], ensure_ascii=False) for lang in ("en", "pl"))
    return rx.Var(f"(document.documentElement.lang === 'en' ? {english} : {polish})", _var_type=str)


def say(key: str, **values: Any) -> rx.Var[str]:
    """A text for a toast that the server sends."""
    return spoken(sentence(key, **values))


def toast(error: AppError | ValidationError) -> EventSpec:
    """An expected failure at the corner of the page; the same one twice replaces itself."""
    code = error.code if isinstance(error, AppError) else Invalid.code
    key = f"error.{code}"
    return failed(say(key if key in texts("en") else "error.other"), id=code)


def last(path: Sequence[str | int]) -> str:
    """The field that a path ends at."""
    return str(path[-1])


def beside(error: AppError | ValidationError, named: Callable[[Sequence[str | int]], str] = last) -> Faults:
    """The wrong fields by their names in the form, each with its sentence; empty when it is not about fields.

    `named` makes a form's field of the path in the input; by default it is the path's last word.
    """
    if isinstance(error, ValidationError):
        return {named(fault["loc"]): _pydantic_sentence(fault) for fault in error.errors() if fault["loc"]}
    if not isinstance(error.details, (list, tuple)):
        return {}
    return {named(detail.path): _detail_sentence(detail) for detail in error.details if detail.path}


def fault(faults: rx.Var, name: str) -> rx.Var[str]:
    """For `error=` of a field: the sentence about it, empty when it is right. `fault(State.faults, "name")`."""
    lang = current_language()
    data = VarData.merge(faults._get_all_var_data(), lang._get_all_var_data())
    return rx.Var(f"({faults!s}?.[{json.dumps(name)}]?.[{lang!s}] ?? '')", _var_type=str, _var_data=data)


def filled(model: type[BaseModel], form: dict[str, Any]) -> dict[str, Any]:
    """A form as input for `model`: unknown names left out, blank means nothing where the field may be nothing."""
    given: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in form:
            value = form[key]
            given[key] = None if value == "" and _takes_none(field.annotation) else value
    return given


def _takes_none(annotation: Any) -> bool:
    return type(None) in getattr(annotation, "__args__", ())


def _pydantic_sentence(fault: Any) -> Sentence:
    limits = {key: value for key, value in fault.get("ctx", {}).items() if isinstance(value, str | int | float)}
    if "max_length" in limits:
        return sentence("field.string_too_long", n=limits["max_length"])
    return _known(str(fault["type"]))


def _detail_sentence(detail: Detail) -> Sentence:
    return _known(detail.code)


def _known(code: str) -> Sentence:
    key = f"field.{code}"
    return sentence(key if key in texts("en") else "field.invalid")


def report(exception: Exception) -> EventSpec:
    """What an event handler did not catch: expected failures in words, others with an id that the log has too."""
    if isinstance(exception, EXPECTED):
        return toast(exception)
    request_id = EventContext.get().txid
    if settings.env == "development":
        log.error("event %s failed", request_id, exc_info=exception)
    else:
        # Frames, not the message: an exception's text may quote what somebody said on the phone.
        where = "".join(traceback.format_tb(exception.__traceback__))
        log.error("event %s failed: %s\n%s", request_id, type(exception).__name__, where)
    return failed(say("error.unexpected", id=request_id), id="unexpected")


class _Reports:
    """Counts what browsers report, so that nobody can fill the log with it."""

    window = 0.0
    count = 0

    def one_more(self) -> bool:
        now = time.monotonic()
        if now - self.window > 60:
            self.window, self.count = now, 0
        self.count += 1
        return self.count <= FRONTEND_REPORTS_A_MINUTE


_reports = _Reports()


def report_from_browser(exception: Exception) -> None:
    """A script failed in somebody's browser: one short line, at most twenty a minute."""
    if _reports.one_more():
        line = " ".join(str(exception).split())
        log.warning("browser: %s", "".join(c for c in line if c.isprintable())[:500])
