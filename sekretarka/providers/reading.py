"""Reads what a vendor sent as a model, each field by itself: what can be read is kept, the rest is noted.

An odd value of an optional field costs that field at most. The models say what is expected; `Meant` and `Otherwise` in
the types of their fields say what else is understood.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from sekretarka.providers.conversions import Oddity, one_of, to_type

Model = TypeVar("Model", bound=BaseModel)
NOT_READABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Meant:
    """`Annotated[int, Meant(f)]`: `f` turns what a vendor may write for such a value into what is expected;
    `ValueError` or `KeyError` when it is none."""

    convert: Callable[[Any], Any]


@dataclass(frozen=True)
class Otherwise:
    """`Annotated[str, Otherwise(f)]`: the value of a required field that is missing or makes no sense, from the object
    around it as it came. Without this mark, or with a `ValueError` of it, that object is unreadable."""

    make: Callable[[Mapping[str, Any]], Any]


class Unreadable(ValueError):
    """The values at these paths make no sense. That is noted already."""

    def __init__(self, *paths: str) -> None:
        super().__init__(*paths)
        self.paths = paths


@dataclass
class Reader:
    """Reads one delivery; `noted` is what was odd, by the path of the field without indexes, as often as it was."""

    noted: list[tuple[str, Oddity]] = field(default_factory=list)

    def read(self, model: type[Model], value: Any, path: str = "") -> Model:
        """`value` as a model, by the names that JSON has or those of the fields; `Unreadable` when it is no object, or
        when required fields of it make no sense."""
        if not isinstance(value, Mapping):
            raise self._unreadable(path)
        values: dict[str, Any] = {}
        unreadable: list[str] = []
        for expected in _fields(model):
            where = f"{path}.{expected.alias}" if path else expected.alias
            raw = value.get(expected.alias)
            raw = value.get(expected.name) if raw is None else raw
            try:
                values[expected.name] = self._field(expected, raw, value, where)
            except Unreadable as fault:
                unreadable += fault.paths
        if unreadable:
            raise Unreadable(*unreadable)
        return model.model_construct(**values)

    def _field(self, expected: "Expected", raw: Any, around: Mapping[str, Any], where: str) -> Any:
        absent = raw is None or (raw == "" and expected.kind is not str)
        if absent and expected.default is not None:
            return expected.default()
        before = len(self.noted)
        try:
            if absent:
                raise Unreadable(where)
            return self._value(expected, raw, where)
        except Unreadable:
            if expected.default is not None:
                return expected.default()
            if expected.otherwise is None:
                if absent:
                    self.noted.append((where, Oddity.MISSING))
                raise
        del self.noted[before:]
        try:
            value = expected.otherwise(around)
        except ValueError:
            raise self._unreadable(where) from None
        self.noted.append((where, Oddity.GUESSED))
        return value

    def _value(self, expected: "Expected", raw: Any, where: str) -> Any:
        """One value; first as it is, then as what it may be meant to be."""
        before = len(self.noted)
        try:
            return self._plain(expected, raw, where)
        except Unreadable:
            if expected.meant is None:
                raise
        failed = self.noted[before:]
        del self.noted[before:]
        try:
            value = self._plain(expected, expected.meant(raw), where)
        except NOT_READABLE:
            self.noted[before:] = failed
            raise Unreadable(where) from None
        self.noted.append((where, Oddity.CONVERTED))
        return value

    def _plain(self, expected: "Expected", raw: Any, where: str) -> Any:
        if expected.item is not None:
            return self._list(expected, expected.item, raw, where)
        if issubclass(expected.kind, BaseModel):
            return self.read(expected.kind, raw, where)
        try:
            value, oddities = expected.convert(raw)
            checked = expected.validate(value)
        except NOT_READABLE:
            raise self._unreadable(where) from None
        for oddity in oddities:
            self.noted.append((where, oddity))
        return checked

    def _list(self, expected: "Expected", item: "Expected", raw: Any, where: str) -> list[Any]:
        entries = raw
        if not isinstance(raw, list | tuple):  # one entry without its brackets, or several in one text
            if issubclass(item.kind, BaseModel) is not isinstance(raw, Mapping):
                raise self._unreadable(where)
            entries = [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else [raw]
            self.noted.append((where, Oddity.CONVERTED))
        if len(entries) > expected.most:
            self.noted.append((where, Oddity.TOO_MANY))
        result = []
        for entry in entries[: expected.most]:
            try:
                result.append(self._value(item, entry, where))
            except Unreadable:  # the others are none the worse
                continue
        if entries and not result:
            raise Unreadable(where)
        return result

    def _unreadable(self, where: str) -> Unreadable:
        self.noted.append((where, Oddity.UNREADABLE))
        return Unreadable(where)


@dataclass(frozen=True)
class Expected:
    """What a field or an entry of a list should be. `default` is None where a value is required; `most` is how many
    entries a list may have."""

    name: str
    alias: str
    kind: type
    default: Callable[[], Any] | None
    convert: Callable[[Any], tuple[Any, tuple[Oddity, ...]]]
    validate: Callable[[Any], Any]
    meant: Callable[[Any], Any] | None
    otherwise: Callable[[Mapping[str, Any]], Any] | None
    item: "Expected | None"
    most: int


@cache
def _fields(model: type[BaseModel]) -> tuple[Expected, ...]:
    return tuple(
        _expected(
            Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation,
            name,
            info.alias or name,
            None if info.is_required() else partial(info.get_default, call_default_factory=True),
        )
        for name, info in model.model_fields.items()
    )


def _expected(annotation: Any, name: str = "", alias: str = "", default: Callable[[], Any] | None = None) -> Expected:
    kind, marks = _unwrapped(annotation)
    origin = get_origin(kind)
    options = get_args(kind) if origin is Literal else ()
    item = _expected(get_args(kind)[0]) if origin is list else None
    kind = list if item else type(options[0]) if options else kind
    most = next((mark.max_length for mark in marks if item and hasattr(mark, "max_length")), 1_000)
    nested = item or issubclass(kind, BaseModel)
    return Expected(
        name=name,
        alias=alias,
        kind=kind,
        default=default,
        convert=(lambda raw: (raw, ())) if nested else one_of(options) if options else to_type(kind, marks),
        validate=TypeAdapter(annotation).validator.validate_python,
        meant=next((mark.convert for mark in marks if isinstance(mark, Meant)), None),
        otherwise=next((mark.make for mark in marks if isinstance(mark, Otherwise)), None),
        item=item,
        most=most,
    )


def _unwrapped(annotation: Any) -> tuple[Any, list[Any]]:
    """The bare type without `None` and `Annotated`, and everything that was annotated."""
    marks: list[Any] = []
    while get_origin(annotation) in (Annotated, Union, UnionType):
        if get_origin(annotation) is Annotated:
            annotation, *own = get_args(annotation)
            marks += own
        else:
            [annotation] = [choice for choice in get_args(annotation) if choice is not type(None)]
    inner = [deeper for mark in marks if isinstance(mark, FieldInfo) for deeper in mark.metadata]
    return annotation, marks + inner
