"""What every input and output of the API is made of: camelCase names, bounded values, text that both databases hold."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from sekretarka.core.runtime import clock
from sekretarka.core.text.characters import UNSAFE, is_blank

INT32 = 2**31 - 1


class Input(BaseModel):
    """A request body or form: unknown fields are rejected, nothing is silently dropped."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid", allow_inf_nan=False
    )


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Patch(Input):
    """A merge patch: absent fields stay as they are, so the document has no defaults."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)


class VendorModel(BaseModel):
    """What a vendor sends us: unknown fields are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_alias=True, extra="ignore", allow_inf_nan=False)


class Output(BaseModel):
    """A resource as the API shows it."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, from_attributes=True)


class VersionedView(Output):
    """A resource that shows one row and nothing of others, so that the row's version tells whether it changed."""


def _storable(value: str) -> str:
    if UNSAFE.search(value):
        raise PydanticCustomError("control_character", "Control characters are not allowed")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("invalid_unicode", "The text is not valid Unicode") from None
    return value


@dataclass(frozen=True)
class BoundedStr:
    """`Annotated[str, BoundedStr(120)]`: trimmed, at most 120 characters, no control or direction-override ones. What
    has nothing visible is empty, and too short for a `minimum`."""

    maximum: int
    minimum: int = 0

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        trimmed = core_schema.str_schema(strip_whitespace=True, min_length=self.minimum, max_length=self.maximum)
        return core_schema.no_info_after_validator_function(self._visible, trimmed)

    def _visible(self, value: str) -> str:
        if not is_blank(_storable(value)):
            return value
        if self.minimum:
            raise PydanticKnownError("string_too_short", {"min_length": self.minimum})
        return ""


def _without_controls(value: Any) -> Any:
    return UNSAFE.sub("", value) if isinstance(value, str) else value


# Numbers that are copied from a telephone's contacts come in marks of direction, which nobody sees.
SearchTerm = Annotated[str, BoundedStr(200), BeforeValidator(_without_controls)]


def _in_range(value: datetime) -> datetime:
    if not clock.EARLIEST <= value <= clock.LATEST:
        raise PydanticCustomError("out_of_range", "The time must be between 1970 and 2100")
    return value.astimezone(UTC)


def _not_a_number(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}[Tt ]", value, re.ASCII)):
        return value
    raise PydanticCustomError("datetime_parsing", "Send the time as RFC 3339 text with an offset")


def plain_digits(value: Any) -> Any:
    """Before an integer of a query is read: Pydantic alone takes `1_0`, `+5` and `10.0`, too."""
    if isinstance(value, str) and not re.fullmatch(r"-?\d+", value, re.ASCII):
        raise PydanticCustomError("int_parsing", "Write the number in digits")
    return value


def _plain_day(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date_parsing", "Write the day as YYYY-MM-DD")


def _near(value: date) -> date:
    if not clock.EARLIEST.date() <= value <= clock.LATEST.date():
        raise PydanticCustomError("out_of_range", "The day must be between 1970 and 2100")
    return value


Day = Annotated[date, BeforeValidator(_plain_day), AfterValidator(_near)]
InputInstant = Annotated[AwareDatetime, BeforeValidator(_not_a_number), AfterValidator(_in_range)]
OutputInstant = Annotated[
    datetime,
    PlainSerializer(clock.to_json, return_type=str),
    Field(json_schema_extra={"format": "date-time", "example": "2026-11-22T15:24:06.123Z"}),
]


def _bounded_json(value: dict[str, Any]) -> dict[str, Any]:
    """api.md#patches: depth up to 8, up to 1,000 keys, up to 64 KB."""
    keys, size = 0, 0
    level: list[tuple[Any, int]] = [(value, 1)]
    while level:
        node, depth = level.pop()
        if depth > 8 and isinstance(node, dict | list):
            raise PydanticCustomError("too_deep", "At most 8 levels")
        children: list[Any] = []
        if isinstance(node, dict):
            keys += len(node)
            size += sum(len(key.encode("utf-8", "replace")) + 3 for key in node)
            for key in node:
                _storable(key)
                if key in ("__proto__", "constructor", "prototype"):
                    raise PydanticCustomError("forbidden_key", "This key is not allowed")
            children = list(node.values())
        elif isinstance(node, list):
            keys += len(node)
            children = node
        elif isinstance(node, str):
            _storable(node)
            size += len(node.encode("utf-8", "replace")) + 2
        else:
            size += 8
        if keys > 1_000 or size > 65_536:
            raise PydanticCustomError("too_large", "At most 1,000 keys and 64 KB")
        level += [(child, depth + 1) for child in children]
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_bounded_json)]
