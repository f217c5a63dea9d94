"""Declaring what a browser may call: `@secured` and `@public` handlers, and the rule of each event by its name."""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar, cast, get_type_hints
from uuid import UUID

import reflex as rx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, create_model

from sekretarka.core.permissions import Permission
from sekretarka.ui.reflex_internals import (
    FORM_ENTRIES,
    FRONTEND_EXCEPTION,
    HYDRATE,
    HYDRATE_AND_LOAD,
    ON_LOAD,
    ON_LOAD_SET_HYDRATED,
    SET_HYDRATED,
    UPDATE_VARS,
    handler_named,
)

Handler = TypeVar("Handler", bound=Callable[..., Any])
Access = Permission | Literal["signed-in", "public"]

MARK = "__sekretarka_rule__"
MAX_FIELDS = 100
STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


def _form_fields(value: Any) -> Any:
    """Reflex sends a form as `[name, value]` pairs in one wrapper; handlers get a plain dict."""
    if isinstance(value, dict) and set(value) == {FORM_ENTRIES}:
        pairs = value[FORM_ENTRIES]
        if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            raise ValueError("not a form")
        value = {name: entry for name, entry in pairs if isinstance(name, str)}
    if not isinstance(value, dict) or len(value) > MAX_FIELDS:
        raise ValueError("not a form")
    return value


Form = Annotated[dict[str, str | bool | None], BeforeValidator(_form_fields)]
"""What `on_submit` hands over: raw text by field name. `errors.form_input(Model, form)` makes an input of it."""


class Edit(BaseModel):
    """What the form of a stored record hands over: its `changes` only, as raw text, with the record's `version` and the
    values of the changed fields (`base`) as they were when it was filled in."""

    model_config = STRICT

    id: UUID
    version: int
    base: Annotated[dict[str, JsonValue], Field(max_length=MAX_FIELDS)]
    changes: Form


@dataclass(frozen=True)
class Rule:
    """Who may cause one event, and what its arguments must be, derived from the handler's own signature."""

    access: Access
    handler: Callable[..., Any]

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """A strict model with one field per parameter; unknown arguments are rejected. `TypeError` for a parameter
        without a type."""
        hints = get_type_hints(self.handler, include_extras=True)
        fields: dict[str, Any] = {}
        for name, parameter in list(inspect.signature(self.handler).parameters.items())[1:]:
            if name not in hints:
                raise TypeError(f"{self.handler.__qualname__}: argument {name} has no type")
            fields[name] = (hints[name], ... if parameter.default is parameter.empty else parameter.default)
        return create_model(self.handler.__qualname__, __config__=STRICT, **fields)


def secured(permission: Permission | None, **options: Any) -> Callable[[Handler], Handler]:
    """Declare a handler that needs a permission; None: anyone who is signed in. Options are those of `rx.event`.

    Every parameter needs a type: what does not fit it strictly never reaches the handler.
    """
    return _declare(permission or "signed-in", options)


def public(handler: Handler) -> Handler:
    """Declare a handler that anyone on the internet may call; each one is reviewed in tests/ui/public_events.txt."""
    return _declare("public", {})(handler)


def _declare(access: Access, options: dict[str, Any]) -> Callable[[Handler], Handler]:
    def mark(handler: Handler) -> Handler:
        setattr(handler, MARK, Rule(access, handler))
        declared: Any = rx.event(handler, **options)
        return cast(Handler, declared)

    return mark


def rule_of(name: str) -> Rule | None:
    """The rule of an event by its full name; None for whatever was never declared by us."""
    return getattr(handler_named(name), MARK, None)


def validate_arguments(model: type[BaseModel], payload: dict[str, Any]) -> dict[str, Any]:
    """The arguments as the handler's own types; `pydantic.ValidationError` when one does not fit, `ValueError` or
    `RecursionError` when they are no JSON."""
    # Read as JSON, where a UUID or a date is text, so that strict mode still takes nothing else.
    arguments = model.model_validate_json(json.dumps(payload, default=str))
    return {name: getattr(arguments, name) for name in type(arguments).model_fields}


class _NoArguments(BaseModel):
    pass


class _HydrateArguments(BaseModel):
    hashes: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=1_000)] | None = None


class _VarsArguments(BaseModel):
    # No state of ours lives in cookies or local storage: whatever a browser reports as such is dropped.
    vars: Annotated[dict[str, Any], BeforeValidator(lambda _: {})]


class _FlagArguments(BaseModel):
    value: bool


class _ErrorArguments(BaseModel):
    info: Annotated[str, BeforeValidator(lambda text: str(text)[:2_000])]
    component_stack: Annotated[str, BeforeValidator(lambda _: "")]


# What Reflex itself sends, with the only arguments it may carry (security.md#r1).
FRAMEWORK_EVENTS: dict[str, type[BaseModel]] = {
    HYDRATE: _NoArguments,
    HYDRATE_AND_LOAD: _HydrateArguments,
    SET_HYDRATED: _FlagArguments,
    ON_LOAD: _NoArguments,
    ON_LOAD_SET_HYDRATED: _FlagArguments,
    UPDATE_VARS: _VarsArguments,
    FRONTEND_EXCEPTION: _ErrorArguments,
}
HYDRATE_EVENTS = (HYDRATE, HYDRATE_AND_LOAD)
