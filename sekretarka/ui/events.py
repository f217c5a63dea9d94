"""Declaring what the browser may call: `@secured(permission)` and `@public`, the registry that the guard enforces."""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

import reflex as rx
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from sekretarka.core.permissions import Permission
from sekretarka.core.schemas import Text

Handler = TypeVar("Handler", bound=Callable[..., Any])
Access = Permission | Literal["signed-in", "public"]

RULE = "__sekretarka_rule__"
MAX_FIELDS = 100


def _form_fields(value: Any) -> Any:
    """Reflex sends a form as `[name, value]` pairs in one wrapper; handlers get a plain dict."""
    if isinstance(value, dict) and set(value) == {FORM_DATA_ENTRIES_KEY}:
        pairs = value[FORM_DATA_ENTRIES_KEY]
        if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
            raise ValueError("not a form")
        value = {name: entry for name, entry in pairs if isinstance(name, str)}
    if not isinstance(value, dict) or len(value) > MAX_FIELDS:
        raise ValueError("not a form")
    return value


Form = Annotated[dict[Annotated[str, Text(100)], str | bool | None], BeforeValidator(_form_fields)]
"""What `on_submit` hands over: raw text by field name. `errors.parse(Model, form)` makes an input of it."""


@dataclass(frozen=True)
class Rule:
    """Who may cause one event, and what its arguments must be: derived from the handler's own signature."""

    access: Access
    handler: Callable[..., Any]

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """A strict model with one field per parameter; unknown arguments are refused."""
        hints = get_type_hints(self.handler, include_extras=True)
        fields: dict[str, Any] = {}
        for name, parameter in list(inspect.signature(self.handler).parameters.items())[1:]:
            if name not in hints:
                raise TypeError(f"{self.handler.__qualname__}: argument {name} has no type")
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[name] = (hints[name], default)
        config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)
        return create_model(self.handler.__qualname__, __config__=config, **fields)

    def validated(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the handler's own types; `ValidationError` when one does not fit."""
        # As JSON, so that a UUID or a date is text on the wire and still nothing else passes.
        model = self.arguments.model_validate_json(json.dumps(payload, default=str))
        return {name: getattr(model, name) for name in model.model_fields_set}


def secured(permission: Permission | None, **options: Any) -> Callable[[Handler], Handler]:
    """Declare a handler that needs a permission; None: anyone who is signed in. Options are those of `rx.event`."""
    return _declare(permission or "signed-in", options)


def public(handler: Handler) -> Handler:
    """Declare a handler that anyone on the internet may call; each is reviewed in tests/ui/public_events.txt."""
    return _declare("public", {})(handler)


def _declare(access: Access, options: dict[str, Any]) -> Callable[[Handler], Handler]:
    def mark(handler: Handler) -> Handler:
        setattr(handler, RULE, Rule(access, handler))
        return rx.event(handler, **options)

    return mark


def rule_of(name: str) -> Rule | None:
    """The rule of an event by its full name; None for what was never declared by us."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return getattr(registered.handler.fn, RULE, None) if registered else None


class _Nothing(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Flag(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    value: bool


class _Crash(BaseModel):
    model_config = ConfigDict(extra="ignore")

    info: Annotated[str, BeforeValidator(lambda value: str(value)[:2_000])]
    component_stack: Annotated[str, BeforeValidator(lambda value: "")]


# What Reflex itself sends, with the only arguments it may carry: no state of ours keeps anything in cookies or local
# storage, so the values a browser reports for such vars are dropped.
FRAMEWORK: dict[str, type[BaseModel]] = {
    "hydrate": _Nothing,
    "hydrate_and_load": _Nothing,
    "on_load_internal": _Nothing,
    "set_is_hydrated": _Flag,
    "handle_frontend_exception": _Crash,
}
FRAMEWORK_STATES = {
    "hydrate": "reflex___state____state",
    "hydrate_and_load": "reflex___state____state",
}

__all__ = ["FRAMEWORK", "Form", "Rule", "ValidationError", "public", "rule_of", "secured"]
