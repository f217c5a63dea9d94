"""Emailed links: requesting one reveals nothing about an account, using one is always a POST."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.web.schemas import Input, Output
from sekretarka.domain.accounts import login_throttling
from sekretarka.domain.auth import recovery, verification
from sekretarka.domain.auth.recovery import Forgotten, PasswordReset
from sekretarka.domain.auth.verification import Unverified, Verification
from sekretarka.http.responses import Envelope
from sekretarka.web import idempotency
from sekretarka.web.idempotency import Data, Prepared

router = APIRouter(tags=["auth"])


class Accepted(Output):
    """Accepted; whether there was anything to do is not revealed."""

    accepted: bool = True


@router.post("/password/forgot", response_model=Envelope[Accepted])
async def ask_for_reset(request: Request) -> Response:
    """Email a link that sets a new password. The response is the same for an address without account."""
    return await _accepted(
        request, Forgotten, _counting(recovery.PURPOSE), lambda uow, data, _: recovery.request_reset(uow, data)
    )


@router.post("/password/reset", response_model=Envelope[Accepted])
async def reset_password(request: Request) -> Response:
    """Set the new password; every session of the user ends. 410 `LINK_EXPIRED` for a link used before or too old."""
    return await _accepted(request, PasswordReset, recovery.prepare, recovery.reset)


@router.post("/verify-email", response_model=Envelope[Accepted])
async def verify_email(request: Request) -> Response:
    """Verify the address. 410 `LINK_EXPIRED` for a link used before or too old."""
    counted = _counting(verification.PURPOSE)
    return await _accepted(request, Verification, counted, lambda uow, data, _: verification.verify(uow, data))


@router.post("/verify-email/resend", response_model=Envelope[Accepted])
async def ask_for_verification(request: Request) -> Response:
    """Email the verification link again. The response is the same for an address that needs none."""
    counted = _counting(verification.PURPOSE)
    return await _accepted(
        request, Unverified, counted, lambda uow, data, _: verification.request_link(uow, data.email)
    )


async def _accepted(
    request: Request,
    model: type[Data],
    prepare: idempotency.Prepare[Data, Prepared],
    act: Callable[[UnitOfWork, Data, Prepared], Awaitable[None]],
) -> Response:
    """Run the action, once for each key, and respond with `Accepted`."""

    async def run(uow: UnitOfWork, data: Data, prepared: Prepared) -> Envelope[Accepted]:
        await act(uow, data, prepared)
        return Envelope(data=Accepted())

    return await idempotency.submit(request, model, prepare, run)


def _counting(purpose: str) -> idempotency.Prepare[Input, None]:
    async def admit(_: Input, network: str) -> None:
        await login_throttling.count_request(purpose, network)

    return admit
