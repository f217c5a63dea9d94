"""Why an appointment cannot be as a form has it: at the field, in words."""

from collections.abc import Sequence

from sekretarka.core.errors import OutsideHours, SlotTaken, StaffUnavailable, TooFar, TooSoon
from sekretarka.ui import errors
from sekretarka.ui.errors import ExpectedError, FieldErrors

MAX_REASON_LENGTH = 500
TIME_ERRORS = (OutsideHours, SlotTaken, StaffUnavailable, TooFar, TooSoon)


def explain(error: ExpectedError) -> FieldErrors:
    """The errors by field of the form; what is wrong with the time stands at the time."""
    if isinstance(error, TIME_ERRORS):
        return {"time": errors.localized(f"error.{error.code}")}
    return errors.field_errors(error, _field_name)


def _field_name(path: Sequence[str | int]) -> str:
    last = errors.last_segment(path)
    return "time" if last == "scheduledAt" else last
