"""Changing a stored record by its form: what the form was filled from, what it sends, and when two people meet."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Concatenate, ParamSpec, TypedDict, TypeVar

from sekretarka.core.database import edits
from sekretarka.core.database.edits import EditConflict, FieldConflict, FormFields
from sekretarka.core.database.models import Table
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid
from sekretarka.core.runtime import clock
from sekretarka.domain.organizations import members
from sekretarka.ui.form_values import parse_json
from sekretarka.ui.rules import Edit
from sekretarka.ui.session import actor, read_uow, write_uow

P = ParamSpec("P")
T = TypeVar("T")
Formats = Mapping[str, Callable[[Any], str]]


class Record(TypedDict):
    """What a form was filled from, by its fields. It hands back the version and the values that it changes (`Edit`)."""

    id: str
    version: int
    values: dict[str, Any]


class ConflictingField(TypedDict):
    """A field's stored value, by whom ("user", "api_key", "system", or "me") and when (RFC 3339) it was changed."""

    name: str
    value: Any
    by: str
    who: str
    at: str


class Conflict(TypedDict):
    """What somebody else changed of an edit's own fields."""

    fields: list[ConflictingField]


def no_record() -> Record:
    """Before anything is read."""
    return Record(id="", version=0, values={})


def record(row: Table, fields: FormFields, **more: Any) -> Record:
    """The row as its form is filled; `more` are values that other tables have."""
    return Record(id=str(row.id), version=row.version, values={**edits.read_fields(row, fields), **more})


async def store(
    edit: Edit,
    fields: FormFields,
    act: Callable[Concatenate[UnitOfWork, P], Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """`write_uow` for an edit: `EditConflict` when a field that it changes was changed since it was read."""

    async def checked(uow: UnitOfWork) -> T:
        wanted = {name: _as_stored(value, edit.base.get(name)) for name, value in edit.changes.items()}
        base = {name: edit.base.get(name) for name in edit.changes}
        uow.precondition = edits.Baseline(edit.id, fields=fields, version=edit.version, base=base, wanted=wanted)
        result = await act(uow, *args, **kwargs)
        uow.precondition.ensure_checked()
        return result

    return await write_uow(checked)


def _as_stored(text: Any, before: Any) -> Any:
    """What was filled in, as far as it can be compared with the kind of value that stood there before."""
    if isinstance(before, bool):
        return text == "on"
    if isinstance(before, (list, dict, int)):
        try:
            return parse_json(text)
        except Invalid:
            return text
    return text or None


def _shown(field: FieldConflict, formats: Formats) -> Any:
    return formats[field.name](field.value) if field.name in formats and field.value is not None else field.value


async def describe(error: EditConflict, formats: Formats) -> Conflict:
    """The conflict as its form shows it; `formats` are those of fields that users read otherwise than stored."""
    names: dict[Any, str] = {}
    if actor().organization_id is not None:
        async with read_uow() as uow:
            names = dict(await members.names(uow))
    fields = [
        ConflictingField(
            name=field.name,
            value=_shown(field, formats),
            by="me" if field.by == "user" and field.actor_id == actor().user_id else field.by,
            who=names.get(field.actor_id, ""),
            at=clock.to_json(field.at),
        )
        for field in error.fields
    ]
    return Conflict(fields=fields)
