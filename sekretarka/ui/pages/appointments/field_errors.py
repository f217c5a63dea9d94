"""Why a visit cannot be as a form has it: at the field, in words."""

from collections.abc import Sequence

from pydantic import ValidationError

from sekretarka.core.errors import AppError, OutsideHours, SlotTaken, StaffUnavailable, TooFar, TooSoon
from sekretarka.ui import errors
from sekretarka.ui.errors import FieldErrors

LONGEST_REASON = 500
OF_THE_TIME = (OutsideHours, SlotTaken, StaffUnavailable, TooFar, TooSoon)


def of(error: AppError | ValidationError) -> FieldErrors:
    """By field of the form; what is wrong with the time stands at the time."""
    if isinstance(error, OF_THE_TIME):
        return {"time": errors.localized(f"error.{error.code}")}
    return errors.field_errors(error, _named)


def _named(path: Sequence[str | int]) -> str:
    last = errors.last_segment(path)
    return "time" if last == "scheduledAt" else last
