"""Opening an account, also by invitation: strict JSON, from our own page or from no browser at all."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sekretarka.core import idempotency
from sekretarka.core.actor import system
from sekretarka.core.idempotency import Answer
from sekretarka.core.schemas import Output
from sekretarka.core.scope import open_scope
from sekretarka.core.validation import checked
from sekretarka.domain.organizations import joining, registration
from sekretarka.domain.organizations.joining import InvitationToken, Joining, Offer
from sekretarka.domain.organizations.registration import Registered, Registration
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
    given = await bodies.own_json(request)
    network = origins.network(request)
    asked = idempotency.request(request.headers.getlist(idempotency.HEADER), ["register", network], given)
    if asked is not None:
        async with open_scope(system()) as scope:
            kept = await idempotency.find(scope, asked)
        if kept is not None:
            return _replayed(kept)
    data = checked(Registration, given)
    password_hash = await registration.admit(data, network)
    async with open_scope(system(), write=True) as scope:
        kept = await idempotency.claim(scope, asked) if asked else None
        if kept is not None:
            return _replayed(kept)
        response = _registered(await registration.register(scope, data, password_hash))
        if asked is not None:
            await idempotency.keep(scope, asked, Answer(response.status_code, bytes(response.body), {}))
    return response


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


def _replayed(kept: Answer) -> Response:
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.body, kept.status, headers, media_type=bodies.JSON)
