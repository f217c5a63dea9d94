"""Opening an account, also by invitation: strict JSON, from our own page or from no browser at all."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.web.schemas import Output
from sekretarka.domain.auth import invitation_signup, registration
from sekretarka.domain.auth.invitation_signup import InvitationSignup, InvitationToken, Offer
from sekretarka.domain.auth.registration import Registered, Registration
from sekretarka.http import origins
from sekretarka.http.responses import Envelope
from sekretarka.web import bodies, idempotency

router = APIRouter(tags=["auth"])
NO_STORE = {"Cache-Control": "private, no-store"}


class RegisteredView(Output):
    """The new account; the same for an address that has one already."""

    user_id: str
    email: str


@router.post("/register", status_code=201, response_model=Envelope[RegisteredView])
async def register(request: Request) -> Response:
    """Create an account with an organization of its own."""

    async def act(uow: UnitOfWork, data: Registration, password_hash: str) -> Envelope[RegisteredView]:
        return _answer(await registration.register(uow, data, password_hash))

    return await idempotency.submit(request, Registration, registration.prepare, act, 201)


@router.post("/invitation", response_model=Envelope[Offer])
async def look_up_invitation(request: Request) -> Response:
    """The invitation behind an emailed link. `NOT_FOUND` for an unknown token, `GONE` when it ended."""
    data = await bodies.parse(request, InvitationToken)
    offer = await invitation_signup.look_up(data.token, origins.network(request.scope))
    return JSONResponse(Envelope(data=offer).model_dump(mode="json", by_alias=True), headers=NO_STORE)


@router.post("/invitation/register", status_code=201, response_model=Envelope[RegisteredView])
async def register_invited(request: Request) -> Response:
    """Create an account by invitation: the invited address is verified, the organization is the inviting one."""

    async def act(uow: UnitOfWork, data: InvitationSignup, password_hash: str) -> Envelope[RegisteredView]:
        return _answer(await invitation_signup.register(uow, data, password_hash))

    return await idempotency.submit(request, InvitationSignup, invitation_signup.prepare, act, 201)


def _answer(registered: Registered) -> Envelope[RegisteredView]:
    return Envelope(data=RegisteredView(user_id=str(registered.user_id), email=registered.email))
