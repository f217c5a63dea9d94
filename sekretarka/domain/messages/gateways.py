"""Gateways of an organization: which one sends its SMS, and what is wrong with it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from pydantic import SecretStr, ValidationError
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Detail, Duplicate, Invalid, NotFound
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.accounts import mail
from sekretarka.domain.accounts.models import User
from sekretarka.domain.messages.gateway_schemas import SmsGatewayCreate, SmsGatewayPatch, SmsGatewayView
from sekretarka.domain.messages.models import Failure, SenderNameStatus, SmsGateway
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Membership, Organization
from sekretarka.providers import registry
from sekretarka.providers.sms import SmsGateway as Vendor

POSITIONS = (0, 1)
PLAIN_FIELDS = {"number", "sender_name", "sender_name_status", "part_price"}


async def page(uow: UnitOfWork, query: PageQuery) -> Page[SmsGateway]:
    """One page of the organization's gateways, the oldest first."""
    uow.require(Permission.ORGANIZATIONS_WRITE)  # who knows a callback's address can report by it
    return await paginate(uow, _not_removed(uow), SortKey(col(SmsGateway.created_at), descending=False), query, {})


async def get(uow: UnitOfWork, gateway_id: UUID) -> SmsGateway:
    """One gateway or `NotFound`."""
    uow.require(Permission.ORGANIZATIONS_WRITE)  # who knows a callback's address can report by it
    return await _in_use(uow, gateway_id)


async def create(uow: UnitOfWork, data: SmsGatewayCreate) -> SmsGateway:
    """A gateway, used after those that there are; `Invalid` for credentials that the vendor's model rejects,
    `Duplicate` when there are two."""
    uow.require(Permission.ORGANIZATIONS_WRITE)
    await uow.wait_for_advisory_lock(f"sms-gateways:{uow.organization_id}")
    taken = {row.position for row in await _all(uow)}
    free = [position for position in POSITIONS if position not in taken]
    if not free:
        raise Duplicate("There are two gateways already")
    row = SmsGateway(
        organization_id=uow.organization_id,
        provider=data.provider,
        position=free[0],
        credentials=_sealed(data.provider, data.credentials),
        number=data.number,
        sender_name=data.sender_name,
        part_price=data.part_price,
    )
    uow.add(row)
    await uow.flush()
    return row


async def update(uow: UnitOfWork, gateway_id: UUID, patch: SmsGatewayPatch) -> SmsGateway:
    """Merge patch; new credentials replace all of the old ones and clear the `problem`. `first` makes it the one that
    is used. `Invalid` as in `create`."""
    uow.require(Permission.ORGANIZATIONS_WRITE)
    row = await _in_use(uow, gateway_id, lock=True)
    values = {name: getattr(patch, name) for name in patch.model_fields_set & PLAIN_FIELDS}
    if "sender_name" in values and values["sender_name"] != row.sender_name:
        values = {"sender_name_status": SenderNameStatus.PENDING, **values}
    if patch.credentials is not None:
        values |= {"credentials": _sealed(row.provider, patch.credentials), "problem": None, "problem_at": None}
    is_moved = "first" in patch.model_fields_set and row.position != POSITIONS[0]
    if not is_moved and all(getattr(row, name) == value for name, value in values.items()):
        return row
    for name, value in values.items():
        setattr(row, name, value)
    if is_moved:
        await _exchange(uow, row)
    return uow.bump_version(row)


async def _exchange(uow: UnitOfWork, row: SmsGateway) -> None:
    """Put it before the other one; no two are at one place, not even for a moment."""
    others = [other for other in await _all(uow) if other.id != row.id]
    row.position = -1
    await uow.flush()
    for other in others:
        other.position = POSITIONS[1]
        uow.bump_version(other)
    await uow.flush()
    row.position = POSITIONS[0]


async def remove(uow: UnitOfWork, gateway_id: UUID) -> SmsGateway:
    """Use it no longer; what it reports of earlier messages still counts and is verified by its credentials."""
    uow.require(Permission.ORGANIZATIONS_WRITE)
    row = await _in_use(uow, gateway_id, lock=True)
    row.removed_at = uow.now
    uow.bump_version(row)
    await uow.flush()
    for other in await _all(uow):
        if other.position:
            other.position = POSITIONS[0]
            uow.bump_version(other)
    return row


def view(row: SmsGateway) -> SmsGatewayView:
    """What may be known of a gateway; never its credentials."""
    base = settings.base_url.rstrip("/")
    return SmsGatewayView(
        **row.model_dump(include=set(SmsGatewayView.model_fields)),
        first=row.position == POSITIONS[0],
        callback_url=f"{base}{callback_path(row.provider, row.callback_id)}",
    )


def callback_path(provider: str, callback_id: UUID) -> str:
    """Where a vendor reports to."""
    return f"/api/webhooks/{provider}/{callback_id}"


async def usable(uow: UnitOfWork) -> Sequence[SmsGateway]:
    """Those with a number or a name to send from, the one that is used first, for the organization's own work."""
    return [row for row in await _all(uow) if row.number or row.sender_name]


async def _all(uow: UnitOfWork) -> Sequence[SmsGateway]:
    return await uow.list(_not_removed(uow).order_by(col(SmsGateway.position)))


def _not_removed(uow: UnitOfWork) -> SelectOfScalar[SmsGateway]:
    return uow.select(SmsGateway).where(col(SmsGateway.removed_at).is_(None))


def sender_of(row: SmsGateway, *, asks: bool = False) -> str | None:
    """What a text is sent from: the name, if it is approved, else the number; a text that `asks` for an answer only
    from the number. None when there is neither."""
    named = row.sender_name if row.sender_name_status is SenderNameStatus.APPROVED else None
    return (row.number or named) if asks else (named or row.number)


async def can_be_answered(uow: UnitOfWork) -> bool:
    """Whether an answer to an SMS would come in."""
    return any(row.number for row in await usable(uow))


async def is_working(uow: UnitOfWork) -> bool:
    """Whether an account of the organization has no problem that is known."""
    return any(row.problem is None for row in await usable(uow))


def vendor_of(row: SmsGateway) -> Vendor:
    """The vendor with the gateway's credentials."""
    return registry.sms_gateway(row.provider, json.loads(crypto.decrypt(row.credentials)))


async def note_problem(uow: UnitOfWork, gateway_id: UUID, failure: Failure | None) -> None:
    """Keep what the owner has to mend of a gateway, or that it works again. Owners are told by e-mail when it begins,
    at most once a day: it may come and go with what is sent."""
    if (await uow.get(SmsGateway, gateway_id)).problem is failure:
        return  # as with nearly every message: those that are sent at once do not wait for one another
    row = await uow.get(SmsGateway, gateway_id, lock=True)
    if row.problem is failure:
        return
    row.problem, row.problem_at = failure, uow.now if failure else None
    uow.bump_version(row)
    uow.notify_live("sms_gateway.updated", {"id": str(row.id)})
    if failure is not None:
        await _tell_owners(uow, row)


async def _tell_owners(uow: UnitOfWork, row: SmsGateway) -> None:
    organization = await days.current_organization(uow)
    today = clock.local_day(uow.now, organization.timezone)
    owners = select(User).join(Membership, col(Membership.user_id) == col(User.id))
    owners = owners.where(Membership.organization_id == uow.organization_id, Membership.role == Role.OWNER)
    for owner in await uow.list(owners):
        await mail.send(
            uow,
            "sms_gateway_problem",
            to=owner.email,
            language=owner.language,
            link=mail.page_url("/dashboard/settings/integrations"),
            key=f"sms-gateway:{row.id}:{row.problem}:{today}:{owner.id}",
            organization=organization.name,
        )


@dataclass(frozen=True)
class CallbackTarget:
    """The gateway that a callback is for, found before there is a caller."""

    id: UUID
    organization_id: UUID
    vendor: Vendor


async def find_callback_target(provider: str, callback_id: UUID) -> CallbackTarget:
    """The gateway of an address that a vendor called, also a removed one; `NotFound`, also when its organization was
    deleted."""
    found = await BY_CALLBACK.fetch_row(wanted=callback_id)
    if found is None or found[2] != provider:
        raise NotFound
    gateway_id, organization_id, name, credentials = found
    vendor = registry.sms_gateway(name, json.loads(crypto.decrypt(credentials)))
    return CallbackTarget(gateway_id, organization_id, vendor)


BY_CALLBACK = PreparedQuery(
    sa.select(
        col(SmsGateway.id), col(SmsGateway.organization_id), col(SmsGateway.provider), col(SmsGateway.credentials)
    )
    .join(Organization, col(Organization.id) == col(SmsGateway.organization_id))
    .where(col(Organization.deleted_at).is_(None))
    .where(col(SmsGateway.callback_id) == sa.bindparam("wanted", type_=sa.Uuid))
)


async def reencrypt(uow: UnitOfWork) -> int:
    """Encrypt the credentials of every organization with the present SECRET_KEY; for the system only. Returns how many
    gateways there are."""
    rows = await uow.list(uow.unscoped(select(SmsGateway).with_for_update()))
    for row in rows:
        row.credentials = crypto.encrypt(crypto.decrypt(row.credentials))
        uow.bump_version(row)
    return len(rows)


async def _in_use(uow: UnitOfWork, gateway_id: UUID, *, lock: bool = False) -> SmsGateway:
    row = await uow.get(SmsGateway, gateway_id, lock=lock)
    if row.removed_at is not None:
        raise NotFound
    return row


def _sealed(provider: str, credentials: dict[str, str]) -> str:
    try:
        account = registry.sms_credentials(provider).model_validate(credentials)
    except ValidationError as error:
        raise Invalid(
            details=[
                Detail(("body", "credentials", *wrong["loc"]), wrong["type"], wrong["msg"]) for wrong in error.errors()
            ]
        ) from None
    values = account.model_dump(exclude_none=True)
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in values.items()
    }
    return crypto.encrypt(json.dumps(plain))
