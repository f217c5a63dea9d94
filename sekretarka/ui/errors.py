"""Failures as users see them: a toast, or a sentence beside the field, in the page's language."""

import json
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

import reflex as rx
from pydantic import BaseModel, ValidationError
from reflex.event import EventSpec

from sekretarka.core.database.edits import EditConflict
from sekretarka.core.errors import AppError, Detail, Invalid
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import LANGUAGES, texts, translate
from sekretarka.ui.components.toast import error_toast, success_toast
from sekretarka.ui.reflex_internals import event_id, js

log = logging.getLogger(__name__)

LocalizedText = dict[str, str]
FieldErrors = dict[str, LocalizedText]
ExpectedError = AppError | ValidationError
EXPECTED_ERRORS = (AppError, ValidationError)
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])

FRONTEND_REPORTS_A_MINUTE = 20


def localized(key: str, **values: Any) -> LocalizedText:
    """A text by language, `{"pl": …, "en": …}`, for state that outlives a switch of language."""
    return {lang: translate(lang, key, **values) for lang in LANGUAGES}


def in_page_language(text: LocalizedText) -> rx.Var[str]:
    """The text in the page's language, for what the server sends by itself (toasts)."""
    english, polish = (json.dumps(text[lang], ensure_ascii=False) for lang in ("en", "pl"))
    return js(f"(document.documentElement.lang === 'en' ? {english} : {polish})")


def toast_text(key: str, **values: Any) -> rx.Var[str]:
    """The text of a key for a toast, in the page's language."""
    return in_page_language(localized(key, **values))


def notify(key: str, *, toast_id: str, **values: Any) -> EventSpec:
    """A toast that says that something was done; the next one of the same `toast_id` replaces it."""
    return success_toast(toast_text(key, **values), id=toast_id)


def toast(error: ExpectedError) -> EventSpec:
    """A toast for an expected failure, by its code; the same one again replaces it."""
    code = error.code if isinstance(error, AppError) else Invalid.code
    key = f"error.{code}"
    return error_toast(toast_text(key if key in texts("en") else "error.other"), id=code)


def last_segment(path: Sequence[str | int]) -> str:
    """The last segment of a path: the name of the field."""
    return str(path[-1])


def field_errors(error: ExpectedError, name_of: Callable[[Sequence[str | int]], str] = last_segment) -> FieldErrors:
    """The wrong fields by their names in the form, each with its sentence; empty when the failure is about no field.
    `name_of` makes a form's field of the path in the input; by default it is the path's last segment."""
    if isinstance(error, ValidationError):
        return {name_of(fault["loc"]): _pydantic_text(fault) for fault in error.errors() if fault["loc"]}
    if not isinstance(error.details, (list, tuple)):
        return {}
    return {name_of(detail.path): _detail_text(detail) for detail in error.details if detail.path}


@contextmanager
def loading(state: Any) -> Iterator[None]:
    """Around what a page's `load` reads: clears `state.loading` and sets `state.failed` to whether it raised an
    `AppError`, which ends here. Other exceptions pass and leave both as they are."""
    try:
        yield
    except AppError:
        state.failed = True
    else:
        state.failed = False
    state.loading = False


def form_handler(explain: Callable[[ExpectedError], FieldErrors] = field_errors) -> Callable[[Handler], Handler]:
    """Decorator, below `@secured`: a handler that stores what was filled in and may be rejected.

    Of its state it counts `attempt`, after a success `saved`, and sets `field_errors` to what `explain` makes of an
    expected failure: none after a success, and a failure that is about no field is a toast. A state whose form changes
    a record shows a conflict itself. Other exceptions pass.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def submit(state: Any, *args: Any, **kwargs: Any) -> Any:
            state.attempt += 1
            state.conflict = None
            try:
                answer = await handler(state, *args, **kwargs)
            except EditConflict as error:
                state.field_errors = {}
                await state._show_conflict(error)
                return None
            except EXPECTED_ERRORS as error:
                state.field_errors = explain(error)
                return None if state.field_errors else toast(error)
            state.saved += 1
            state.field_errors = {}
            return answer

        return cast(Handler, submit)

    return decorate


def form_input(model: type[BaseModel], form: dict[str, Any]) -> dict[str, Any]:
    """A form as input for `model`, by alias: names it lacks are left out, blank becomes None where the field may be
    None."""
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in form:
            value = form[key]
            values[key] = None if value == "" and _takes_none(field.annotation) else value
    return values


def _takes_none(annotation: Any) -> bool:
    return type(None) in getattr(annotation, "__args__", ())


def _pydantic_text(fault: Any) -> LocalizedText:
    limits = {key: value for key, value in fault.get("ctx", {}).items() if isinstance(value, str | int | float)}
    if "max_length" in limits:
        return localized("field.string_too_long", n=limits["max_length"])
    return _text_of_code(str(fault["type"]))


def _detail_text(detail: Detail) -> LocalizedText:
    return _text_of_code(detail.code)


def _text_of_code(code: str) -> LocalizedText:
    key = f"field.{code}"
    return localized(key if key in texts("en") else "field.invalid")


def report(exception: Exception) -> EventSpec:
    """For Reflex: the toast for an exception that an event handler did not catch. Expected failures are sentences,
    others an id that the log has too."""
    if isinstance(exception, EXPECTED_ERRORS):
        return toast(exception)
    request_id = event_id()
    if settings.env == "development":
        log.error("event %s failed", request_id, exc_info=exception)
    else:
        # Frames, not the message: an exception's text may quote what somebody said on the phone.
        where = "".join(traceback.format_tb(exception.__traceback__))
        log.error("event %s failed: %s\n%s", request_id, type(exception).__name__, where)
    return error_toast(toast_text("error.unexpected", id=request_id), id="unexpected")


class _ReportLimit:
    """Counts what browsers report, so that nobody can fill the log with it."""

    window = 0.0
    count = 0

    def acquire(self) -> bool:
        now = time.monotonic()
        if now - self.window > 60:
            self.window, self.count = now, 0
        self.count += 1
        return self.count <= FRONTEND_REPORTS_A_MINUTE


_reports = _ReportLimit()


def report_from_browser(exception: Exception) -> None:
    """For Reflex: log a script's failure in somebody's browser in one short line, at most twenty a minute."""
    if _reports.acquire():
        line = " ".join(str(exception).split())
        log.warning("browser: %s", "".join(c for c in line if c.isprintable())[:500])
