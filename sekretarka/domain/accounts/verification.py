"""Proof that an address is its owner's: a mailed link. These run before there is a caller (decisions/0006)."""

from typing import Annotated

from pydantic import Field

from sekretarka.core.actor import system
from sekretarka.core.queue import Work
from sekretarka.core.schemas import Input
from sekretarka.core.scope import Scope, open_scope
from sekretarka.domain.accounts import mail, tokens
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import Email
from sekretarka.domain.accounts.models import Purpose, User

MAIL_LINK = "accounts.mail_verification_link"
PURPOSE = "verify"
PAGE = "/verify"


class Unverified(Input):
    """Somebody wants the link for this address once more."""

    email: Email


class Verification(Input):
    """The mailed link's token."""

    token: Annotated[str, Field(min_length=64, max_length=64, repr=False)]


async def ask_again(scope: Scope, email: str) -> None:
    """Ask for the link once more; the same work whatever there is about the address (SECURITY.md T8)."""
    await scope.later(MAIL_LINK, {"email": email})


async def mail_link(work: Work) -> None:
    """Mail the link to an account that is not verified yet."""
    async with open_scope(system(), write=True) as scope:
        user = await accounts.find_by_email(scope, work.payload["email"])
        if user is not None and user.email_verified_at is None:
            await send_link(scope, user)


async def send_link(scope: Scope, user: User) -> None:
    """Queue the letter with the link, unless there were enough of them lately."""
    token = await tokens.issue(scope, user, Purpose.VERIFY_EMAIL)
    if token:
        await mail.send(scope, "verify", to=user.email, language=user.language, link=mail.address(PAGE, token))


async def verify(scope: Scope, data: Verification) -> None:
    """The address is its owner's from now on; `LinkExpired` for a token that cannot be used."""
    user = await tokens.use(scope, data.token, Purpose.VERIFY_EMAIL)
    user.email_verified_at = user.email_verified_at or scope.now
    scope.touch(user)
    await tokens.revoke(scope, user.id, Purpose.VERIFY_EMAIL)
