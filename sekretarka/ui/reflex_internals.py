"""Everything of Reflex that is not its public API, in one place: what an upgrade may break.

No other module names a private part of Reflex or imports below its public modules. tests/ui/test_reflex_internals.py
holds each name used here against the installed version, and says which function of ours it breaks.
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import reflex as rx
from reflex.app import EventNamespace as EventNamespace
from reflex.istate.manager.memory import StateManagerMemory as StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.middleware.middleware import Middleware as Middleware
from reflex.state import BaseState as BaseState
from reflex.state import FrontendEventExceptionState, OnLoadInternalState, State, UpdateVarsInternalState
from reflex.state import StateUpdate as StateUpdate
from reflex.utils import prerequisites
from reflex.utils.token_manager import RedisTokenManager
from reflex.vars import VarData
from reflex.vars.function import FunctionVar
from reflex_base import constants
from reflex_base.components.memo import MEMOS as MEMOS
from reflex_base.config import Config as Config
from reflex_base.config import get_config as get_config
from reflex_base.constants.state import FIELD_MARKER as FIELD_MARKER
from reflex_base.event import Event as Event
from reflex_base.event import EventSpec
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

# Events that Reflex sends by itself, by their full names.
ROOT = State.get_full_name()
HYDRATE, HYDRATE_AND_LOAD, SET_HYDRATED = (
    f"{ROOT}.{name}" for name in ("hydrate", "hydrate_and_load", "set_is_hydrated")
)
ON_LOAD = f"{OnLoadInternalState.get_full_name()}.on_load_internal"
ON_LOAD_SET_HYDRATED = f"{OnLoadInternalState.get_full_name()}.set_is_hydrated"
UPDATE_VARS = f"{UpdateVarsInternalState.get_full_name()}.update_vars_internal"
FRONTEND_EXCEPTION = f"{FrontendEventExceptionState.get_full_name()}.handle_frontend_exception"
FORM_ENTRIES = FORM_DATA_ENTRIES_KEY  # a form's event argument: {FORM_ENTRIES: [[name, value], …]}


def js(
    expression: str,
    *used: rx.Var[Any],
    imports: Mapping[str, list[str]] | None = None,
    hooks: Mapping[str, rx.Var[Any] | None] | None = None,
    type_: Any = str,
) -> rx.Var[Any]:
    """A JavaScript expression as a var of Python type `type_`. `used` are the vars in it, `imports` is module → names,
    `hooks` is a statement of the component → the var in it."""
    own = VarData(
        imports={module: [rx.ImportVar(tag=name) for name in names] for module, names in (imports or {}).items()},
        hooks={hook: None if var is None else var._get_all_var_data() for hook, var in (hooks or {}).items()},
    )
    data = VarData.merge(*(var._get_all_var_data() for var in used), own)
    return rx.Var(expression, _var_type=type_, _var_data=data)


def at_once(function: str, *used: rx.Var[Any], imports: Mapping[str, list[str]] | None = None) -> rx.Var[Any]:
    """A JavaScript function as a handler that runs the moment it is clicked. An event, `rx.call_function` too, would
    queue behind those that wait for the socket."""
    return js(function, *used, imports=imports).to(FunctionVar)


def type_of(var: rx.Var[Any]) -> Any:
    """The Python type that a var stands for."""
    return var._var_type


def router_data() -> dict[str, Any]:
    """Where the event now handled comes from: `pathname`, `asPath`, `query`, and the `headers` of its socket."""
    data: dict[str, Any] = EventContext.get().router_data
    return data


def event_id() -> str:
    """The id of the event now handled."""
    txid: str = EventContext.get().txid
    return txid


def is_chained() -> bool:
    """Whether a handler caused the event now handled, not a browser."""
    return EventContext.get().parent_txid is not None


def handler_named(name: str) -> Callable[..., Any] | None:
    """The function of a registered event, by its full name."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered.handler.fn if registered else None


def state_update(events: EventSpec | None = None, delta: Any = None) -> StateUpdate:
    """What a middleware answers in place of the handler; without arguments nothing happens in the tab."""
    chained = [] if events is None else Event.from_event_type(events)
    return StateUpdate(delta=delta or {}, events=chained)


def root_of(state: Any) -> BaseState:
    """The root of a state's tree; also of the proxy that a background handler has for `self`."""
    root: BaseState = getattr(state, "__wrapped__", state)._get_root_state()
    return root


async def take_delta(root: BaseState) -> Any:
    """What changed in the tree since its browser was last sent it, by state and var; from now on it counts as sent."""
    delta = await root._get_resolved_delta()
    root._clean()
    return delta


def mark_touched(state: BaseState) -> None:
    """Mark the whole tree to be written, not only what the last event changed."""
    state._was_touched = True
    for child in state.substates.values():
        mark_touched(child)


def client_storage() -> list[str]:
    """`<state>.<field>` of every field that a browser stores, and so may write."""
    states = RegistrationContext.get().base_states.items()
    return [
        f"{name}.{field}" for name, state in states for field in state.get_fields() if state._is_client_storage(field)
    ]


def setter_names() -> list[str]:
    """`<state>.set_<field>`: the names that Reflex would give to setters of every field."""
    states = RegistrationContext.get().base_states.items()
    return [f"{name}.set_{field}" for name, state in states for field in state.get_fields()]


def registered_events() -> dict[str, rx.EventHandler]:
    """Every event that a browser can name, by its full name."""
    return {name: registered.handler for name, registered in RegistrationContext.get().event_handlers.items()}


def middlewares(app: rx.App) -> list[Any]:
    """What runs before every handler, in order."""
    return list(app._middlewares)


class EventSocket(EventNamespace):
    """The websocket's namespace with what our guard needs of it."""

    def request_headers(self, sid: str, environ: dict[str, Any]) -> dict[str, str]:
        """The headers of the handshake by lower-case name, as handlers see them."""
        headers: dict[str, str] = self._build_static_router_data(sid, environ)["headers"]
        return headers

    async def send(self, sid: str, update: StateUpdate) -> None:
        """Send an update to a socket that no tab is known for yet."""
        await self.emit("event", update, to=sid)

    async def close(self, sid: str) -> None:
        """End the namespace's session and the connection below it."""
        connection = self.server.manager.eio_sid_from_sid(sid, self.namespace)
        await self.disconnect(sid)
        if connection is not None:
            await self.server.eio.disconnect(connection)


class RedisStates(StateManagerRedis):
    """Reflex's states in Redis, with a hook for locks that were granted to an event which is gone."""

    def __init__(self, client: Any) -> None:
        config = get_config()
        super().__init__(
            redis=client,
            token_expiration=config.redis_token_expiration,
            lock_expiration=config.redis_lock_expiration,
            lock_warning_threshold=config.redis_lock_warning_threshold,
        )

    @abstractmethod
    def release_lock(self, lock_key: bytes, lock_id: bytes) -> None:
        """Called when an event ended without giving back the lock it has, or perhaps has."""

    def as_token(self, token: Any) -> Any:
        """A client token as Reflex's managers exchange it; its `cache_key` names the state."""
        return self._coerce_token(token)

    async def _try_get_lock(self, lock_key: bytes, lock_id: bytes) -> bool | None:
        try:
            return await super()._try_get_lock(lock_key, lock_id)
        except BaseException:
            self.release_lock(lock_key, lock_id)
            raise

    @asynccontextmanager
    async def _lock(self, token: Any, event_name: str | None = None) -> AsyncIterator[bytes]:
        lock_id = b""
        try:
            async with super()._lock(token, event_name) as lock_id:
                yield lock_id
        except BaseException:
            if lock_id:
                self.release_lock(self._lock_key(token), lock_id)
            raise


def use_socket(app: rx.App, make: Callable[[str, rx.App], EventSocket]) -> EventSocket:
    """Put a namespace of ours in the place of Reflex's; `RuntimeError` when the app has none."""
    if app.event_namespace is None or app.sio is None:
        raise RuntimeError("the app has no event socket to guard")
    socket = make(app.event_namespace.namespace, app)
    app._event_namespace = socket
    app.sio.register_namespace(socket)
    return socket


def use_redis(app: rx.App, socket: EventSocket, states: RedisStates, client: Any) -> None:
    """Store states, and which process has which tab, through a Redis client of ours."""
    app._state_manager = states
    socket._token_manager = RedisTokenManager(client)


def leave_out_memos(package: str) -> None:
    """Compile none of the memo components that `package` registers when it is imported, used or not. A page that does
    use one cannot be built then."""
    for key in [key for key in MEMOS if (key[1] or "").startswith(package)]:
        del MEMOS[key]


def built_pages() -> Path:
    """The folder of the built front end."""
    return Path(prerequisites.get_web_dir()) / constants.Dirs.STATIC


def linked_asset(module: str, path: str) -> Path:
    """Where `rx.asset(path, shared=True)`, called in `module`, puts its link."""
    return Path(constants.Dirs.APP_ASSETS, constants.Dirs.EXTERNAL_APP_ASSETS, *module.split("."), path)
