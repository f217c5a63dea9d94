"""Inputs and outputs of organizations."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from sekretarka.core.runtime import clock
from sekretarka.core.text.phone import Phone
from sekretarka.core.web.schemas import BoundedStr, Day, Input, Output, OutputInstant, VersionedView
from sekretarka.domain.accounts.fields import EmailAddress, WebUrl
from sekretarka.domain.organizations.hours import Block, BusinessHours, LocalTime
from sekretarka.domain.organizations.models import Organization

CLOSED_DAYS = 400
MOST_ESCALATED = 5


def _zone(value: str) -> str:
    if value not in clock.zone_names():
        raise PydanticCustomError("unknown_timezone", "This is not an IANA time zone")
    return value


Zone = Annotated[str, Field(max_length=64, examples=["Europe/Warsaw"]), AfterValidator(_zone)]
ClosedDays = Annotated[list[Day], Field(max_length=CLOSED_DAYS), AfterValidator(lambda days: sorted(set(days)))]
Currency = Annotated[str, Field(pattern="^[a-z]{3}$", examples=["pln"])]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["PL"])]


def _without_repeats(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


def _minutes(least: int, most: int) -> Any:
    return Field(strict=True, ge=least, le=most)


class Address(Input):
    """Where the organization is."""

    street: Annotated[str, BoundedStr(120)] | None = None
    postal_code: Annotated[str, BoundedStr(20)] | None = None
    city: Annotated[str, BoundedStr(80)] | None = None
    country: Country | None = None


class Booking(Input):
    """What appointments can be booked. In a patch an absent member stays as it is."""

    slot_minutes: Annotated[int, _minutes(5, 240)] = 15
    minimum_notice_minutes: Annotated[int, _minutes(0, 60 * 24 * 30)] = 120
    maximum_advance_days: Annotated[int, _minutes(1, 730)] = 60
    hold_minutes: Annotated[int, _minutes(1, 60)] = 5


class Messaging(Input):
    """How messages are sent to clients. In a patch an absent member stays as it is.

    Nothing leaves from `quietFrom` to `quietTo`, local times, but about an appointment within the next hours; equal
    ones are no quiet hours. A limit is of messages a local day. SMS go to `countries` only, without any to the
    organization's own. `textBack` answers missed calls.
    """

    quiet_from: LocalTime = "21:00"
    quiet_to: LocalTime = "08:00"
    daily_limit: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 500
    daily_limit_per_number: Annotated[int, Field(strict=True, ge=0, le=100)] = 10
    countries: Annotated[list[Country], Field(max_length=60), AfterValidator(lambda codes: sorted(set(codes)))] = Field(
        default_factory=list
    )
    text_back: Annotated[bool, Field(strict=True)] = True


class EscalationRules(Input):
    """Whom urgent calls are told to: members, one after another, each `minutes` after the one before, until one takes
    it. In a patch an absent member stays as it is."""

    user_ids: Annotated[list[UUID], Field(max_length=MOST_ESCALATED), AfterValidator(_without_repeats)] = Field(
        default_factory=list
    )
    minutes: Annotated[int, _minutes(1, 60)] = 5


class OrganizationCreate(Input):
    """A new organization; the caller becomes its owner. Only the name is needed, the rest has defaults."""

    name: Annotated[str, BoundedStr(120, 1)]
    industry: Annotated[str, BoundedStr(60)] | None = None
    business_type: Annotated[str, BoundedStr(60)] | None = None
    phone: Phone | None = None
    email: EmailAddress | None = None
    website: WebUrl | None = None
    address: Address | None = None
    timezone: Zone = "Europe/Warsaw"
    currency: Currency = "pln"
    business_hours: BusinessHours = Field(default_factory=BusinessHours)
    closed_days: ClosedDays = Field(default_factory=list)
    observes_public_holidays: Annotated[bool, Field(strict=True)] = True
    booking: Booking = Field(default_factory=Booking)
    messaging: Messaging = Field(default_factory=Messaging)


class OrganizationPatch(OrganizationCreate):
    """Merge patch: absent keeps, `null` clears what may be empty; hours, address, booking, messaging and
    escalation merge member by member."""

    name: Annotated[str, BoundedStr(120, 1)] = ""
    escalation: EscalationRules = Field(default_factory=EscalationRules)


class AddressView(Output):
    """Where the organization is."""

    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None


class BookingView(Output):
    """What appointments can be booked."""

    slot_minutes: int
    minimum_notice_minutes: int
    maximum_advance_days: int
    hold_minutes: int


class MessagingView(Output):
    """How messages are sent to clients."""

    quiet_from: str
    quiet_to: str
    daily_limit: int
    daily_limit_per_number: int
    countries: list[str]
    text_back: bool


class EscalationRulesView(Output):
    """Whom urgent calls are told to."""

    user_ids: list[UUID]
    minutes: int


class OrganizationView(VersionedView):
    """An organization as its members see it."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: str
    industry: str | None
    business_type: str | None
    phone: str | None
    email: str | None
    website: str | None
    address: AddressView | None
    timezone: str
    currency: str
    business_hours: dict[str, list[Block]]
    closed_days: list[date]
    observes_public_holidays: bool
    booking: BookingView
    messaging: MessagingView
    escalation: EscalationRulesView

    @classmethod
    def of(cls, row: Organization) -> "OrganizationView":
        """The view of one row."""
        return cls.model_validate(row, from_attributes=True)
