"""Proof that an email address is its owner's: an emailed token. These run before there is a caller (decisions/0006)."""

from typing import Annotated

from pydantic import Field

from sekretarka.core.actor import system
from sekretarka.core.database.jobs import ClaimedJob, JobPayload
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.web.schemas import Input
from sekretarka.domain.accounts import mail, tokens
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import EmailAddress
from sekretarka.domain.accounts.models import Purpose, User

PURPOSE = "verify"
PAGE = "/verify"


class MailVerificationLink(JobPayload):
    """The job of a link that proves the address; whether it has an account, the job finds out."""

    job_name = "accounts.mail_verification_link"

    email: str


class Unverified(Input):
    """The address that the link is to be sent to once more."""

    email: EmailAddress


class Verification(Input):
    """The emailed token."""

    token: Annotated[str, Field(min_length=64, max_length=64, repr=False)]


async def request_link(uow: UnitOfWork, email: str) -> None:
    """Queue the email with the link once more; the same work whether the address has an account or not
    (security.md#t8)."""
    await uow.enqueue(MailVerificationLink(email=email))


async def mail_link(job: ClaimedJob[MailVerificationLink]) -> None:
    """The job: mail the link to the account, unless there is none or its address is verified already."""
    async with begin(system(), write=True) as uow:
        user = await accounts.find_by_email(uow, job.payload.email)
        if user is not None and user.email_verified_at is None:
            await send_link(uow, user)


async def send_link(uow: UnitOfWork, user: User) -> None:
    """Queue the email with the link; nothing when the user was sent as many as `LINK_EMAILS` allows."""
    token = await tokens.issue(uow, user, Purpose.VERIFY_EMAIL)
    if token:
        await mail.send(uow, "verify", to=user.email, language=user.language, link=mail.token_link(PAGE, token))


async def verify(uow: UnitOfWork, data: Verification) -> None:
    """Mark the address as verified; `LinkExpired` for a token that cannot be used."""
    user = await tokens.consume(uow, data.token, Purpose.VERIFY_EMAIL)
    user.email_verified_at = user.email_verified_at or uow.now
    uow.bump_version(user)
    await tokens.revoke(uow, user.id, Purpose.VERIFY_EMAIL)
