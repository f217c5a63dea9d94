"""Mailed links: asking for them tells nothing about anybody, using them is always a POST."""

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.schemas import Input, Output
from sekretarka.core.scope import Scope
from sekretarka.domain.accounts import recovery, throttles, verification
from sekretarka.domain.accounts.recovery import Forgotten, PasswordReset
from sekretarka.domain.accounts.verification import Unverified, Verification
from sekretarka.web import repeats

router = APIRouter(tags=["auth"])


class Accepted(Output):
    """It is done, or will be; more is not told."""

    accepted: bool = True


class AcceptedAnswer(Output):
    """The envelope of it."""

    success: bool = True
    data: Accepted = Field(default_factory=Accepted)


@router.post("/password/forgot", response_model=AcceptedAnswer)
async def ask_for_reset(request: Request) -> Response:
    """Mail a link that sets a new password. The answer is the same for an address without account."""

    async def act(scope: Scope, data: Forgotten, _: None) -> AcceptedAnswer:
        await recovery.ask(scope, data)
        return AcceptedAnswer()

    return await repeats.once(request, Forgotten, _counted(recovery.PURPOSE), act)


@router.post("/password/reset", response_model=AcceptedAnswer)
async def reset_password(request: Request) -> Response:
    """Set the new password; every session of the person ends. 410 `LINK_EXPIRED` for a link used before or too old."""

    async def act(scope: Scope, data: PasswordReset, password_hash: str) -> AcceptedAnswer:
        await recovery.set_password(scope, data, password_hash)
        return AcceptedAnswer()

    return await repeats.once(request, PasswordReset, recovery.admit, act)


@router.post("/verify-email", response_model=AcceptedAnswer)
async def verify_email(request: Request) -> Response:
    """The address is its owner's. 410 `LINK_EXPIRED` for a link used before or too old."""

    async def act(scope: Scope, data: Verification, _: None) -> AcceptedAnswer:
        await verification.verify(scope, data)
        return AcceptedAnswer()

    return await repeats.once(request, Verification, _counted(verification.PURPOSE), act)


@router.post("/verify-email/resend", response_model=AcceptedAnswer)
async def ask_for_verification(request: Request) -> Response:
    """Mail the link that proves an address once more. The answer is the same for an address that needs none."""

    async def act(scope: Scope, data: Unverified, _: None) -> AcceptedAnswer:
        await verification.ask_again(scope, data.email)
        return AcceptedAnswer()

    return await repeats.once(request, Unverified, _counted(verification.PURPOSE), act)


def _counted(purpose: str) -> repeats.Prepare[Input, None]:
    async def admit(_: Input, network: str) -> None:
        await throttles.admit(purpose, network)

    return admit
