"""Inputs and outputs of services."""

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from sekretarka.core.web.money import LIMIT, Money
from sekretarka.core.web.schemas import BoundedStr, Input, Output, OutputInstant, Patch
from sekretarka.domain.catalog.models import Service


def _each_once(values: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(values))


class Price(Money):
    """What a service costs, in minor units, 0 or more."""

    amount: Annotated[int, Field(strict=True, ge=0, le=LIMIT)]


Name = Annotated[str, BoundedStr(120, 1)]
Duration = Annotated[int, Field(strict=True, ge=5, le=24 * 60, description="Minutes.")]
Buffer = Annotated[int, Field(strict=True, ge=0, le=240, description="Minutes without other appointments.")]
StaffIds = Annotated[
    list[UUID], Field(max_length=200, description="Who can do it; empty: everyone."), AfterValidator(_each_once)
]
Flag = Annotated[bool, Field(strict=True)]


class ServiceCreate(Input):
    """A new service; only name, duration and price are needed."""

    name: Name
    description: Annotated[str, BoundedStr(2_000)] | None = None
    category: Annotated[str, BoundedStr(80)] | None = None
    duration: Duration
    buffer_before: Buffer = 0
    buffer_after: Buffer = 0
    price: Price
    is_active: Flag = True
    staff_ids: StaffIds = Field(default_factory=list)


class ServicePatch(Patch):
    """Merge patch: absent keeps, `null` clears description and category. Booked appointments stay as they are."""

    name: Name = ""
    description: Annotated[str, BoundedStr(2_000)] | None = None
    category: Annotated[str, BoundedStr(80)] | None = None
    duration: Duration = 5
    buffer_before: Buffer = 0
    buffer_after: Buffer = 0
    price: Price = Field(default_factory=lambda: Price(amount=0, currency="pln"))
    is_active: Flag = True
    staff_ids: StaffIds = Field(default_factory=list)


class ServiceView(Output):
    """A service; `duration`, `bufferBefore` and `bufferAfter` are minutes. Without `staffIds` everyone can do it."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: str
    description: str | None
    category: str | None
    duration: int
    buffer_before: int
    buffer_after: int
    price: Money
    is_active: bool
    staff_ids: list[UUID]

    @classmethod
    def of(cls, row: Service, staff_ids: Collection[UUID]) -> "ServiceView":
        """The view of a service and the ids of the staff assigned to it."""
        price = Money(amount=row.price_amount, currency=row.price_currency)
        return cls(**row.model_dump(), price=price, staff_ids=list(staff_ids))


def columns(data: ServiceCreate | ServicePatch) -> dict[str, Any]:
    """What was given, by column name; `staff_ids` is left out."""
    values = data.model_dump(exclude_unset=isinstance(data, ServicePatch), exclude={"staff_ids", "price"})
    if "price" in data.model_fields_set:
        values |= {"price_amount": data.price.amount, "price_currency": data.price.currency}
    return values
