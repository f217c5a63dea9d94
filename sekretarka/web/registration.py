"""Opening an account, also by invitation: strict JSON, from our own page or from no browser at all."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sekretarka.core.schemas import Output
from sekretarka.domain.organizations import joining
from sekretarka.domain.organizations.joining import InvitationToken, Joining, Offer
from sekretarka.domain.organizations.registration import Registered, Registration
from sekretarka.domain.organizations.registration import register as open_account
from sekretarka.web import bodies, origins

router = APIRouter(tags=["auth"])
PERSONAL = {"Cache-Control": "private, no-store"}


class RegisteredView(Output):
    """The new account; the same for an address that has one already."""

    user_id: str
    email: str


class RegisteredAnswer(Output):
    """The envelope of a new account."""

    success: bool = True
    data: RegisteredView


class OfferAnswer(Output):
    """The envelope of an invitation."""

    success: bool = True
    data: Offer


@router.post("/register", status_code=201, response_model=RegisteredAnswer)
async def register(request: Request) -> Response:
    """Open an account with an organisation of its own."""
    return _registered(await open_account(await bodies.wish(request, Registration), origins.network(request)))


@router.post("/invitation", response_model=OfferAnswer)
async def look_up_invitation(request: Request) -> Response:
    """What the link in a letter offers to whom. `NOT_FOUND` for no link of ours, `GONE` when it ended."""
    given = await bodies.wish(request, InvitationToken)
    offer = await joining.look_up(given.token, origins.network(request))
    return JSONResponse(OfferAnswer(data=offer).model_dump(mode="json", by_alias=True), headers=PERSONAL)


@router.post("/invitation/register", status_code=201, response_model=RegisteredAnswer)
async def register_invited(request: Request) -> Response:
    """Open an account by invitation: the address is the invited one and verified, the organisation the inviting one."""
    return _registered(await joining.register(await bodies.wish(request, Joining), origins.network(request)))


def _registered(registered: Registered) -> Response:
    view = RegisteredView(user_id=str(registered.user_id), email=registered.email)
    return JSONResponse(RegisteredAnswer(data=view).model_dump(by_alias=True), 201)
