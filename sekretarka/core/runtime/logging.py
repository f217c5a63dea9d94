"""The log: one line per event, ids instead of people; whatever anybody logs is redacted before any handler sees it."""

import logging
import re
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

HIDDEN = "***"
LONGEST = 20_000
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# They log addresses with their queries, or what nobody asked.
TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2", "alembic.runtime.plugins")
_PACKAGE = Path(__file__).parents[2]

_HEADERS_AND_FIELDS = r"[\w-]*(?:cookie|authorization|signature|password|passwd|secret|token|api[-_]?key)"
# A secret's name, what stands between, and its value: quoted, with a scheme, or to the end of the word.
_NAMED = re.compile(
    rf"""((?<![\w-]){_HEADERS_AND_FIELDS}(?![\w-])['"]?\s*[:=,]\s*(?:b(?=['"]))?)"""
    r"""("[^"\n]*"?|'[^'\n]*'?|(?:bearer|basic)\s+\S+|[^\s;)}\]]+)""",
    re.IGNORECASE,
)
_COOKIE_LINE = re.compile(r"(\b(?:set-)?cookie:\s*)[^'\"\n]+", re.IGNORECASE)
_VALUES = (
    re.compile(r"\bsk_(?:live|test)_\w+"),
    re.compile(r"\bwhsec_[\w+/=]+"),
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),
    re.compile(r"\b[0-9a-fA-F]{40,}\b"),
    re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<!\w)\+\d[\d ()-]{5,18}\d"),
)
_CREDENTIALS = re.compile(r"(\w://)[^/@\s]+@")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def redact(text: str) -> str:
    """The first `LONGEST` characters of the text; secrets, e-mail addresses and phone numbers become `***`, control
    characters but tab and newline a space."""
    text = _CONTROL.sub(" ", text[:LONGEST])
    text = _COOKIE_LINE.sub(rf"\1{HIDDEN}", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    text = _CREDENTIALS.sub(rf"\1{HIDDEN}@", text)
    for value in _VALUES:
        text = value.sub(HIDDEN, text)
    return text


def describe(error: BaseException) -> str:
    """One line: the error's class and redacted message; for validation and database errors no values at all."""
    name = type(error).__name__
    if isinstance(error, ValidationError):
        places = ", ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in error.errors()[:10])
        return f"{name} of {error.title} ({places})"
    if isinstance(error, DBAPIError):
        return f"{name} ({type(error.orig).__name__}, {getattr(error.orig, 'sqlstate', None) or 'no state'})"
    first_line = str(error).partition("\n")[0]
    return f"{name}: {redact(_QUOTED.sub(HIDDEN, first_line))}"


def trace(error: BaseException) -> str:
    """Lines of `describe` and our own frames (`file:line in function`), of the error and of its causes."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < 100:
        lines += [describe(seen), *_frames(seen.__traceback__)]
        if isinstance(seen, BaseExceptionGroup):
            lines += [f"  in the group: {describe(inner)}" for inner in seen.exceptions]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def _frames(start: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(start)
    own_frames = [frame for frame in frames if frame.filename.startswith(str(_PACKAGE))]
    relevant = own_frames if not frames or frames[-1] in own_frames else [*own_frames, frames[-1]]
    return [f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in relevant]


class _Record(logging.LogRecord):
    """A record that never carries what must not be logged, whichever handler and formatter it meets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            message = self.getMessage()
        except Exception as error:  # noqa: BLE001 - a wrong call of a logger must not break its caller
            message = f"unreadable record: {describe(error)}"
        self.msg, self.args = redact(message).replace("\n", " "), ()
        if self.exc_info and self.exc_info[1] is not None:
            self.exc_text = trace(self.exc_info[1])
        self.exc_info = None


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever the standard error output is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def configure(level: str) -> None:
    """Redact everything from now on and write it to the standard error output; calling it again only sets the level."""
    logging.setLogRecordFactory(_Record)
    logging.raiseExceptions = False  # a handler that fails prints the record's arguments
    root = logging.getLogger()
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not any(isinstance(handler, _ToStandardError) for handler in root.handlers):
        handler = _ToStandardError()
        handler.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(handler)
