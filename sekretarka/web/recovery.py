"""Mailed links: asking for them tells nothing about anybody, using them is always a POST."""

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from sekretarka.core.schemas import Output
from sekretarka.domain.accounts import recovery, verification
from sekretarka.domain.accounts.recovery import Forgotten, PasswordReset
from sekretarka.domain.accounts.verification import Unverified, Verification
from sekretarka.web import bodies, origins

router = APIRouter(tags=["auth"])


class Accepted(Output):
    """It is done, or will be; more is not told."""

    accepted: bool = True


class AcceptedAnswer(Output):
    """The envelope of it."""

    success: bool = True
    data: Accepted = Field(default_factory=Accepted)


@router.post("/password/forgot")
async def ask_for_reset(request: Request) -> AcceptedAnswer:
    """Mail a link that sets a new password. The answer is the same for an address without account."""
    await recovery.ask(await bodies.wish(request, Forgotten), origins.network(request))
    return AcceptedAnswer()


@router.post("/password/reset")
async def reset_password(request: Request) -> AcceptedAnswer:
    """Set the new password; every session of the person ends. 410 `LINK_EXPIRED` for a link used before or too old."""
    await recovery.set_password(await bodies.wish(request, PasswordReset), origins.network(request))
    return AcceptedAnswer()


@router.post("/verify-email")
async def verify_email(request: Request) -> AcceptedAnswer:
    """The address is its owner's. 410 `LINK_EXPIRED` for a link used before or too old."""
    await verification.verify(await bodies.wish(request, Verification), origins.network(request))
    return AcceptedAnswer()


@router.post("/verify-email/resend")
async def ask_for_verification(request: Request) -> AcceptedAnswer:
    """Mail the link that proves an address once more. The answer is the same for an address that needs none."""
    await verification.ask(await bodies.wish(request, Unverified), origins.network(request))
    return AcceptedAnswer()
