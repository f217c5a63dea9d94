"""What Pydantic finds wrong, in our own codes and texts and without what was sent (api.md#errors)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from sekretarka.core.errors import Detail, Invalid

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
BODY: Path = ("body",)
# Pydantic's own words where they are not ours, or where they would repeat what was sent.
CODES = {"extra_forbidden": "unknown_field", "missing": "required", "model_attributes_type": "object_expected"}
MESSAGES = {
    "model_attributes_type": "This must be an object",
    "extra_forbidden": "This field is not known here",
    "missing": "This field is required",
    "uuid_parsing": "This is not a valid UUID",
}


def checked(model: type[Model], value: Any, path: Path = BODY) -> Model:
    """A decoded body as its model, by the names that JSON has; `Invalid` names every wrong field under `path`."""
    try:
        return model.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise Invalid(details=details(error.errors(), path)) from None


def checked_value(kind: TypeAdapter[Any], value: Any, path: Path) -> Any:
    """One value as its type; `Invalid` with one detail at `path` when it does not fit."""
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        fault = error.errors()[0]
        raise Invalid.field(path, *_words(fault)) from None


def details(faults: Iterable[Mapping[str, Any]], prefix: Path = ()) -> list[Detail]:
    """One `Detail` for each wrong path, from Pydantic's `errors()`; of several faults of a path the first."""
    by_path: dict[Path, Detail] = {}
    for fault in faults:
        path = _path((*prefix, *fault["loc"]))
        by_path.setdefault(path, Detail(path, *_words(fault)))
    return list(by_path.values())


def _words(fault: Mapping[str, Any]) -> tuple[str, str]:
    kind = str(fault["type"])
    return CODES.get(kind, kind), MESSAGES.get(kind, str(fault["msg"]))


def _path(location: Sequence[str | int]) -> Path:
    """Where the fault is, without the names Pydantic gives to the members of a union."""
    if location[0] != "body":
        return tuple(location[:2])
    return tuple(part for part in location if isinstance(part, int) or part.isidentifier())
