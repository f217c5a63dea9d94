"""The URL is the state of the calendar: view, day, staff member, the open appointment and the new one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

from sekretarka.domain.appointments.counting import AppointmentCount
from sekretarka.ui.query_params import page_number, uuid_or_empty

PATH = "/dashboard/appointments"
View = Literal["day", "week", "month", "list"]
VIEWS: tuple[View, ...] = ("day", "week", "month", "list")
LIST_DAYS = 7
# Far enough for any calendar, and nowhere near where dates end.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_START = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)


@dataclass(frozen=True)
class UrlState:
    """What the URL asks for; values that mean nothing are left out, never an error.

    `view` is empty where nobody chose one: a day, on phones a list. `person` and `staff` are ids of staff. `new` is the
    local time (`2026-11-23T09:00`) of an appointment to be made, or "1" for one at any time. `counted_as` asks in place
    of the calendar for a `page` of those that a number counts, on the days from `since` to `until` (None: any).
    """

    view: View | Literal[""] = ""
    day: date | None = None
    person: str = ""
    id: str = ""
    new: str = ""
    staff: str = ""
    counted_as: AppointmentCount | None = None
    since: date | None = None
    until: date | None = None
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "UrlState":
        """From the query of the page's URL, name → value."""
        view, new, page = (query.get(name, "") for name in ("view", "new", "page"))
        counted_as = next((count for count in AppointmentCount if count == query.get("counted_as")), None)
        since, until = (parse_day(query.get(name, "")) if counted_as else None for name in ("from", "to"))
        return cls(
            view=next((name for name in VIEWS if name == view), ""),
            day=parse_day(query.get("date", "")),
            person=uuid_or_empty(query.get("person", "")),
            id=uuid_or_empty(query.get("id", "")),
            new=new if new == "1" or (_START.fullmatch(new) and parse_day(new[:10])) else "",
            staff=uuid_or_empty(query.get("with", "")),
            counted_as=counted_as,
            since=min(since, until) if since and until else since,
            until=max(since, until) if since and until else until,
            page=page_number(page) if counted_as else 1,
        )

    def visible_days(self, today: date) -> tuple[date, date]:
        """The first and last day that are drawn, both included."""
        day = self.day or today
        monday = day - timedelta(days=day.weekday())
        if self.view == "week":
            return monday, monday + timedelta(days=6)
        if self.view == "month":
            first, last = day.replace(day=1), _month_after(day) - timedelta(days=1)
            return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
        return day, day + timedelta(days=LIST_DAYS - 1 if self.view == "list" else 0)

    def shifted(self, today: date, *, forward: bool) -> "UrlState":
        """The same view of the period after this one, or before; within `FIRST_DAY` and `LAST_DAY`."""
        day = self.day or today
        if self.view == "month":
            other = _month_after(day) if forward else (day.replace(day=1) - timedelta(days=1)).replace(day=1)
        else:
            step = timedelta(days={"week": 7, "list": LIST_DAYS}.get(self.view, 1))
            other = day + step if forward else day - step
        return replace(self.closed(), day=min(max(other, FIRST_DAY), LAST_DAY))

    def closed(self) -> "UrlState":
        """The calendar alone: no appointment open, none being made."""
        return replace(self, id="", new="", staff="")

    def at_page(self, page: int) -> "UrlState":
        """Another page of the appointments that are counted, nothing open."""
        return replace(self.closed(), page=max(1, page))

    @property
    def href(self) -> str:
        """Path and query."""
        query = {
            "view": self.view,
            "date": self.day.isoformat() if self.day else "",
            "person": self.person,
            "id": self.id,
            "new": self.new,
            "with": self.staff,
            "counted_as": self.counted_as or "",
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        present = {name: value for name, value in query.items() if value}
        return f"{PATH}?{urlencode(present, safe=':')}" if present else PATH


def parse_day(text: str) -> date | None:
    """A date as URLs and forms have it (`2026-11-23`), from `FIRST_DAY` to `LAST_DAY`; None for anything else."""
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-11-23") else None
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
