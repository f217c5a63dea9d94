"""Edits of a row by several people: who changed which value last, and changes that meet another one of the same value.

An editor sends what it changed, and what it had read of that. A change of another value merges without a word; a change
of the same value is `EditConflict`, for the editor to show and to ask (api.md#conditional-requests).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from sekretarka.core.actor import Actor
from sekretarka.core.database.etags import Precondition
from sekretarka.core.database.models import Json, Table
from sekretarka.core.errors import PreconditionFailed
from sekretarka.core.runtime import clock

ACTOR = "actor"
# What a form shows of a row, and may change: the form's field → `column`, `column.key` of a JSON object, or
# `column.key.0` of a list in it.
FormFields = Mapping[str, str]


class EditedTable(SQLModel):
    """For tables that people edit: `edits` is `column` or `column.key` → the last change of it by a user or key, as
    `{"by": "user" | "api_key", "id": …, "at": RFC 3339, "version": …}`."""

    edits: dict[str, Any] = Field(default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"})

    # Columns that follow from others or count changes: nobody edits them.
    derived: ClassVar[frozenset[str]] = frozenset()


_COUNTED = frozenset({"version", "updated_at", "edits"})


@sa.event.listens_for(Session, "before_flush")
def _record_edits(session: Session, *_: Any) -> None:
    actor: Actor | None = session.info.get(ACTOR)
    if actor is None or actor.kind not in ("user", "api_key"):
        return
    actor_id = actor.user_id if actor.kind == "user" else actor.api_key_id
    for row in session.dirty:
        if isinstance(row, EditedTable) and (changed := _changed(row)):
            version = _version_after(row)
            edit = {"by": actor.kind, "id": str(actor_id), "at": clock.to_json(clock.now()), "version": version}
            row.edits = {**row.edits, **dict.fromkeys(changed, edit)}


def _version_after(row: Any) -> int:
    """The version that the change gets, whether or not it was counted already."""
    counted = sa.inspect(row).attrs["version"].history.has_changes()
    return int(row.version) + (not counted)


def _changed(row: EditedTable) -> list[str]:
    """The columns of a row that are not yet written, of JSON objects each key that differs."""
    names = []
    inspected: Any = sa.inspect(row)
    for attribute in inspected.attrs:
        name, history = attribute.key, attribute.history
        if not history.has_changes() or name in _COUNTED | row.derived:
            continue
        before, after = (next(iter(values or ()), None) for values in (history.deleted, history.added))
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            names += [f"{name}.{key}" for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
        else:
            names.append(name)
    return names


@dataclass(frozen=True)
class FieldConflict:
    """A field that somebody else changed since it was read: its value now, and who changed it when. `by` is "user",
    "api_key" or "system" (a call, a job), `actor_id` the user's or key's."""

    name: str
    value: Any
    by: str
    actor_id: UUID | None
    at: datetime


class EditConflict(PreconditionFailed):
    """Somebody else changed the same field. `version` is the row's now."""

    def __init__(self, version: int, fields: Sequence[FieldConflict]) -> None:
        super().__init__(details={"version": version, "fields": [conflict.name for conflict in fields]})
        self.version, self.fields = version, fields


def read_fields(row: Table, fields: FormFields) -> dict[str, Any]:
    """The row's values by the form's fields, as JSON has them."""
    return {name: _plain(_value(row, path)) for name, path in fields.items()}


def _value(row: Table, path: str) -> Any:
    column, _, key = path.partition(".")
    value = getattr(row, column)
    if not key:
        return value
    name, _, place = key.rpartition(".")
    if place.isdecimal():
        return dict(enumerate((value or {}).get(name) or ())).get(int(place))
    return (value or {}).get(key)


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, datetime):
        return clock.to_json(value)
    return str(value) if isinstance(value, UUID) else value


def changed_keys(before: Any, wanted: Any) -> Any:
    """What of an object is wanted otherwise than it was read; all of it where there was none. Whoever stores only that
    leaves alone what others changed under other keys."""
    if not isinstance(before, dict) or not isinstance(wanted, dict):
        return wanted
    return {key: value for key, value in wanted.items() if (value or None) != (before.get(key) or None)}


def _sets_back(before: Any, now: Any, wanted: Any) -> bool:
    """Whether storing what is wanted would undo what was changed since."""
    if all(isinstance(value, dict) for value in (before, now, wanted)):
        mine = changed_keys(before, wanted)
        return any(_sets_back(before.get(key), now.get(key), value) for key, value in mine.items())
    return now not in (before, wanted)


@dataclass
class Baseline(Precondition):
    """The precondition of an editor: no field that it changes may have changed since it was read.

    `version` is the row's when it was read, `base` has the fields that the editor changes as they were then; a field
    whose value is already the one in `wanted` is no conflict. Objects are compared key by key (`changed_keys`).
    """

    fields: FormFields = field(default_factory=dict)
    version: int = 0
    base: Mapping[str, Any] = field(default_factory=dict)
    wanted: Mapping[str, Any] = field(default_factory=dict)

    def check_row(self, row: Table) -> None:
        """Raise `EditConflict` if one of the fields has another value by now."""
        self.checked = True
        if row.version == self.version:
            return
        current = read_fields(row, self.fields)
        changed = [
            name
            for name, value in self.base.items()
            if name in current and _sets_back(value, current[name], self.wanted.get(name, value))
        ]
        if changed:
            raise EditConflict(row.version, [self._conflict(row, name, current[name]) for name in changed])

    def ensure_checked(self) -> None:
        """Raise `PreconditionFailed` if the row was never locked."""
        if not self.checked:
            raise PreconditionFailed

    def _conflict(self, row: Table, name: str, value: Any) -> FieldConflict:
        path = self.fields[name]
        edits: dict[str, Any] = getattr(row, "edits", {})
        inside = [edit for key, edit in edits.items() if f"{key}.".startswith(f"{path}.") or path.startswith(f"{key}.")]
        edit = max(inside, key=lambda edit: edit["version"], default=edits.get(path.partition(".")[0], {}))
        if edit.get("version", 0) <= self.version:  # before it was read: the change since was nobody's edit
            return FieldConflict(name, value, "system", None, row.updated_at)
        return FieldConflict(name, value, edit["by"], UUID(edit["id"]), datetime.fromisoformat(edit["at"]))
