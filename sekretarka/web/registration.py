"""Opening an account: strict JSON, from our own page or from no browser at all."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sekretarka.core.schemas import Output
from sekretarka.domain.organizations.registration import Registration
from sekretarka.domain.organizations.registration import register as open_account
from sekretarka.web import bodies, origins

router = APIRouter(tags=["auth"])


class RegisteredView(Output):
    """The new account; the same for an address that has one already."""

    user_id: str
    email: str


class RegisteredAnswer(Output):
    """The envelope of a new account."""

    success: bool = True
    data: RegisteredView


@router.post("/register", status_code=201, response_model=RegisteredAnswer)
async def register(request: Request) -> Response:
    """Open an account with an organisation of its own."""
    wish = await bodies.wish(request, Registration)
    registered = await open_account(wish, origins.network(request))
    view = RegisteredView(user_id=str(registered.user_id), email=registered.email)
    return JSONResponse(RegisteredAnswer(data=view).model_dump(by_alias=True), 201)
