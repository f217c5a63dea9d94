"""The real app plus a state nobody reviewed: what must not be reachable, and what must be."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import reflex as rx

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.web import rate_policies
from sekretarka.sekretarka import app
from sekretarka.ui.live import refresh_on
from sekretarka.ui.session import Form, actor, public, secured, write_uow

__all__ = ["app"]


def trace(word: str) -> None:
    """Leave a mark that the test reads: this code really ran."""
    with Path(os.environ["HANDLER_TRACE"]).open("a") as file:
        file.write(word + "\n")


LIMIT = rate_policies.UI_EVENTS


class UnguardedState(rx.State):
    """Handlers of every kind."""

    shown: str = "public-canary"
    held: rx.Field[list[str]] = rx.field(default_factory=list)
    _hidden: str = "private-canary"

    def undecorated(self) -> None:
        trace("undecorated")

    @rx.event
    def grant_role(self, role: str) -> None:
        trace(f"grant_role {role}")

    @rx.event
    def set_shown(self, value: str) -> None:
        trace("set_shown")

    @rx.event(background=True)
    async def unguarded_background(self) -> None:
        trace("unguarded_background")

    def _private(self) -> None:
        trace("_private")

    @public
    def limit_bursts(self, on: bool) -> None:
        """What a user may send in a second, or as much as they like, for all tabs of the process."""
        rate_policies.UI_EVENTS = LIMIT if on else replace(LIMIT, limit=1_000_000)

    @public
    def open_to_all(self, n: int = 0) -> None:
        trace(f"open_to_all {n}")

    @secured(None)
    def hold(self, word: str) -> None:
        trace(f"hold {actor().role}")
        self.held = [word]

    @secured(Permission.AGENTS_WRITE)
    def write(self, n: int, key: UUID | None = None) -> None:
        trace(f"write {n!r} {key!r}")

    @secured(Permission.AGENTS_WRITE, background=True)
    async def write_later(self, n: int) -> None:
        trace(f"write_later {n}")

    @secured(Permission.AGENTS_READ)
    def chains(self) -> Any:
        trace("chains")
        return UnguardedState.grant_role("chained")  # type: ignore[operator]

    @secured(None)
    def submit(self, form: Form) -> None:
        trace(f"submit {sorted(form)}")

    @secured(None)
    async def forbidden_inside(self) -> None:
        await write_uow(_forbidden)
        trace("forbidden_inside")

    @secured(None)
    def fails(self, secret: str) -> None:
        raise RuntimeError(f"cannot work with {secret}")


async def _forbidden(uow: UnitOfWork) -> None:
    uow.require(Permission.ORGANIZATIONS_DELETE)


PROFILE = "/dashboard/settings/profile"


@refresh_on("conversation.created", path=PROFILE)
class UnreadableState(rx.State):
    """A part of a page that shows what was deleted meanwhile."""

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        raise NotFound


@refresh_on("conversation.created", path=PROFILE)
class ReadableState(rx.State):
    """Another part of the same page."""

    changes: int = 0

    async def _on_live_events(self, changes: Sequence[LiveEvent]) -> None:
        self.changes += len(changes)
