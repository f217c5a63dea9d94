"""Opening an account: strict JSON, from our own page or from no browser at all."""

from typing import Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sekretarka.core.errors import CsrfFailed
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
    if not origins.is_own_page(request):
        raise CsrfFailed
    given = await bodies.read(request, bodies.JSON)
    registered = await open_account(_checked(given), origins.network(request))
    view = RegisteredView(user_id=str(registered.user_id), email=registered.email)
    return JSONResponse(RegisteredAnswer(data=view).model_dump(by_alias=True), 201)


def _checked(given: dict[str, Any]) -> Registration:
    try:
        return Registration.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None
