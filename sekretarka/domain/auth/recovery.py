"""A forgotten password: an emailed token sets a new one. These run before there is a caller (decisions/0006)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from sekretarka.core.actor import system
from sekretarka.core.database.jobs import ClaimedJob, JobPayload
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Invalid
from sekretarka.core.web.schemas import Input
from sekretarka.domain.accounts import identities, login_throttling, mail, password_policy, passwords, sessions, tokens
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import EmailAddress
from sekretarka.domain.accounts.models import Purpose, User
from sekretarka.domain.accounts.schemas import NewPassword

PURPOSE = "reset"
PAGE = "/reset/new"


class MailResetLink(JobPayload):
    """Somebody asked for a link to set a new password; whether the address has an account, the job finds out."""

    job_name = "accounts.mail_reset_link"

    email: str


class Forgotten(Input):
    """The address whose password was forgotten."""

    email: EmailAddress


class PasswordReset(Input):
    """The emailed token and the new password."""

    token: Annotated[str, Field(min_length=64, max_length=64, repr=False)]
    password: NewPassword


async def request_reset(uow: UnitOfWork, data: Forgotten) -> None:
    """Queue the email with a link. The same work whether the address has an account or not: the job finds out
    (security.md#t8)."""
    await uow.enqueue(MailResetLink(email=data.email))


async def mail_link(job: ClaimedJob[MailResetLink]) -> None:
    """The job: mail the link to the account's own address, as it is written there; nothing for an address without
    account."""
    async with begin(system(), write=True) as uow:
        user = await accounts.find_by_email(uow, job.payload.email)
        token = await tokens.issue(uow, user, Purpose.RESET_PASSWORD) if user else None
        if user and token:
            link = mail.token_link(PAGE, token)
            await mail.send(uow, "reset", to=user.email, language=user.language, link=link)


async def prepare(data: PasswordReset, network: str) -> str:
    """Count the attempt and hash the password, before any transaction waits for it; returns the hash.

    `LinkExpired` for a token that cannot be used, `Invalid` for a password made of the user's own names,
    `LoginThrottled` for a network at its limit.
    """
    await login_throttling.count_request(PURPOSE, network)
    async with begin(system()) as uow:
        user = await tokens.owner_of(uow, data.token, Purpose.RESET_PASSWORD)
    if password_policy.is_derived_from(data.password, (user.email, user.name)):
        raise Invalid.field(["body", "password"], "guessable_password", password_policy.GUESSABLE_MESSAGE)
    return await passwords.derive(data.password)


async def reset(uow: UnitOfWork, data: PasswordReset, password_hash: str) -> None:
    """Store the new password's hash: every session and emailed token of the user ends, and the address counts as
    verified. If it was not so before, linked accounts are deleted. `LinkExpired` as `prepare`."""
    user = await tokens.consume(uow, data.token, Purpose.RESET_PASSWORD)
    if user.email_verified_at is None:
        user.email_verified_at = uow.now  # who opened the link reads the mail
        await identities.delete_all(uow, user.id)  # linked by whoever opened the account with this address
    await change_password(uow, user, password_hash)


async def change_password(uow: UnitOfWork, user: User, password_hash: str, keep_session_id: UUID | None = None) -> None:
    """Store a new password: sessions (except `keep_session_id`) and emailed tokens end, counted failures are
    cleared, and the user gets an email about it."""
    user.password_hash = password_hash
    uow.bump_version(user)
    await sessions.end_all(uow, user.id, except_id=keep_session_id)
    await tokens.revoke(uow, user.id)
    await login_throttling.clear_account(uow, user.email_key)
    await mail.send(uow, "password_changed", to=user.email, language=user.language, link=mail.page_url("/reset"))
