"""Inputs and views of SMS gateways."""

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sekretarka.core.text.phone import Phone
from sekretarka.core.web.schemas import BoundedStr, Input, Output, OutputInstant, Patch
from sekretarka.domain.messages.models import Failure, SenderNameStatus
from sekretarka.providers import registry

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .&_-]*")


def _provider(name: str) -> str:
    if name not in registry.SMS_GATEWAYS:
        raise PydanticCustomError("unknown_provider", "This is none of {known}", {"known": ", ".join(KNOWN)})
    return name


def _sender_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise PydanticCustomError("invalid_sender_name", "Letters, digits and . & _ - only, at most eleven")
    return value


KNOWN = tuple(registry.SMS_GATEWAYS)
SenderName = Annotated[str, BoundedStr(11, 1), AfterValidator(_sender_name)]
Credentials = Annotated[dict[str, Annotated[str, Field(max_length=500)]], Field(max_length=10)]
PartPrice = Annotated[int, Field(strict=True, ge=0, le=1000, description="What a part costs, in minor units.")]


class SmsGatewayCreate(Input):
    """An account at a vendor of SMS. Clients can answer a `number`; a `senderName` stands in its place, once the vendor
    approved it. `credentials` are those that the vendor gave."""

    provider: Annotated[str, Field(max_length=32, examples=["smsapi"]), AfterValidator(_provider)]
    credentials: Credentials
    number: Phone | None = None
    sender_name: SenderName | None = None
    part_price: PartPrice = 0

    @model_validator(mode="after")
    def _has_a_sender(self) -> "SmsGatewayCreate":
        if self.number is None and self.sender_name is None:
            raise PydanticCustomError("missing", "Send a number or a sender's name")
        return self


class SmsGatewayPatch(Patch):
    """Merge patch: absent keeps, `null` clears. `credentials` replace all of the old ones; `first` makes it the gateway
    that is used first."""

    credentials: Credentials | None = None
    number: Phone | None = None
    sender_name: SenderName | None = None
    sender_name_status: SenderNameStatus = SenderNameStatus.PENDING
    part_price: PartPrice = 0
    first: Literal[True] = True


class SmsGatewayView(Output):
    """A gateway without its credentials; its vendor reports to `callbackUrl`. `problem` is what has to be mended."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    provider: str
    first: bool
    number: str | None
    sender_name: str | None
    sender_name_status: SenderNameStatus
    part_price: int
    callback_url: str
    problem: Failure | None
    problem_at: OutputInstant | None
