"""The contract with Reflex: each private name of `reflex_internals.py`, and what of ours an upgrade breaks with it."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from reflex.istate.manager.redis import StateManagerRedis
from reflex.state import StateUpdate
from reflex_base.event.context import EventContext

from sekretarka.ui import app, reflex_internals
from sekretarka.ui.reflex_internals import BaseState, EventNamespace, StateManagerMemory

PACKAGE = Path(reflex_internals.__file__).parents[1]
SOURCE = Path(reflex_internals.__file__).read_text(encoding="utf-8")
PUBLIC = {"reflex", "reflex.event", "reflex.plugins.shared_tailwind", "reflex.style"}


@dataclass(frozen=True)
class Part:
    """A private name: its owner, its parameters (None: no function), and what stands or falls with it."""

    owner: type
    name: str
    parameters: tuple[str, ...] | None
    purpose: str


PARTS = [
    Part(BaseState, "_get_root_state", ("self",), "root_of: the guard empties the whole tree of another user"),
    Part(BaseState, "_get_resolved_delta", ("self",), "take_delta: a browser hears that its state was emptied"),
    Part(BaseState, "_clean", ("self",), "take_delta: what was told is not told again"),
    Part(BaseState, "_was_touched", None, "mark_touched: a state held during an outage moves into Redis whole"),
    Part(
        BaseState, "_is_client_storage", ("prop_name_or_field",), "client_storage: nothing of ours is kept in browsers"
    ),
    Part(StateManagerRedis, "_coerce_token", ("token",), "RedisStates.as_token: finding states held during an outage"),
    Part(StateManagerRedis, "_try_get_lock", ("self", "lock_key", "lock_id"), "RedisStates: releasing lost locks"),
    Part(StateManagerRedis, "_lock", ("self", "token", "event_name"), "RedisStates: releasing lost locks"),
    Part(StateManagerRedis, "_lock_key", ("token",), "RedisStates: releasing lost locks"),
    Part(
        EventNamespace, "_build_static_router_data", ("self", "sid", "environ"), "EventSocket.request_headers: sign-in"
    ),
    Part(EventNamespace, "_token_manager", None, "use_redis: which process has which tab"),
    Part(rx.App, "_event_namespace", None, "use_socket: the guard in front of every event"),
    Part(rx.App, "_state_manager", None, "use_redis: nobody waits for Redis"),
    Part(rx.App, "_middlewares", None, "middlewares: the guard is first"),
    Part(rx.Var, "_get_all_var_data", ("self",), "js: imports and hooks of our expressions"),
    Part(rx.Var, "_var_type", None, "js, type_of: types of our expressions"),
    Part(rx.Var, "_var_data", None, "js: imports and hooks of our expressions"),
]

USED = {part.name for part in PARTS}


def _attributes(owner: type) -> set[str]:
    """Attributes that instances have: in the class, its dataclass fields, or assigned to `self` in its source."""
    tree = ast.parse(inspect.getsource(owner))
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    declared = getattr(owner, "__dataclass_fields__", {})
    return {*dir(owner), *declared, *(node.attr for node in stored)}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_reflex_still_has(part: Part) -> None:
    broken = f"Reflex changed {part.owner.__name__}.{part.name}; mend sekretarka/ui/reflex_internals.py, {part.purpose}"
    if part.parameters is None:
        assert part.name in _attributes(part.owner), broken
    else:
        assert callable(getattr(part.owner, part.name, None)), broken
        assert tuple(inspect.signature(getattr(part.owner, part.name)).parameters) == part.parameters, broken


def test_every_private_name_that_is_used_is_in_the_table() -> None:
    tree = ast.parse(SOURCE)
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
    private = {name for name in used if name.startswith("_") and not name.startswith("__")}
    assert private == USED


def test_an_event_knows_where_it_came_from() -> None:
    names = {field.name for field in fields(EventContext)}
    assert {"router_data", "txid", "parent_txid"} <= names, "router_data, event_id, is_chained: who caused an event"


def test_memory_holds_states_by_their_cache_key() -> None:
    names = {field.name for field in fields(StateManagerMemory)}
    assert {"states", "token_expiration"} <= names, "ResilientStateManager._restore"


def test_a_state_update_carries_a_delta_and_events() -> None:
    update = reflex_internals.state_update(rx.call_script("1"), {"state": {"a": 1}})
    assert isinstance(update, StateUpdate)
    assert (update.delta, len(update.events)) == ({"state": {"a": 1}}, 1)
    assert reflex_internals.state_update() == StateUpdate()


def test_an_expression_brings_what_its_parts_import_and_hook() -> None:
    inner = reflex_internals.js("inner", imports={"module-a": ["a"]}, hooks={"const inner = a();": None})
    outer = reflex_internals.js(f"b({inner!s})", inner, imports={"module-b": ["b"]})
    data: Any = outer._get_all_var_data()
    assert {name for name, _ in data.imports} == {"module-a", "module-b"}
    assert data.hooks == ("const inner = a();",)


def test_no_icons_of_the_kit_are_built() -> None:
    """Reflex compiles every memo component that was imported, and installs what they import from npm."""
    app.create_app()
    assert [key for key in reflex_internals.MEMOS if str(key[1]).startswith(app.KIT)] == []
    built_from = json.loads((PACKAGE.parent / "reflex.lock" / "package.json").read_text())["dependencies"]
    assert "lucide-react" in built_from
    assert [name for name in built_from if "hugeicons" in name] == []


def _violations(path: Path, private: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        violation = ""
        if isinstance(node, ast.ImportFrom) and node.module not in PUBLIC:
            violation = str(node.module) if str(node.module).partition(".")[0] in ("reflex", "reflex_base") else ""
        elif isinstance(node, ast.Attribute) and node.attr in private:
            # Attributes of our own classes may be called as one of Reflex's that we have no use for.
            own = isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr not in USED
            violation = "" if own else node.attr
        elif isinstance(node, ast.keyword) and node.arg in private:
            violation = str(node.arg)
        if violation:
            yield f"{path.name}:{getattr(node, 'lineno', 0)} {violation}"


def test_no_other_module_touches_private_parts_of_reflex() -> None:
    owners = (BaseState, rx.App, EventNamespace, StateManagerRedis, rx.Var)
    private = {name for owner in owners for name in _attributes(owner) if re.match("_[^_]", name)}
    paths = [path for path in (PACKAGE / "ui").rglob("*.py") if path.name != "reflex_internals.py"]
    violations = [violation for path in sorted(paths) for violation in _violations(path, private)]
    assert violations == [], "put it into sekretarka/ui/reflex_internals.py"
