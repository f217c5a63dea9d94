"""What the forms of services and staff hand back, as the API's own inputs."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sekretarka.core.database.edits import changed_keys
from sekretarka.core.errors import Invalid
from sekretarka.core.runtime import clock
from sekretarka.domain.catalog.schemas import ServiceCreate, ServicePatch
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, TimeOffCreate
from sekretarka.ui import errors
from sekretarka.ui.form_values import parse_amount, parse_ids, parse_json

NUMBERS = ("duration", "bufferBefore", "bufferAfter")


def parse_number(text: str) -> int | str:
    """A whole number as people type it; what is none stays text, and the input rejects it."""
    tight = "".join(text.split())
    return int(tight) if re.fullmatch(r"-?\d{1,9}", tight, re.ASCII) else text


def service(form: Mapping[str, Any], currency: str, model: type[ServiceCreate] | type[ServicePatch]) -> Any:
    """A service's form, or what was changed of it, as `model`: blank buffers are 0, the price is in `currency`.
    `Invalid` for a blank duration or a wrong price, `pydantic.ValidationError` for other values."""
    fields = errors.form_input(model, dict(form))
    for name in fields.keys() & NUMBERS:
        fields[name] = parse_number(str(form[name])) if str(form[name]).strip() else 0
    if fields.get("duration") == 0:
        raise Invalid.field(["body", "duration"], "missing", "A service takes some time")
    if "price" in fields:
        fields["price"] = {"amount": parse_amount(str(form["price"]), "price"), "currency": currency}
    if "isActive" in fields:
        fields["isActive"] = form["isActive"] == "on"
    if "staffIds" in fields:
        fields["staffIds"] = parse_ids(form["staffIds"])
    return model.model_validate(fields)


def staff_member(form: Mapping[str, Any], model: type[StaffCreate] | type[StaffPatch]) -> Any:
    """A staff member's form, or what was changed of it, as `model`, without the working hours, which have a form of
    their own; `pydantic.ValidationError`."""
    fields = errors.form_input(model, dict(form))
    fields.pop("weeklyHours", None)
    if "isActive" in fields:
        fields["isActive"] = form["isActive"] == "on"
    return model.model_validate(fields)


def weekly_hours(form: Mapping[str, Any], before: Any = None) -> StaffPatch:
    """A patch with the days of their own week that are others than `before`, or without a week: then the
    organization's hours hold. Whoever changed only the week has one of their own. `Invalid` or
    `pydantic.ValidationError`."""
    own = form.get("own", "on") == "on"
    week = changed_keys(before, parse_json(form.get("weeklyHours"))) if own else None
    return StaffPatch.model_validate({"weeklyHours": week})


def time_off(form: Mapping[str, Any], zone: str) -> TimeOffCreate:
    """Time off of whole days, or with `hours` of local times in `zone`. `Invalid` for a missing day or time,
    `pydantic.ValidationError` for other values."""
    fields = {"reason": form.get("reason") or None}
    if form.get("hours") == "on":
        fields |= {side: _instant(form, side, zone) for side in ("startsAt", "endsAt")}
    else:
        fields |= {side: str(form.get(f"{side}.day") or "") for side in ("startsAt", "endsAt")}
    for side in ("startsAt", "endsAt"):
        if not fields[side]:
            raise Invalid.field(["body", side], "missing", "Say when")
    return TimeOffCreate.model_validate(fields)


def _instant(form: Mapping[str, Any], side: str, zone: str) -> str:
    day, at = str(form.get(f"{side}.day") or ""), str(form.get(f"{side}.time") or "")
    if not day or not at:
        return ""
    try:
        shown = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), tzinfo=clock.zone(zone))
    except ValueError:
        raise Invalid.field(["body", side], "invalid_time", "This is no time") from None
    return shown.isoformat()


def field_name(path: Sequence[str | int]) -> str:
    """The field of the form for an error's path: of hours the day (`weeklyHours.mon`), else the first segment."""
    parts = [str(part) for part in path if part != "body"]
    if parts[0] == "weeklyHours" and len(parts) > 1:
        return f"weeklyHours.{parts[1]}"
    return parts[0]


explain = partial(errors.field_errors, name_of=field_name)
