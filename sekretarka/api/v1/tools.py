"""`/tools`: what the AI does for a caller during a call."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from sekretarka.api.route import Handler, WithUnitOfWork, requires
from sekretarka.api.signature_auth import SignatureRoute
from sekretarka.core.actor import Actor
from sekretarka.core.errors import AppError, Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.web import json
from sekretarka.core.web.validation import checked
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.domain.receptionist.deferred_answers import Deferral
from sekretarka.domain.receptionist.schemas import ToolAnswer, ToolCall
from sekretarka.http import deferred_tools, errors
from sekretarka.http.bodies import JsonRequest
from sekretarka.http.responses import Envelope


def _says_the_same(stored: bytes, answer: bytes) -> bool:
    """Whether two answers differ in the time of day only."""
    return bool(_without_now(stored) == _without_now(answer))


def _without_now(body: bytes) -> Any:
    answer = json.decode(body)
    return {**answer, "data": {**answer["data"], "now": None}} if "data" in answer else answer


class Tool(SignatureRoute):
    """Answers after about `TOOL_TIMEOUT_SECONDS` at most, if only with the sentence to hold the line; errors can be
    said, too."""

    still_true = _says_the_same

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def speak(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as fault:
                error = errors.from_validation(fault.errors())
            except AppError as failure:
                error = failure
            error.spoken = error.spoken or await _sentence(request, error)
            return errors.to_response(error)

        return speak

    async def run(self, actor: Actor, request: JsonRequest, inner: Handler) -> Response:
        request.state.call = requested = _requested(request)
        deferral = request.state.deferral = Deferral()
        work = super().run(actor, request, inner)
        if requested is None:
            return await work
        answer = await deferred_tools.respond_within(actor, requested, deferral, work)
        if isinstance(answer, ToolAnswer):
            return Response(Envelope(data=answer).model_dump_json(by_alias=True), media_type=errors.JSON)
        return answer


async def _sentence(request: Request, error: AppError) -> str:
    """What the caller on the line is told of an error, in the agent's language where that can be known."""
    call: ToolCall | None = getattr(request.state, "call", None)
    answer = await deferred_tools.explain(request.state.caller.actor, call.agent_id, error) if call else None
    return answer.say if answer else receptionist.sentence(error)


def _requested(request: JsonRequest) -> ToolCall | None:
    """The use that is asked for; None where the route itself has words for what is wrong."""
    try:
        Capability(request.path_params["tool"])
        return checked(ToolCall, request.decoded)
    except (ValueError, Invalid):
        return None


def _deferral(request: Request) -> Deferral:
    deferral: Deferral = request.state.deferral
    return deferral


router = APIRouter(prefix="/tools", tags=["tools"], route_class=Tool)


@router.post("/{tool}", openapi_extra=requires(Permission.TOOLS_USE))
async def use_tool(
    uow: WithUnitOfWork, deferral: Annotated[Deferral, Depends(_deferral)], tool: Capability, data: ToolCall
) -> Envelope[ToolAnswer]:
    """Use one of the agent's capabilities. What cannot be done is no error: `data.code` has why, `say` the words."""
    return Envelope(data=await receptionist.use(uow, tool, data, deferral))
