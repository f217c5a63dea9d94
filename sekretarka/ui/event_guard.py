"""Guards every event of the dashboard: deny by default, whoever the browser says it is (security.md#r1)."""

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.errors import AppError, Forbidden, Invalid, Throttled
from sekretarka.core.runtime.fair_share import share
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_policies
from sekretarka.core.web.rate_limiter import LocalLimiter
from sekretarka.domain.auth.session_auth import actor_of_session
from sekretarka.http.cookies import session_token
from sekretarka.ui import errors, state_manager
from sekretarka.ui.connection_limits import ConnectionLimits, owner_of
from sekretarka.ui.reflex_internals import (
    BaseState,
    Config,
    Event,
    EventSocket,
    Middleware,
    StateUpdate,
    get_config,
    handler_named,
    is_chained,
    root_of,
    router_data,
    state_update,
    take_delta,
    use_socket,
)
from sekretarka.ui.rules import FRAMEWORK_EVENTS, HYDRATE_EVENTS, Rule, rule_of, validate_arguments
from sekretarka.ui.session import SessionState, act_as, owner_key

log = logging.getLogger(__name__)

MAX_PATH = 2_048
REJECT_AFTER_SECONDS = 0.2
CLIENT_TOKEN = re.compile(r"[0-9A-Za-z-]{1,64}")


_limiter = LocalLimiter()  # of this process: an event waits for no Redis


async def current_actor() -> Actor:
    """The user behind the event now handled: the cookie of its socket, looked up in the database every time."""
    return await _actor_of(router_data().get("headers", {}))


async def _actor_of(headers: Mapping[str, str]) -> Actor:
    token = session_token(headers.get("cookie", ""))
    return (await actor_of_session(token) if token else None) or ANONYMOUS


@dataclass
class EventGuard(Middleware):
    """Runs before every handler, also of background and chained events; an event without a rule does not run."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        await share.admit()
        actor = await current_actor()
        act_as(actor)
        root = root_of(state)
        if await reset_if_owner_changed(root, actor) and event.name not in HYDRATE_EVENTS:
            return await redirect(root, actor)
        if event.name in FRAMEWORK_EVENTS:
            return _arguments(event, FRAMEWORK_EVENTS[event.name])
        rule = rule_of(event.name)
        if rule is None:
            log.warning("event refused: %s is not declared", event.name)
            return state_update()
        return await _authorize(root, actor, rule, event)


async def _authorize(root: BaseState, actor: Actor, rule: Rule, event: Event) -> StateUpdate | None:
    if rule.access != "public":
        if actor.kind == "anonymous":
            return await redirect(root, actor)
        if rule.access != "signed-in" and rule.access not in actor.permissions:
            # Without an organization the page says so itself, and every part of it that loads would say it once more.
            return _show_toast(errors.toast(Forbidden())) if actor.organization_id else state_update()
    if not is_chained() and actor.kind != "anonymous" and not await _passes(f"user {actor.user_id}"):
        return _show_toast(errors.toast(Throttled()))
    return _arguments(event, rule.arguments)


async def _passes(key: str) -> bool:
    return (await _limiter.acquire(rate_policies.UI_EVENTS, key)).allowed


def _arguments(event: Event, model: Any) -> StateUpdate | None:
    try:
        fit = validate_arguments(model, event.payload)
    except (ValidationError, ValueError, RecursionError):
        log.warning("event refused: arguments of %s do not fit", event.name)
        return _show_toast(errors.toast(Invalid()))
    event.payload.clear()
    event.payload.update(fit)
    return None


async def reset_if_owner_changed(root: BaseState, actor: Actor) -> bool:
    """Empty the whole tree when it was filled for another user, or for the same with other rights; returns whether it
    was (security.md#r4)."""
    session = await root.get_state(SessionState)
    owner = owner_key(actor)
    if session._owner == owner:
        return False
    was_owned = session._owner != ""
    if was_owned:
        await _load_whole_tree(root)
        root.reset()
    session._owner = owner
    return was_owned


async def _load_whole_tree(root: BaseState) -> None:
    """With Redis only a part of the tree is in memory, and what is not would survive a reset."""
    classes = [type(root)]
    while classes:
        for child in classes.pop().get_substates():
            await root.get_state(child)
            classes.append(child)


async def redirect(root: BaseState, actor: Actor) -> StateUpdate:
    """The update that a tab gets in place of its event: the changes of its state, and a full navigation to where it now
    belongs."""
    return state_update(redirect_event(actor), await take_delta(root))


def redirect_event(actor: Actor) -> EventSpec:
    """For nobody signed in, to sign-in with the way back, unless the browser has a newer session than the socket
    (`entry.js`); for a user whose rights changed, the same page loaded again."""
    if actor.kind != "anonymous":
        return rx.call_script("window.location.reload()")
    path = router_data().get("asPath")
    back = f"?callbackUrl={quote(path, safe='/')}" if isinstance(path, str) and path.startswith("/dashboard") else ""
    return rx.call_script(f"window.sekretarkaEntry.leave({json.dumps('/login' + back)})")


def _show_toast(toast: EventSpec) -> StateUpdate:
    return state_update(toast)


class GuardedSocket(EventSocket):
    """The socket itself: malformed, unknown and too many events end here, before Reflex queues or logs any of them."""

    def __init__(self, namespace: str, app: rx.App) -> None:
        super().__init__(namespace, app)
        self._connections = ConnectionLimits()
        self._rejections: set[asyncio.Task[None]] = set()

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> bool | None:
        """Rejects a client token that no browser of ours makes (False), and one tab too many of an owner: it is told
        and closed."""
        query = environ.get("QUERY_STRING", "")
        tokens = [value for name, _, value in (part.partition("=") for part in query.split("&")) if name == "token"]
        if len(tokens) != 1 or not CLIENT_TOKEN.fullmatch(tokens[0]):
            return False  # it would become a key of the state store
        try:
            actor = await _actor_of(self.request_headers(sid, environ))
        except AppError:
            actor = ANONYMOUS  # the database is away, and the tab will say so
        if not self._connections.acquire(sid, owner_of(actor, environ["asgi.scope"])):
            self._rejections.add(task := asyncio.create_task(self._reject(sid), name=f"reject {sid}"))
            task.add_done_callback(self._rejections.discard)
            return None
        try:
            await super().on_connect(sid, environ, auth)
        except BaseException:
            self._connections.release(sid)
            raise
        return None

    async def _reject(self, sid: str) -> None:
        """A refused browser would try again every two seconds, one that is let in and told why stays away."""
        await asyncio.sleep(REJECT_AFTER_SECONDS)
        await self.send(sid, state_update(rx.call_script("window.sekretarkaEntry.full()")))
        await self.close(sid)

    def on_disconnect(self, sid: str) -> asyncio.Task[None] | None:
        """Frees the socket's place."""
        self._connections.release(sid)
        return super().on_disconnect(sid)

    async def on_event(self, sid: str, data: Any = None, *_: Any) -> None:
        if sid not in self._connections:
            return
        if not _well_formed(data):
            log.warning("event refused: not an event of ours")
        elif await _passes(f"socket {sid}"):
            await super().on_event(sid, data)
        elif (token := self.sid_to_token.get(sid)) and await _passes(f"toast {sid}"):
            await self.emit_update(_show_toast(errors.toast(Throttled())), token)


def _well_formed(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        return False
    payload, router = data.setdefault("payload", {}), data.setdefault("router_data", {})
    if not isinstance(payload, dict) or not isinstance(router, dict):
        return False
    paths = [router.get(key, "/") for key in ("pathname", "asPath")]
    if not all(isinstance(path, str) and path.startswith("/") and len(path) <= MAX_PATH for path in paths):
        return False
    if not isinstance(router.get("query", {}), dict):
        return False
    return handler_named(data["name"]) is not None


def config_violations(config: Config) -> list[str]:
    """What of Reflex's configuration production rejects, one sentence each; empty when all is well (security.md#r6)."""
    faults = {
        "cors_allowed_origins: must be a list without *": "*" in config.cors_allowed_origins,
        "state_auto_setters: must be off": bool(config.state_auto_setters),
        "backend_host: must be a loopback address": config.backend_host not in ("127.0.0.1", "::1", "localhost"),
        "state_manager_mode: states must not be written to disk": config.state_manager_mode
        == rx.constants.StateManagerMode.DISK,
        "telemetry_enabled: must be off": config.telemetry_enabled,
        "transport: must be websocket": config.transport != "websocket",
        "db_url: must be unset, the database has one entry point": bool(config.db_url),
    }
    return [name for name, unsafe in faults.items() if unsafe]


def install(app: rx.App) -> None:
    """Put the guard before every other middleware and on the socket, and our texts behind every failure. `RuntimeError`
    for an unsafe configuration in production."""
    faults = config_violations(get_config()) if settings.env == "production" else []
    if faults:
        raise RuntimeError("unsafe in production: " + "; ".join(faults))
    app.add_middleware(EventGuard(), index=0)
    state_manager.install(app, use_socket(app, GuardedSocket))
    app.backend_exception_handler = errors.report
    app.frontend_exception_handler = errors.report_from_browser
