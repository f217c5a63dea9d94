"""Opening hours: blocks of local time per weekday, in order and apart from each other."""

import re
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sekretarka.core.web.schemas import Input
from sekretarka.domain.organizations import defaults

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)


def _wall_time(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise PydanticCustomError("invalid_time", "Write the time as HH:MM, from 00:00 to 24:00")
    return value


LocalTime = Annotated[str, Field(examples=["09:00"], max_length=5), AfterValidator(_wall_time)]


class Block(Input):
    """Open from `open` until `close` on the same day, in the organization's zone; `24:00` is midnight at its end."""

    open: LocalTime
    close: LocalTime

    @model_validator(mode="after")
    def _forwards(self) -> "Block":
        if self.open >= self.close:
            raise PydanticCustomError("before_start", "The block must end after it begins")
        return self


def _apart(blocks: list[Block]) -> list[Block]:
    for earlier, later in pairwise(blocks):
        if later.open < earlier.close:
            raise PydanticCustomError("overlapping_blocks", "The blocks must be in order and must not overlap")
    return blocks


DayBlocks = Annotated[list[Block], Field(max_length=8), AfterValidator(_apart)]


class BusinessHours(Input):
    """Weekdays with their blocks; a day without any is closed. In a patch an absent day stays as it is."""

    mon: DayBlocks | None = None
    tue: DayBlocks | None = None
    wed: DayBlocks | None = None
    thu: DayBlocks | None = None
    fri: DayBlocks | None = None
    sat: DayBlocks | None = None
    sun: DayBlocks | None = None

    def merge_into(self, hours: dict[str, Any]) -> dict[str, Any]:
        """Stored hours (weekday → list of blocks) with the given days replaced; `null` closes a day."""
        changes = self.model_dump(exclude_unset=True)
        return {day: changes[day] or [] if day in changes else hours.get(day, []) for day in defaults.DAYS}


def minutes(hours: dict[str, Any]) -> list[list[tuple[int, int]]]:
    """Stored hours as blocks `(opens, closes)` in minutes after midnight, by weekday, Monday first."""
    return [[(_minute(b["open"]), _minute(b["close"])) for b in hours.get(day, [])] for day in defaults.DAYS]


def _minute(wall_time: str) -> int:
    return int(wall_time[:2]) * 60 + int(wall_time[3:])
